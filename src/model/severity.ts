import type { TupleGroup } from './sample/tuple-group.ts';

/** How bad it is, the worst last; `info` is healthy. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Where warning and critical begin: percent of usable ports in use, and seconds to exhaustion. */
export const SEVERITY_LIMITS = {
  warning: { usedPercent: 75, etaSeconds: 120 },
  critical: { usedPercent: 90, etaSeconds: 30 },
} as const;

/** Judges one group by what it uses and by when it will run out (undefined or null: never). */
export function severityOf(
  group: Pick<TupleGroup, 'headroomPercent'>,
  etaSeconds: number | null,
): Severity {
  const usedPercent = 100 - group.headroomPercent;
  for (const level of ['critical', 'warning'] as const) {
    const limit = SEVERITY_LIMITS[level];
    if (usedPercent >= limit.usedPercent || (etaSeconds !== null && etaSeconds <= limit.etaSeconds))
      return level;
  }
  return 'info';
}
