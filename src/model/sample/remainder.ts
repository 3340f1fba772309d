import { drainSecond, emptySchedule } from './time-wait.ts';
import { LIVE, sizeOf, type TupleRows } from './tuple-rows.ts';

/** Sums over the groups that are too small to measure one by one. */
export interface Remainder {
  readonly groups: number;
  /** Their connections, TIME_WAIT among them. */
  readonly sockets: number;
  readonly timeWait: number;
  /** Their TIME_WAIT sockets that expire in second 0–1, 1–2, … from now. */
  readonly drainSchedule: readonly number[];
}

/** All tuples, those with the most rows first. */
export function largestFirst(tuples: TupleRows): number[] {
  const all = Array.from({ length: tuples.count }, (_, tuple) => tuple);
  return all.toSorted((a, b) => sizeOf(tuples, b) - sizeOf(tuples, a));
}

/** Sums up tuples. */
export function sumRemainder(
  tuples: TupleRows,
  others: readonly number[],
  timeWaitSeconds: number,
): Remainder {
  const { starts, timeWaitLeftMs } = tuples;
  const drainSchedule = emptySchedule(timeWaitSeconds);
  let timeWait = 0;
  let count = 0;
  for (const tuple of others) {
    count += sizeOf(tuples, tuple);
    const end = starts[tuple + 1] ?? 0;
    for (let at = starts[tuple] ?? 0; at < end; at++) {
      const leftMs = timeWaitLeftMs[at] ?? LIVE;
      if (leftMs === LIVE) continue;
      timeWait++;
      const second = drainSecond(leftMs, timeWaitSeconds);
      drainSchedule[second] = (drainSchedule[second] ?? 0) + 1;
    }
  }
  return { groups: others.length, sockets: count, timeWait, drainSchedule };
}

/** The sum of drain schedules, second by second. */
export function sumSchedules(groups: readonly Pick<Remainder, 'drainSchedule'>[]): number[] {
  const sum = emptySchedule(
    groups.reduce((most, { drainSchedule }) => Math.max(most, drainSchedule.length), 0),
  );
  for (const group of groups) {
    for (let second = 0; second < sum.length; second++)
      sum[second] = (sum[second] ?? 0) + (group.drainSchedule[second] ?? 0);
  }
  return sum;
}
