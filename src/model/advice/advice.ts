import type { Sample } from '../sample.ts';
import type { Severity } from '../severity.ts';
import type { GroupModel } from '../model.ts';

/** Stable names of the suggestions, for scripts. */
export type AdviceId =
  | 'widen-port-range'
  | 'enable-tw-reuse'
  | 'keep-alive'
  | 'more-destinations'
  | 'more-sources';

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
  /** Headroom of the worst group in percent, now and with the suggestion followed. */
  readonly effect: {
    readonly group: string;
    readonly headroomBefore: number;
    readonly headroomAfter: number;
  };
}

/** What a rule looks at. */
export interface Situation {
  readonly sample: Sample;
  /** The worst group. */
  readonly group: GroupModel;
}

/** A rule's answer before its effect and severity are put into the common form. */
export type Suggestion = Omit<Advice, 'severity' | 'effect'> & {
  readonly headroomAfter: number;
  /** What the suggestion may cost, 0 (nothing) … 3; the better of two with a like effect is the one that costs less. */
  readonly risk: number;
};

/** Undefined where the suggestion would not help. */
export type Rule = (situation: Situation) => Suggestion | undefined;

/** The file that keeps a sysctl over a reboot, and what to write into it. */
export function persistSysctls(settings: readonly string[]): string {
  return `printf '%s\\n' ${settings.map((setting) => `'${setting}'`).join(' ')} >> /etc/sysctl.d/90-ephtop.conf`;
}
