import type { Baseline } from './baseline-window.ts';
import type { GroupModel } from './group-model.ts';
import type { GroupPast } from './group-past.ts';
import { sum } from './line-fit.ts';
import { peakClosesPerSecond } from './peak-closes.ts';
import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/*
 * How many connections are wanted? No table says. But a connection made in a given period is either still open or
 * closed. A closed one leaves a TIME_WAIT socket, unless connect() took it over (the kernel counts those) or the
 * peer closed first, which leaves nothing here. Refused connections are counted separately.
 */

/** Connections a group made in a given period. */
export interface Made {
  readonly perSecond: number;
  /** Closes that left TIME_WAIT here, as a share of the connections made, 0–1; undefined: none were made. */
  readonly closedShare: number | undefined;
  /** True if the kernel counts many more opens than left a trace: the peers close first, or refuse. */
  readonly isLowerBound: boolean;
}

/** Up to this share of opens may leave no trace before the rates count as lower bounds. */
const UNSEEN_SHARE = 0.2;
/** Fewer untraced opens than this are ignored. */
const FEW_OPENS = 20;

/**
 * Connections each group made since `before`, by group key. If the kernel counts more opens than all groups show,
 * the opens that took TIME_WAIT over are shared among the groups whose TIME_WAIT can be taken over.
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
      // A TIME_WAIT socket that was taken over had been closed here and left no other trace.
      const reused = hasPart ? (unseen * reuseWeight(group)) / weights : 0;
      const all = made + reused;
      const closedShare = all === 0 ? undefined : Math.min(1, (closed + reused) / all);
      return [group.key, { perSecond: all / seconds, closedShare, isLowerBound }];
    }),
  );
}

/** Connections that took TIME_WAIT over and left no other trace; bounded by the kernel's reuse and open counters. */
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

/** How many connections a group wants. */
export interface Demand {
  /** Connections made plus refused; null: not known. */
  readonly perSecond: number | null;
  /** True if demand may be higher: ports ran out and refusals cannot be seen, or connections leave no trace. */
  readonly isLowerBound: boolean;
  /** Peak demand in the episode in which ports ran out; `perSecond` if they did not; null: not known. */
  readonly mostPerSecond: number | null;
}

/** Demand of a group: connections made plus refused. If refusals cannot be seen, the rate before ports ran out. */
export function demandOf(
  group: Pick<TupleGroup, 'connectFailures' | 'drainSchedule' | 'overdueTimeWait'>,
  { madePerSecond: made, isMadeLowerBound, limit }: Omit<GroupPast, 'growth' | 'closedShare'>,
): Demand {
  const { connectFailures } = group;
  const isDry = limit?.stage === 'dry';
  const refused = connectFailures?.perSecond ?? 0;
  const perSecond =
    connectFailures === undefined && isDry
      ? // The crest of a wave is no lower bound: the busiest seconds count only where nothing else is known.
        Math.max(
          made ?? 0,
          limit.madeBeforePerSecond ?? peakClosesPerSecond(group),
          limit.mostWantedPerSecond ?? 0,
        )
      : (made ?? 0) + refused;
  if (made === undefined && (perSecond === 0 || connectFailures !== undefined))
    return { perSecond: null, isLowerBound: false, mostPerSecond: null };
  return {
    perSecond,
    isLowerBound: isMadeLowerBound || (connectFailures === undefined && isDry),
    mostPerSecond:
      limit === undefined || limit.stage === 'over'
        ? perSecond
        : (limit.mostWantedPerSecond ?? perSecond),
  };
}

/** Where fewer connections than this share of the demand are made, there is no sign that the rest is still wanted. */
const SIGN_SHARE = 0.05;

/**
 * True if the demand of a group out of ports is only what it was before: refusals cannot be seen, and hardly a connection was
 * made in the last seconds, so that nothing tells whether any is tried. No counter has a connect() that found no port: it
 * fails before the SYN that ActiveOpens and AttemptFails count (net/ipv4/tcp_ipv4.c, tcp_v4_connect).
 */
export function isDemandFormer({
  connectFailures,
  limit,
  madePerSecond,
  demandPerSecond,
}: Pick<GroupModel, 'connectFailures' | 'limit' | 'madePerSecond' | 'demandPerSecond'>): boolean {
  if (connectFailures !== undefined || limit?.stage !== 'dry') return false;
  if (madePerSecond === null || demandPerSecond === null) return false;
  return madePerSecond < SIGN_SHARE * demandPerSecond;
}
