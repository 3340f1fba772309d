import { advise } from './advice/advise.ts';
import type { Advice } from './advice/advice.ts';
import { callsOver, secondsOfNow } from './call-rates.ts';
import { churnUpTo } from './churn.ts';
import { connectionsMade } from './demand.ts';
import type { FollowedAdvice } from './followed-advice.ts';
import { courseAtPresent, groupOutlook } from './group-outlook.ts';
import { type LastMinute, NO_PAST, type PastOf } from './group-past.ts';
import type { FormerOutage, LimitState } from './limit-memory.ts';
import { keptTrend } from './kept-trend.ts';
import { liveGrowth } from './live-growth.ts';
import type { Sample } from './sample/sample.ts';
import type { GroupModel } from './group-model.ts';
import { openedShare } from './opened-share.ts';
import { meanLive, recentLive } from './recent-live.ts';
import { isRefusedLately } from './recent-refusals.ts';
import type { Baseline } from './baseline-window.ts';
import { sumSchedules } from './sample/remainder.ts';
import { closesPerSecond } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { isBinder, takenByBind } from './taken-by-bind.ts';
import { worstOf } from './worst.ts';
import { type TimerWheel, timerWheel } from './timer-wheel.ts';

/** Everything the screen and the outputs show of one moment. */
export interface Model {
  readonly sample: Sample;
  /** Fullest first. */
  readonly groups: readonly GroupModel[];
  /** The most severe group. Ties go to the one that runs out first, then to the fullest. Undefined: no groups. */
  readonly worst: GroupModel | undefined;
  /** TIME_WAIT sockets of all groups that expire in second 0–1, 1–2, … from now. */
  readonly drainSchedule: readonly number[];
  /** Connections entering TIME_WAIT per second, all groups, mean of the last 10 s. */
  readonly closeRate: number;
  /** connect() calls per second since the baseline of 10 s ago; undefined: no baseline. */
  readonly opensPerSecond: number | undefined;
  /** State of the timer wheel, which the forecasts follow; undefined: not known. */
  readonly wheel: TimerWheel | undefined;
  /** Best first. */
  readonly advice: readonly Advice[];
  /** Suggestions followed recently, newest first. */
  readonly followed: readonly FollowedAdvice[];
  /** Outages of groups that have gone, newest first; absent if nothing is remembered. */
  readonly formerOutages?: readonly FormerOutage[] | undefined;
  /** How old the sample is, where the clock and countdowns went on without a newer one: see `carriedOn`. */
  readonly ageMs?: number;
}

/** What is known from earlier samples of the same kernel. */
export interface Past {
  /** Newest first; see BaselineWindow. */
  readonly baselines?: readonly Baseline[];
  /** Baselines of the last 10 s, one second apart. */
  readonly recent?: readonly Baseline[];
  /** Baselines of the last minute, the youngest first. */
  readonly lastMinute?: readonly Baseline[];
  /** Baselines of the last seconds, look by look, the youngest first. */
  readonly close?: readonly Baseline[];
  /** Groups that are or were out of ports, by key; see LimitMemory. */
  readonly limits?: ReadonlyMap<string, LimitState>;
  /** Closes per second where the ages of TIME_WAIT do not tell them, newest first, by group key; see CloseMemory. */
  readonly closes?: ReadonlyMap<string, readonly number[]>;
  /** The model before, if it was built: what it says of a group goes on until enough speaks against it. */
  readonly former?: Model | undefined;
}

/**
 * Builds the model of a sample, whether live, recorded or remote. Without a past, everything that needs two samples
 * is unknown: opens per second, growth of live connections, demand.
 */
