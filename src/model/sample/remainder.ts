import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import { drainSecond, emptySchedule } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

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
  return all.toSorted((a, b) => tuples.sizeOf(b) - tuples.sizeOf(a));
}

/** Sums up tuples. */
export function sumRemainder(
  sockets: SocketTable,
  tuples: TupleRows,
  others: readonly number[],
  timeWaitSeconds: number,
): Remainder {
  const drainSchedule = emptySchedule(timeWaitSeconds);
  let timeWait = 0;
  let count = 0;
  for (const tuple of others) {
    const rows = tuples.rowsOf(tuple);
    count += rows.length;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] ?? 0;
      if (sockets.state[row] !== TIME_WAIT) continue;
      timeWait++;
      const second = drainSecond(sockets.timerMs[row] ?? 0, timeWaitSeconds);
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
