import type { Baseline } from './baseline-window.ts';
import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { opensSince } from './taken-between.ts';

/** The most live connections of a group that can have come and gone, together, since an earlier look. */
export type ChurnOf = (group: TupleGroup) => number;

/** Churn up to the sample since any earlier look, each worked out once. */
export function churnUpTo(sample: Sample): (before: Baseline) => ChurnOf {
  const known = new Map<Baseline, ChurnOf>();
  return (before) => {
    const churn = known.get(before) ?? churnSince(sample, before);
    known.set(before, churn);
    return churn;
  };
}

/**
 * Churn since `before`: what makes the number of live connections vary by chance. A connection that came and went in
 * between changes nothing, so no more count than were live then and are live now. The kernel counts connect() calls of the
 * whole machine: those that no group shows, live or in TIME_WAIT, may all have been the group's own, closed by its peer.
 */
function churnSince(sample: Sample, before: Baseline): ChurnOf {
  const seconds = (sample.takenAtMs - before.takenAtMs) / 1000;
  const liveThen = ({ key }: TupleGroup) => before.liveByGroup.get(key) ?? 0;
  const made = (group: TupleGroup) =>
    Math.max(0, closesWithin(group.drainSchedule, seconds) + group.liveUsed - liveThen(group));
  const seen = sample.groups.reduce(
    (sum, group) => sum + made(group),
    closesWithin(sample.remainder.drainSchedule, seconds),
  );
  const unseen = Math.max(0, opensSince(before.activeOpens, sample.counters.activeOpens) - seen);
  return (group) => {
    const then = liveThen(group);
    const opened = made(group) + unseen;
    const closed = opened - (group.liveUsed - then);
    return Math.min(then + group.liveUsed, opened + closed);
  };
}
