import { advise } from './advice/advise.ts';
import type { Advice } from './advice/advice.ts';
import { forecastGroup, isBeyondChance, liveGrowthPerSecond } from './forecast.ts';
import type { Sample } from './sample/sample.ts';
import { severityOf } from './severity.ts';
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
  /** The group that runs out first, or else the fullest; undefined: there is none. */
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
 * the same kernel said, the youngest first (see ReferenceWindow); without them, what needs two looks is unknown
 * (opens per second) or taken as steady (live connections).
 */
export function buildModel(sample: Sample, references: readonly Baseline[] = []): Model {
  const [before] = references;
  const seconds = before === undefined ? 0 : (sample.takenAtMs - before.takenAtMs) / 1000;
  return modelFrom(
    sample,
    (group) => liveGrowth(group, sample.takenAtMs, references),
    countsPerSecond(before?.activeOpens, sample.counters.activeOpens, seconds),
  );
}

/**
 * A growth is believed to go on for so many times as long as it was seen: a program that opens its first
 * connections within a second will not go on like that for an hour.
 */
const BELIEVED_TIMES = 60;

/**
 * Growth of a group's live connections per second, over the shortest time in which it is no chance, and
 * that is long enough for the time in which it would take the ports that are left. One that has stopped since is
 * none: a pool that was filled at once would else look like a leak for as long as that is remembered.
 */
function liveGrowth(
  { key, liveUsed, free }: TupleGroup,
  takenAtMs: number,
  references: readonly Baseline[],
): number {
  const looks = references.map((before) => ({
    seconds: (takenAtMs - before.takenAtMs) / 1000,
    live: before.liveByGroup.get(key) ?? 0,
  }));
  for (const [index, { seconds, live }] of looks.entries()) {
    const growth = liveGrowthPerSecond(live, liveUsed, seconds);
    const isBelieved = growth < 0 || free / growth <= BELIEVED_TIMES * seconds;
    // What the later looks should have seen.
    const hasGoneOn = looks
      .slice(0, index)
      .every((later) => !isBeyondChance(later.live, liveUsed - growth * later.seconds));
    if (growth !== 0 && isBelieved && hasGoneOn) return growth;
  }
  return 0;
}

/** Builds a model where the rates are known: growth of a group's live connections, and opens, per second. */
export function modelFrom(
  sample: Sample,
  growthOf: (group: TupleGroup) => number,
  opensPerSecond: number | undefined,
): Model {
  const forecast = forecastFrom(sample, growthOf, opensPerSecond);
  const { worst } = forecast;
  return { ...forecast, advice: worst === undefined ? [] : advise({ sample, group: worst }) };
}

/** The same without advice, which costs as much again. */
export function forecastFrom(
  sample: Sample,
  growthOf: (group: TupleGroup) => number,
  opensPerSecond: number | undefined,
): Omit<Model, 'advice'> {
  const wheel = timerWheel(sample.groups, sample.timerStepSeconds);
  const groups = sample.groups.map((group): GroupModel => {
    const growthPerSecond = growthOf(group);
    const forecast = forecastGroup(group, growthPerSecond, wheel);
    const severity = severityOf(group, forecast.etaSeconds);
    return { ...group, ...forecast, growthPerSecond, severity };
  });
  const drainSchedule = sumSchedules([...groups, sample.remainder]);
  const worst = runsOutFirst(groups);
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

function runsOutFirst(groups: readonly GroupModel[]): GroupModel | undefined {
  const eta = (group: GroupModel) => group.etaSeconds ?? Infinity;
  return groups.reduce<GroupModel | undefined>(
    (worst, group) => (worst === undefined || eta(group) < eta(worst) ? group : worst),
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
