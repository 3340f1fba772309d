import type { PortRange } from '../../kernel/port-range.ts';
import type { SysctlName } from '../../kernel/sysctl.ts';
import type { GroupModel } from '../group-model.ts';
import type { Reservation } from '../reserve-command.ts';
import type { Sample } from '../sample/sample.ts';
import type { Severity } from '../severity.ts';
import type { WhatIf } from '../what-if/changes.ts';
import type { Cause, Pressure } from './cause.ts';
import type { ClientConfig } from './client-config.ts';

/** Stable names of the suggestions, for scripts. */
export type AdviceId =
  | 'widen-port-range'
  | 'enable-tw-reuse'
  | 'enable-timestamps'
  | 'disable-tw-recycle'
  | 'keep-alive'
  | 'more-destinations'
  | 'more-sources'
  | 'more-proxies'
  | 'bind-address-no-port'
  | 'reserved-ports'
  | 'odd-range'
  | 'port-search-cliff'
  | 'tw-buckets'
  | 'close-wait-leak'
  | 'upstream-unreachable'
  | 'fin-wait2-orphans'
  | 'conntrack-table'
  | 'file-descriptors'
  | 'peer-does-not-acknowledge'
  | 'explicit-source-ports'
  | 'reuse-does-not-work';

/** One suggestion, with its effect computed on the sample. */
export interface Advice {
  readonly id: AdviceId;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  /** Can be run as they stand, by root; empty where the change is not the kernel's. */
  readonly commands: readonly string[];
  /** How to keep it over a reboot. */
  readonly persist?: string;
  /** What could go wrong. */
  readonly caution?: string;
  /** What to write into the configuration of the program that has the connections. */
  readonly config?: ClientConfig;
  /** Headroom of the worst group in percent. */
  readonly effect: {
    readonly group: string;
    readonly headroomBefore: number;
    /** As soon as the suggestion is followed. */
    readonly headroomAfter: number;
    /** A minute later, if the present demand goes on. */
    readonly headroomAfterMinute: number;
    /** True where more may be wanted than is seen: less may be left after a minute. */
    readonly isAtMost?: boolean;
  };
}

/** What a rule looks at. */
export interface Situation {
  readonly sample: Sample;
  /** The worst group. */
  readonly group: GroupModel;
  /** What holds its ports. */
  readonly pressure: Pressure;
}

/** A rule's answer before its effect and severity are put into the common form. */
export type Suggestion = Omit<Advice, 'id' | 'severity' | 'effect'> & {
  /** Undefined: it is not about headroom, which stays as it is. */
  readonly headroomAfter?: number;
  /** What the suggestion changes, for the headroom a minute later; the same as at once where it is left out. */
  readonly changes?: WhatIf;
  /** That of the worst group where it is left out. */
  readonly severity?: Severity;
  /** What the suggestion may cost, 0 (nothing) … 3; the better of two with a like effect is the one that costs less. */
  readonly risk: number;
};

/** When a suggestion is given, and what it says. */
export interface Rule {
  readonly id: AdviceId;
  /** Sysctls without which it makes no sense. */
  readonly sysctls?: readonly SysctlName[];
  /** The first Linux it holds for, [major, minor]. */
  readonly sinceLinux?: readonly [number, number];
  /** Causes that it removes: it comes before all that only gives room. */
  readonly cures?: readonly Cause[];
  /** Causes under which it helps; all where it is left out. */
  readonly helps?: readonly Cause[];
  /** Undefined where there is no need for it, or it would not help. */
  readonly suggest: (situation: Situation) => Suggestion | undefined;
}

/** The file that keeps a sysctl over a reboot, and what to write into it. */
export function persistSysctls(settings: readonly Setting[]): string {
  const lines = settings.map(([name, value]) => `'${name}=${value}'`);
  return `printf '%s\\n' ${lines.join(' ')} >> /etc/sysctl.d/90-ephtop.conf`;
}

/** A sysctl, whatever its name, and the value that it should have. */
export type Setting = readonly [name: string, value: string | number];

/** The command that sets a sysctl, for any shell. */
export function setSysctl([name, value]: Setting): string {
  return `sysctl -w ${name}=${typeof value === 'number' ? value : `"${value}"`}`;
}

/** The commands that set these sysctls, now and for good. */
export function sysctlCommands(settings: readonly Setting[]): Pick<Advice, 'commands' | 'persist'> {
  return settings.length === 0
    ? { commands: [] }
    : { commands: settings.map(setSysctl), persist: persistSysctls(settings) };
}

/** The commands that set the range, now and for good. The reservation comes first, or else connect() could take one of its ports in between. */
export function rangeCommands(
  { low, high }: PortRange,
  reservation: Reservation | undefined,
): Pick<Advice, 'commands' | 'persist'> {
  const range: Setting = ['net.ipv4.ip_local_port_range', `${low} ${high}`];
  const kept: Setting[] =
    reservation?.list === undefined ? [] : [['net.ipv4.ip_local_reserved_ports', reservation.list]];
  return {
    commands: [...(reservation === undefined ? [] : [reservation.command]), setSysctl(range)],
    persist: persistSysctls([...kept, range]),
  };
}

/** The lesser of two severities. */
export function atMost(limit: 'info' | 'warning', severity: Severity): Severity {
  return limit === 'info' || severity === 'info' ? 'info' : limit;
}
