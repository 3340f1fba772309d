import type { GroupModel } from './group-model.ts';
import { SEVERITY_LIMITS } from './severity.ts';

/**
 * The headroom by which a group is judged, in percent: less than the limits of `SEVERITY_LIMITS` leave is a warning, or
 * critical, for whoever sees nothing else. What is assumed counts as free.
 */
export function judgedHeadroom({
  isAssumed,
  headroomPercent,
  headroomPercentAtLeast,
  judgedHeadroomPercent: judged = headroomPercentAtLeast,
  lastingHeadroomPercent: lasting = judged,
}: Pick<
  GroupModel,
  | 'isAssumed'
  | 'headroomPercent'
  | 'headroomPercentAtLeast'
  | 'judgedHeadroomPercent'
  | 'lastingHeadroomPercent'
>): number {
  if (isAssumed === true) return headroomPercent;
  const notCritical = 100 - SEVERITY_LIMITS.critical.usedPercent;
  return Math.max(0, Math.min(lasting, Math.max(judged, notCritical)));
}
