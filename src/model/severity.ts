import type { TupleGroup } from './sample/tuple-group.ts';

/** How bad it is, the worst last; `info` is healthy. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** The more severe, the higher. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Where warning and critical begin: percent of usable ports in use, and seconds to exhaustion. */
export const SEVERITY_LIMITS = {
  warning: { usedPercent: 75, etaSeconds: 120 },
  critical: { usedPercent: 90, etaSeconds: 30 },
} as const;

/** A forecast is red only if its evidence was seen for its time divided by this: a brief rush is not red. */
const RED_TIMES_SEEN = 2;

/**
 * Judges a group by its ports in use and by its time left (null: never, or not known). `seenSeconds`: how long the
 * evidence for that time has been seen.
 */
export function severityOf(
  group: Pick<TupleGroup, 'headroomPercent'>,
  etaSeconds: number | null,
  seenSeconds = Infinity,
): Severity {
  const usedPercent = 100 - group.headroomPercent;
  const eta = etaSeconds ?? Infinity;
  const { critical, warning } = SEVERITY_LIMITS;
  const isSoon = eta <= critical.etaSeconds && isSeenLongEnough(eta, seenSeconds);
  if (usedPercent >= critical.usedPercent || isSoon) return 'critical';
  return usedPercent >= warning.usedPercent || eta <= warning.etaSeconds ? 'warning' : 'info';
}

/**
 * The severity by the headroom that is there for sure, or that no evidence puts in doubt. Where it is only in doubt until TIME_WAIT has passed whether there
 * is more (`lasting`), it is no more than a warning.
 */
export function carefulSeverity(
  atLeast: number,
  lasting: number | undefined,
  etaSeconds: number | null,
  seenSeconds: number,
): Severity {
  const byLasting = severityOf({ headroomPercent: lasting ?? atLeast }, etaSeconds, seenSeconds);
  if (byLasting !== 'info') return byLasting;
  return severityOf({ headroomPercent: atLeast }, null) === 'info' ? 'info' : 'warning';
}

/** How bad a group is said to be. */
export interface HeldSeverity {
  readonly severity: Severity;
  /** Unix ms when it was last judged to be so bad. */
  readonly atMs: number;
}

/** A group is better once it has been judged so for this long: at a limit, judgements alternate. */
const BETTER_AFTER_MS = 5000;

/** The severity to say: worse counts at once, better only if it lasts. `before`: what was said last. */
export function heldSeverity(
  judged: Severity,
  nowMs: number,
  before: HeldSeverity | undefined,
): HeldSeverity {
  const isHeld =
    before !== undefined &&
    severityRank(judged) < severityRank(before.severity) &&
    nowMs >= before.atMs &&
    nowMs - before.atMs < BETTER_AFTER_MS;
  return isHeld ? before : { severity: judged, atMs: nowMs };
}

/** True if a forecast may be red: its evidence was seen for half of its time or longer. */
export function isSeenLongEnough(etaSeconds: number, seenSeconds: number): boolean {
  return etaSeconds <= RED_TIMES_SEEN * seenSeconds;
}

/** A forecast of more than this is no verdict. */
const NEAR_SECONDS = 3600;

/** True if a group runs out soon enough to be the verdict. */
export function isNear(etaSeconds: number | null): etaSeconds is number {
  return etaSeconds !== null && etaSeconds <= NEAR_SECONDS;
}
