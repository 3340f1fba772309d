import { sum } from './line-fit.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Window for the peak close rate of a group at its limit, in seconds. */
const PEAK_SECONDS = 3;

/**
 * Closes per second in the busiest 3 s of the last minute, minus a margin for chance. A group at its limit makes
 * connections in bursts as ports come back, but never faster than its demand.
 */
export function peakClosesPerSecond({
  drainSchedule,
  overdueTimeWait,
}: Pick<TupleGroup, 'drainSchedule' | 'overdueTimeWait'>): number {
  // The first second also includes overdue sockets, which were closed earlier.
  const [first = 0, ...others] = drainSchedule;
  const closes = [Math.max(0, first - overdueTimeWait), ...others];
  let most = 0;
  for (let start = 0; start + PEAK_SECONDS <= closes.length; start++)
    most = Math.max(most, sum(closes.slice(start, start + PEAK_SECONDS)));
  return Math.max(0, most - Math.sqrt(most)) / PEAK_SECONDS;
}
