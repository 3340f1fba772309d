import { advise } from './advice/advise.ts';
import type { Advice } from './advice/advice.ts';
import { type Forecast, forecastGroup, liveGrowthPerSecond } from './forecast.ts';
import type { Sample } from './sample.ts';
import { type Severity, severityOf } from './severity.ts';
import { closesPerSecond, emptySchedule, RATE_SECONDS } from './time-wait.ts';
import type { TupleGroup } from './tuple-group.ts';

/** A tuple group with its future. */
export interface GroupModel extends TupleGroup, Forecast {
  readonly severity: Severity;
}

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
  /** Best first. */
  readonly advice: readonly Advice[];
}

/** How old the reference of `buildModel` should be, in ms: rates are meant over it. */
export const REFERENCE_AGE_MS = RATE_SECONDS * 1000;

/**
 * Builds the model of a sample, live, recorded or remote alike. `reference` is an earlier sample of the
 * same kernel, about 10 s old where there is one; without it, what needs two looks is unknown (opens
 * per second) or taken as steady (live connections).
 */
export function buildModel(sample: Sample, reference?: Sample): Model {
  const seconds = reference === undefined ? 0 : (sample.takenAtMs - reference.takenAtMs) / 1000;
  const liveBefore = new Map(reference?.groups.map((group) => [group.label, group.liveUsed]));
  const groups = sample.groups.map((group): GroupModel => {
    const growth =
      reference === undefined
        ? 0
        : liveGrowthPerSecond(liveBefore.get(group.label) ?? 0, group.liveUsed, seconds);
    const forecast = forecastGroup(group, growth);
    return { ...group, ...forecast, severity: severityOf(group, forecast.etaSeconds) };
  });
  const drainSchedule = sumSchedules([...groups, sample.others]);
  const worst = runsOutFirst(groups);
  return {
    sample,
    groups,
    worst,
    drainSchedule,
    closeRate: closesPerSecond(drainSchedule),
    opensPerSecond: countsPerSecond(
      reference?.counters.activeOpens,
      sample.counters.activeOpens,
      seconds,
    ),
    advice: worst === undefined ? [] : advise({ sample, group: worst }),
  };
}

function runsOutFirst(groups: readonly GroupModel[]): GroupModel | undefined {
  const eta = (group: GroupModel) => group.etaSeconds ?? Infinity;
  return groups.reduce<GroupModel | undefined>(
    (worst, group) => (worst === undefined || eta(group) < eta(worst) ? group : worst),
    undefined,
  );
}

function sumSchedules(groups: readonly Pick<TupleGroup, 'drainSchedule'>[]): number[] {
  const sum = emptySchedule();
  for (const group of groups) {
    for (let second = 0; second < sum.length; second++)
      sum[second] = (sum[second] ?? 0) + (group.drainSchedule[second] ?? 0);
  }
  return sum;
}

function countsPerSecond(
  before: number | undefined,
  now: number | undefined,
  seconds: number,
): number | undefined {
  if (before === undefined || now === undefined || seconds <= 0 || now < before) return undefined;
  return (now - before) / seconds;
}
