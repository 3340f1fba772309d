import { advise } from './advice/advise.ts';
import type { Advice } from './advice/advice.ts';
import { type Forecast, forecastGroup } from './forecast.ts';
import { liveGrowth, type LiveGrowth } from './live-growth.ts';
import type { Sample } from './sample/sample.ts';
import { isNear, SEVERITIES, severityOf } from './severity.ts';
import type { GroupModel } from './group-model.ts';
import type { Baseline } from './baseline-window.ts';
import { sumSchedules } from './sample/remainder.ts';
import { closesPerSecond } from './sample/time-wait.ts';
import { type TimerWheel, timerWheel } from './timer-wheel.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** All that the screen and the outputs show of one moment. */
export interface Model {
  readonly sample: Sample;
  /** Fullest first. */
  readonly groups: readonly GroupModel[];
  /** The most severe group; of equals the one that runs out first, or else the fullest; undefined: there is none. */
  readonly worst: GroupModel | undefined;
  /** TIME_WAIT of all groups that expires in each of the next 60 seconds. */
  readonly drainSchedule: readonly number[];
  /** Connections entering TIME_WAIT per second, all groups, a mean of the last 10 s. */
  readonly closeRate: number;
  /** connect() calls per second since the reference sample; undefined: there is none. */
  readonly opensPerSecond: number | undefined;
  /** Where the timer wheel stands, which the forecasts follow; undefined: it is not told. */
  readonly wheel: TimerWheel | undefined;
  /** Best first. */
  readonly advice: readonly Advice[];
}

/**
 * Builds the model of a sample, live, recorded or remote alike. `references` are what earlier samples of
 * the same kernel said, the youngest first (see BaselineWindow), and `recent` those of the last 10 s; without
 * them, what needs two looks is unknown (opens per second, growth of live connections).
 */
export function buildModel(
  sample: Sample,
  references: readonly Baseline[] = [],
  recent: readonly Baseline[] = [],
): Model {
  const [before] = references;
  const seconds = before === undefined ? 0 : (sample.takenAtMs - before.takenAtMs) / 1000;
  const looks = [...new Set([...recent, ...references])];
  return modelFrom(
    sample,
    (group) => liveGrowth(group, sample.takenAtMs, looks),
    countsPerSecond(before?.activeOpens, sample.counters.activeOpens, seconds),
  );
}

/** Growth of a group's live connections; undefined: it is not known. */
export type GrowthOf = (group: TupleGroup) => LiveGrowth | undefined;

/** Builds a model where the rates are known: growth of a group's live connections, and opens, per second. */
export function modelFrom(
  sample: Sample,
  growthOf: GrowthOf,
  opensPerSecond: number | undefined,
): Model {
  const forecast = forecastFrom(sample, growthOf, opensPerSecond);
  const { worst } = forecast;
  return { ...forecast, advice: worst === undefined ? [] : advise({ sample, group: worst }) };
}

/** The same without advice, which costs as much again. */
export function forecastFrom(
  sample: Sample,
  growthOf: GrowthOf,
  opensPerSecond: number | undefined,
): Omit<Model, 'advice'> {
  const wheel = timerWheel(sample.groups, sample.timerStepSeconds);
  const groups = sample.groups.map((group): GroupModel => {
    const growth = growthOf(group);
    const forecast = forecastGroup(group, growth?.perSecond ?? 0, wheel);
    return {
      ...group,
      ...forecast,
      growthPerSecond: growth?.perSecond,
      growthSeenSeconds: growth?.seenSeconds ?? 0,
      severity: severityOf(group, forecast.etaSeconds, seenSeconds(forecast, growth)),
    };
  });
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

/** For how long it has been seen what a forecast rests on most: closes, or growth. */
function seenSeconds(forecast: Forecast, growth: LiveGrowth | undefined): number {
  return growth !== undefined && growth.perSecond > forecast.closesPerSecond
    ? growth.seenSeconds
    : forecast.closesSeenSeconds;
}

/** The most severe group; of equals the one that runs out first, and of those that last for long the fullest. */
function worstOf(groups: readonly GroupModel[]): GroupModel | undefined {
  const rank = ({ severity }: GroupModel) => SEVERITIES.indexOf(severity);
  const eta = ({ etaSeconds }: GroupModel) => (isNear(etaSeconds) ? etaSeconds : Infinity);
  const isWorse = (one: GroupModel, other: GroupModel) =>
    rank(one) > rank(other) || (rank(one) === rank(other) && eta(one) < eta(other));
  return groups.reduce<GroupModel | undefined>(
    (worst, group) => (worst === undefined || isWorse(group, worst) ? group : worst),
    undefined,
  );
}

function countsPerSecond(
  before: number | undefined,
  now: number | undefined,
  seconds: number,
): number | undefined {
  if (before === undefined || now === undefined || seconds <= 0 || now < before) return undefined;
  return (now - before) / seconds;
}
