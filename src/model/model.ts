import { advise } from './advice/advise.ts';
import type { Advice } from './advice/advice.ts';
import { madePerSecond } from './demand.ts';
import type { FollowedAdvice } from './followed-advice.ts';
import { groupOutlook } from './group-outlook.ts';
import { NO_PAST, type PastOf } from './group-past.ts';
import type { LimitState } from './limit-memory.ts';
import { liveGrowth } from './live-growth.ts';
import type { Sample } from './sample/sample.ts';
import type { GroupModel } from './group-model.ts';
import type { Baseline } from './baseline-window.ts';
import { sumSchedules } from './sample/remainder.ts';
import { closesPerSecond } from './sample/time-wait.ts';
import { worstOf } from './worst.ts';
import { type TimerWheel, timerWheel } from './timer-wheel.ts';

/** All that the screen and the outputs show of one moment. */
export interface Model {
  readonly sample: Sample;
  /** Fullest first. */
  readonly groups: readonly GroupModel[];
  /** The most severe group; of equals the one that runs out first, or else the fullest; undefined: there is none. */
  readonly worst: GroupModel | undefined;
  /** TIME_WAIT of all groups that expires in each second that TIME_WAIT lasts. */
  readonly drainSchedule: readonly number[];
  /** Connections entering TIME_WAIT per second, all groups, a mean of the last 10 s. */
  readonly closeRate: number;
  /** connect() calls per second since the baseline of 10 s ago; undefined: there is none. */
  readonly opensPerSecond: number | undefined;
  /** Where the timer wheel stands, which the forecasts follow; undefined: it is not told. */
  readonly wheel: TimerWheel | undefined;
  /** Best first. */
  readonly advice: readonly Advice[];
  /** Suggestions that were followed lately, the newest first. */
  readonly followed: readonly FollowedAdvice[];
}

/** What earlier samples of the same kernel tell. */
export interface Past {
  /** The youngest first; see BaselineWindow. */
  readonly baselines?: readonly Baseline[];
  /** Those of the last 10 s, a second apart. */
  readonly recent?: readonly Baseline[];
  /** Groups that are out of ports, or were, by key; see LimitMemory. */
  readonly limits?: ReadonlyMap<string, LimitState>;
}

/**
 * Builds the model of a sample, live, recorded or remote alike. Without a past, what needs two looks is unknown:
 * opens per second, growth of live connections, demand.
 */
export function buildModel(
  sample: Sample,
  { baselines = [], recent = [], limits = new Map() }: Past = {},
): Model {
  const [before] = baselines;
  const seconds = before === undefined ? 0 : (sample.takenAtMs - before.takenAtMs) / 1000;
  const looks = [...new Set([...recent, ...baselines])];
  const made =
    before === undefined || seconds < SHORTEST_LOOK_SECONDS
      ? undefined
      : madePerSecond(sample, before);
  return modelFrom(
    sample,
    (group) => ({
      growth: liveGrowth(group, sample.takenAtMs, looks),
      madePerSecond: made?.get(group.key),
      limit: limits.get(group.key),
    }),
    countsPerSecond(before?.activeOpens, sample.counters.activeOpens, seconds),
  );
}

/** Connections made in less time than this would be a rate of chance. */
const SHORTEST_LOOK_SECONDS = 0.9;

/** Builds a model where the past of each group, and the opens per second, are known. */
export function modelFrom(
  sample: Sample,
  pastOf: PastOf,
  opensPerSecond: number | undefined,
): Model {
  const forecast = forecastFrom(sample, pastOf, opensPerSecond);
  const { worst } = forecast;
  const advice = worst === undefined ? [] : advise({ sample, group: worst });
  return { ...forecast, advice, followed: [] };
}

/** The same without advice, which costs as much again. */
export function forecastFrom(
  sample: Sample,
  pastOf: PastOf = () => NO_PAST,
  opensPerSecond?: number,
): Omit<Model, 'advice' | 'followed'> {
  const wheel = timerWheel(sample.groups, sample.timerStepSeconds);
  const groups = sample.groups.map((group) =>
    groupOutlook(group, pastOf(group), sample.takenAtMs, wheel),
  );
  const drainSchedule = sumSchedules([...groups, sample.remainder]);
  const worst = worstOf(groups);
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
