import type { Baseline } from './baseline-window.ts';
import type { LimitState } from './limit-memory.ts';
import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/*
 * How many connections are wanted? No table says. But a connection that was made within some time is still open,
 * or was closed since: then its TIME_WAIT is there, unless connect() took that over (the kernel counts it), or the
 * peer closed first, which leaves nothing here. What was refused is seen by the refusals themselves.
 */

/**
 * Connections made per second, of each group by its key, since `before`. Where the kernel counts more opens than
 * all groups show, those that took TIME_WAIT over are added to the groups whose TIME_WAIT may be taken over.
 */
export function madePerSecond(sample: Sample, before: Baseline): ReadonlyMap<string, number> {
  const seconds = (sample.takenAtMs - before.takenAtMs) / 1000;
  if (seconds <= 0) return new Map();
  const seen = new Map(
    sample.groups.map((group) => {
      const live = group.liveUsed - (before.liveByGroup.get(group.key) ?? 0);
      return [group.key, Math.max(0, closesWithin(group.drainSchedule, seconds) + live)] as const;
    }),
  );
  const unseen = unseenReuses(sample, before, sum(seen.values()));
  const reusing = sample.groups.filter(canReuse);
  const weights = sum(reusing.map(reuseWeight));
  for (const group of reusing) {
    const share = weights === 0 ? 0 : (unseen * reuseWeight(group)) / weights;
    seen.set(group.key, (seen.get(group.key) ?? 0) + share);
  }
  return new Map([...seen].map(([key, count]) => [key, count / seconds]));
}

/** Connections that took TIME_WAIT over and are not seen otherwise: no more than the kernel counts of either. */
function unseenReuses({ counters }: Sample, before: Baseline, seen: number): number {
  const reuses = countSince(before.timeWaitReused, counters.timeWaitReused);
  const opens = countSince(before.activeOpens, counters.activeOpens);
  return Math.max(0, Math.min(reuses, opens - seen));
}

function countSince(before: number | undefined, now: number | undefined): number {
  return before === undefined || now === undefined ? 0 : Math.max(0, now - before);
}

function canReuse({ reusableFromAgeMs }: TupleGroup): boolean {
  return reusableFromAgeMs !== undefined;
}

function reuseWeight({ timeWaitUsed, reusable }: TupleGroup): number {
  return timeWaitUsed + reusable;
}

/** The window in which the highest rate of a limited group is looked for, in seconds. */
const PEAK_SECONDS = 3;

/**
 * Closes per second in the busiest 3 s of the last minute, less what may be chance. A group at its limit makes
 * connections in spurts, as ports come back: in none of them faster than it wants to.
 */
export function peakClosesPerSecond({
  drainSchedule,
  overdueTimeWait,
}: Pick<TupleGroup, 'drainSchedule' | 'overdueTimeWait'>): number {
  // The first second holds what is overdue as well, which was closed before.
  const [first = 0, ...others] = drainSchedule;
  const closes = [Math.max(0, first - overdueTimeWait), ...others];
  let most = 0;
  for (let start = 0; start + PEAK_SECONDS <= closes.length; start++)
    most = Math.max(most, sum(closes.slice(start, start + PEAK_SECONDS)));
  return Math.max(0, most - Math.sqrt(most)) / PEAK_SECONDS;
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/** How many connections a group wants. */
export interface Demand {
  /** Made and refused; null: not known. */
  readonly perSecond: number | null;
  /** True where refusals cannot be seen and the ports have run out: more may be wanted. */
  readonly isLowerBound: boolean;
}

/** What a group wants: what it makes, and what it is refused, or, where that cannot be seen, what it made before. */
export function demandOf(
  group: Pick<TupleGroup, 'connectFailures' | 'drainSchedule' | 'overdueTimeWait'>,
  made: number | undefined,
  limit: LimitState | undefined,
): Demand {
  const { connectFailures } = group;
  if (connectFailures !== undefined) {
    const perSecond = made === undefined ? null : made + connectFailures.perSecond;
    return { perSecond, isLowerBound: false };
  }
  if (limit?.isDry !== true) return { perSecond: made ?? null, isLowerBound: false };
  const before = limit.madeBeforePerSecond ?? 0;
  const perSecond = Math.max(made ?? 0, before, peakClosesPerSecond(group));
  return {
    perSecond: perSecond === 0 && made === undefined ? null : perSecond,
    isLowerBound: true,
  };
}
