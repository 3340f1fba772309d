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
  /** Commands that root can run as they stand; empty if the change is not in the kernel. */
  readonly commands: readonly string[];
  /** How to make it survive a reboot. */
  readonly persist?: string;
  /** What could go wrong. */
  readonly caution?: string;
  /** Configuration for the program that owns the connections. */
  readonly config?: ClientConfig;
  /** Headroom of the worst group in percent. */
  readonly effect: {
    readonly group: string;
    readonly headroomBefore: number;
    /** Right after the suggestion is followed. */
    readonly headroomAfter: number;
    /** The most connections wanted per second in this outage, for which the minute is computed; absent: the present ones. */
    readonly mostPerSecond?: number;
    /** One minute later, if that demand continues. */
    readonly headroomAfterMinute: number;
    /** True where the demand is not known exactly: the headroom after a minute is about that, and less if more is wanted than is seen. */
    readonly isAtMost?: boolean;
    /** True where TIME_WAIT has to go first: all of the effect is there after a minute. */
    readonly isGradual?: boolean;
  };
}

/** Input of a rule. */
export interface Situation {
  readonly sample: Sample;
  /** The worst group. */
  readonly group: GroupModel;
  /** What holds its ports. */
  readonly pressure: Pressure;
}

/** A rule's answer, before it becomes an `Advice`. */
export type Suggestion = Omit<Advice, 'id' | 'severity' | 'effect'> & {
  /** Undefined: it does not change headroom. */
  readonly headroomAfter?: number;
  /** True where TIME_WAIT has to go first. */
  readonly isGradual?: boolean;
  /** True where the headroom is about that: see `isAtMost`. */
  readonly isUnsure?: boolean;
  /** True where nothing that is in doubt now is so after it; otherwise as much is. */
  readonly settlesDoubt?: boolean;
  /** The change, to compute headroom one minute later; if absent, headroom then is the same as at once. */
  readonly changes?: WhatIf;
  /** Default: the severity of the worst group. */
  readonly severity?: Severity;
  /** Cost or risk, 0 (none) to about 3. Of two suggestions with a similar effect, the one with less risk wins. */
  readonly risk: number;
};

/** Decides when a suggestion is given, and what it says. */
export interface Rule {
  readonly id: AdviceId;
  /** Sysctls the kernel must have for the rule to apply. */
  readonly sysctls?: readonly SysctlName[];
  /** First Linux version it applies to, [major, minor]. */
  readonly sinceLinux?: readonly [number, number];
  /** Causes that it removes. Cures come before suggestions that only add room. */
  readonly cures?: readonly Cause[];
  /** Causes under which it helps; default: all. */
  readonly helps?: readonly Cause[];
  /** Undefined: not needed, or it would not help. */
  readonly suggest: (situation: Situation) => Suggestion | undefined;
}

/** The command that writes sysctls to a file in /etc/sysctl.d, so that they survive a reboot. */
export function persistSysctls(settings: readonly Setting[]): string {
  const lines = settings.map(([name, value]) => `'${name}=${value}'`);
  return `printf '%s\\n' ${lines.join(' ')} >> /etc/sysctl.d/90-ephtop.conf`;
}

/** A sysctl of any name, and the value it should have. */
export type Setting = readonly [name: string, value: string | number];

/** The command that sets a sysctl, for any shell. */
export function setSysctl([name, value]: Setting): string {
  return `sysctl -w ${name}=${typeof value === 'number' ? value : `"${value}"`}`;
}

/** The commands that set these sysctls, now and permanently. */
export function sysctlCommands(settings: readonly Setting[]): Pick<Advice, 'commands' | 'persist'> {
  return settings.length === 0
    ? { commands: [] }
    : { commands: settings.map(setSysctl), persist: persistSysctls(settings) };
}

/**
 * The commands that set the range, now and permanently. The reservation comes first; otherwise connect() could take
 * a reserved port in between.
 */
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
