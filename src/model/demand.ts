import type { Baseline } from './baseline-window.ts';
import type { GroupPast } from './group-past.ts';
import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/*
 * How many connections are wanted? No table says. But a connection that was made within some time is still open,
 * or was closed since: then its TIME_WAIT is there, unless connect() took that over (the kernel counts it), or the
 * peer closed first, which leaves nothing here. What was refused is seen by the refusals themselves.
 */

/** Connections that a group made within some time. */
export interface Made {
  readonly perSecond: number;
  /** Closes of that time that left TIME_WAIT here, to the connections made, 0–1; undefined: none was made. */
  readonly closedShare: number | undefined;
  /** True where the kernel counts many more opens than leave anything to be seen: the peers close first, or refuse. */
  readonly isLowerBound: boolean;
}

/** Opens that leave nothing to be seen may be this share of all, and the rates are still taken for whole. */
const UNSEEN_SHARE = 0.2;
/** And so few are no share. */
const FEW_OPENS = 20;

/**
 * Connections made since `before`, of each group by its key. Where the kernel counts more opens than all groups show,
 * those that took TIME_WAIT over are added to the groups whose TIME_WAIT may be taken over.
 */
export function connectionsMade(sample: Sample, before: Baseline): ReadonlyMap<string, Made> {
  const seconds = (sample.takenAtMs - before.takenAtMs) / 1000;
  if (seconds <= 0) return new Map();
  const seen = sample.groups.map((group) => {
    const closed = closesWithin(group.drainSchedule, seconds);
    const live = group.liveUsed - (before.liveByGroup.get(group.key) ?? 0);
    return { group, closed, made: Math.max(0, closed + live) };
  });
  const seenOpens =
    sum(seen.map(({ made }) => made)) + closesWithin(sample.remainder.drainSchedule, seconds);
  const unseen = unseenReuses(sample, before, seenOpens);
  const opens = countSince(before.activeOpens, sample.counters.activeOpens);
  const isLowerBound = opens - seenOpens - unseen > Math.max(FEW_OPENS, UNSEEN_SHARE * opens);
  // Where reuse was switched off a moment ago, any of them may have had it.
  const isOff = !sample.groups.some(canReuse);
  const mayHaveReused = (group: TupleGroup) => isOff || canReuse(group);
  const weights = sum(sample.groups.filter(mayHaveReused).map(reuseWeight));
  return new Map(
    seen.map(({ group, closed, made }) => {
      const hasPart = weights > 0 && mayHaveReused(group);
      // What was taken over had been closed here, and nothing is left of it.
      const reused = hasPart ? (unseen * reuseWeight(group)) / weights : 0;
      const all = made + reused;
      const closedShare = all === 0 ? undefined : Math.min(1, (closed + reused) / all);
      return [group.key, { perSecond: all / seconds, closedShare, isLowerBound }];
    }),
  );
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
  /** True where more may be wanted: refusals cannot be seen and the ports have run out, or connections leave no trace. */
  readonly isLowerBound: boolean;
  /** The most of the episode in which ports ran out; `perSecond` where they did not; null: not known. */
  readonly mostPerSecond: number | null;
}

/** What a group wants: what it makes, and what it is refused, or, where that cannot be seen, what it made before. */
export function demandOf(
  group: Pick<TupleGroup, 'connectFailures' | 'drainSchedule' | 'overdueTimeWait'>,
  { madePerSecond: made, isMadeLowerBound, limit }: Omit<GroupPast, 'growth' | 'closedShare'>,
): Demand {
  const { connectFailures } = group;
  const isDry = limit?.stage === 'dry';
  const refused = connectFailures?.perSecond ?? 0;
  const perSecond =
    connectFailures === undefined && isDry
      ? Math.max(made ?? 0, limit.madeBeforePerSecond ?? 0, peakClosesPerSecond(group))
      : (made ?? 0) + refused;
  if (made === undefined && (perSecond === 0 || connectFailures !== undefined))
    return { perSecond: null, isLowerBound: false, mostPerSecond: null };
  return {
    perSecond,
    isLowerBound: isMadeLowerBound || (connectFailures === undefined && isDry),
    mostPerSecond:
      limit === undefined || limit.stage === 'over'
        ? perSecond
        : Math.max(perSecond, limit.mostRefusedPerSecond ?? 0),
  };
}