export function buildModel(
  sample: Sample,
  {
    baselines = [],
    recent = [],
    lastMinute = [],
    close = [],
    limits = new Map(),
    closes,
    former,
  }: Past = {},
): Model {
  const [before] = baselines;
  const seconds = before === undefined ? 0 : (sample.takenAtMs - before.takenAtMs) / 1000;
  const looks = [...new Set([...recent, ...baselines])];
  const made =
    before === undefined || seconds < SHORTEST_LOOK_SECONDS
      ? undefined
      : connectionsMade(sample, before);
  const calls = callsOver(sample, close);
  const churn = churnUpTo(sample);
  const saidOf = new Map(former?.groups.map((group) => [group.key, group]));
  const minuteOf = lastMinuteOf(sample, lastMinute);
  return modelFrom(
    sample,
    (group) => {
      const said = saidOf.get(group.key);
      const trend = keptTrend(
        closes?.get(group.key) ?? group.drainSchedule.toReversed(),
        sample.takenAtMs,
        said?.past.trend,
      );
      return {
        growth: liveGrowth(group, sample.takenAtMs, looks, churn),
        openedShare: openedShare(group, sample.takenAtMs, looks, trend.trend),
        trend,
        severity: said && { severity: said.severity, atMs: said.severityAtMs },
        madePerSecond: made?.get(group.key)?.perSecond,
        calls: isRefusedLately(group)
          ? calls(group, secondsOfNow(sample, limits.get(group.key)?.sinceMs))
          : undefined,
        isMadeLowerBound: made?.get(group.key)?.isLowerBound === true,
        closedShare: made?.get(group.key)?.closedShare,
        recentLive: recentLive(group, sample.takenAtMs, recent),
        lastMinute: limits.has(group.key) ? minuteOf(group) : undefined,
        limit: limits.get(group.key),
      };
    },
    countsPerSecond(before?.activeOpens, sample.counters.activeOpens, seconds),
    former?.worst?.key,
  );
}

/** Shortest time over which connections are counted; a rate over less is noise. */
const SHORTEST_LOOK_SECONDS = 0.9;

/** What a group did in the last minute, or since the first look in it. */
function lastMinuteOf(
  sample: Sample,
  looks: readonly Baseline[],
): (group: TupleGroup) => LastMinute | undefined {
  const first = looks.at(-1);
  let all: ReturnType<typeof connectionsMade> | undefined;
  return (group) => {
    if (first === undefined || sample.takenAtMs - first.takenAtMs < SHORTEST_LOOK_SECONDS * 1000)
      return undefined;
    all ??= connectionsMade(sample, first);
    const made = all.get(group.key);
    if (made === undefined) return undefined;
    const { perSecond: madePerSecond, closedShare } = made;
    return { live: meanLive(group, sample.takenAtMs, looks), madePerSecond, closedShare };
  };
}

/** Builds a model when each group's past and the opens per second are already known. */
export function modelFrom(
  sample: Sample,
  pastOf: PastOf,
  opensPerSecond: number | undefined,
  worstKey?: string,
): Model {
  const forecast = forecastFrom(sample, pastOf, opensPerSecond, worstKey);
  const { worst } = forecast;
  const advice = worst === undefined ? [] : advise({ sample, group: worst });
  return { ...forecast, advice, followed: [] };
}

/** Builds the model without advice, which would double the cost. */
export function forecastFrom(
  sample: Sample,
  pastOf: PastOf = () => NO_PAST,
  opensPerSecond?: number,
  worstKey?: string,
): Omit<Model, 'advice' | 'followed'> {
  const wheel = timerWheel(sample.groups, sample.timerStepSeconds);
  const known = sample.groups.map((group) => ({ group, past: pastOf(group) }));
  const takenFrom = takenByBind(
    known
      .filter(({ group }) => isBinder(group))
      .map(({ group, past }) => ({ group, course: courseAtPresent(group, past, wheel) })),
  );
  const groups = known.map(({ group, past }) =>
    groupOutlook(group, past, sample.takenAtMs, wheel, sample.place, takenFrom(group)),
  );
  const drainSchedule = sumSchedules([...groups, sample.remainder]);
  const worst = worstOf(groups, worstKey);
  return {
    sample,
    groups,
    worst,
    drainSchedule,
    closeRate: closesPerSecond(drainSchedule),
    opensPerSecond,
    wheel,
  };
}

function countsPerSecond(
  before: number | undefined,
  now: number | undefined,
  seconds: number,
): number | undefined {
  if (before === undefined || now === undefined || seconds <= 0 || now < before) return undefined;
  return (now - before) / seconds;
}
