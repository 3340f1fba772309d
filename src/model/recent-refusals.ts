import type { TupleGroup } from './sample/tuple-group.ts';

/** What was refused less than this ago, longer than ports of a batch last, may go on. */
const GOING_ON_MS = 1500;

/** True if connections of a group were refused within the last minute, as far as that can be seen. */
export function isRefusedLately({ connectFailures }: Pick<TupleGroup, 'connectFailures'>): boolean {
  return (connectFailures?.lastMinute ?? 0) > 0;
}

/** Refusals to count when a group is first seen: only current ones, not its history. */
export function recentRefusals({ connectFailures }: TupleGroup): number {
  return connectFailures === undefined || connectFailures.perSecond === 0
    ? 0
    : connectFailures.lastMinute;
}

/**
 * When a group was last refused, Unix ms, if that was over before the first sample of all, as where a recording begins after
 * an outage. Undefined: it was not refused, or may go on being refused. `limit`: free ports at which it is at its limit.
 */
export function refusedEarlierMs(
  { connectFailures, free }: TupleGroup,
  takenAtMs: number,
  limit: number,
): number | undefined {
  const { lastMinute = 0, lastAtMs = takenAtMs } = connectFailures ?? {};
  const isOver = free > limit && takenAtMs - lastAtMs >= GOING_ON_MS;
  return lastMinute > 0 && isOver ? lastAtMs : undefined;
}
