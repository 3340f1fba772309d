import type { TupleGroup } from './sample/tuple-group.ts';

/** How bad it is, the worst last; `info` is healthy. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Where warning and critical begin: percent of usable ports in use, and seconds to exhaustion. */
export const SEVERITY_LIMITS = {
  warning: { usedPercent: 75, etaSeconds: 120 },
  critical: { usedPercent: 90, etaSeconds: 30 },
} as const;

/** A forecast is red where what it rests on has been seen for its time over so many: a brief rush is none. */
const RED_TIMES_SEEN = 2;

/**
 * Judges one group by what it uses and by when it will run out (null: never, or not known), where what that rests
 * on has been seen for so many seconds.
 */
export function severityOf(
  group: Pick<TupleGroup, 'headroomPercent'>,
  etaSeconds: number | null,
  seenSeconds = Infinity,
): Severity {
  const usedPercent = 100 - group.headroomPercent;
  const eta = etaSeconds ?? Infinity;
  const { critical, warning } = SEVERITY_LIMITS;
  const isSoon = eta <= critical.etaSeconds && eta <= RED_TIMES_SEEN * seenSeconds;
  if (usedPercent >= critical.usedPercent || isSoon) return 'critical';
  return usedPercent >= warning.usedPercent || eta <= warning.etaSeconds ? 'warning' : 'info';
}

/** A forecast of more than this is no verdict. */
const NEAR_SECONDS = 3600;

/** True where a group runs out so soon that it is worth saying first. */
export function isNear(etaSeconds: number | null): etaSeconds is number {
  return etaSeconds !== null && etaSeconds <= NEAR_SECONDS;
}
