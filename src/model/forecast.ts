import { DRAIN_SECONDS } from './time-wait.ts';
import type { TupleGroup } from './tuple-group.ts';

/** What becomes of a group if the present rates hold. */
export interface Forecast {
  /** Seconds until free reaches 0; 0: it has; null: never, or not within a day. */
  readonly etaSeconds: number | null;
  /** Where `used` settles; more than `usable`: it runs out first. */
  readonly steadyStateUsed: number;
}

const HORIZON_SECONDS = 86_400;

/**
 * Forecasts a group from its own timers: the TIME_WAIT sockets of now leave by the drain schedule, new
 * ones come at the close rate and stay 60 s (or, where connect() takes them over, the reuse delay), and
 * the live connections go on growing by `growthPerSecond`.
 */
export function forecastGroup(group: TupleGroup, growthPerSecond: number): Forecast {
  const usedIn = usedAfter(group, growthPerSecond);
  const steadyStateUsed = Math.round(group.liveUsed + group.closeRate * heldSeconds(group));
  return { etaSeconds: etaSeconds(group, usedIn, growthPerSecond), steadyStateUsed };
}

/** How long a closed connection keeps its port from connect(), in seconds. */
export function heldSeconds(group: TupleGroup): number {
  return group.reusableFromAgeMs === undefined ? DRAIN_SECONDS : group.reusableFromAgeMs / 1000;
}

/** Ports in use as a function of whole seconds from now, 0 … 60. */
function usedAfter(group: TupleGroup, growthPerSecond: number): (seconds: number) => number {
  const total = group.drainSchedule.reduce((sum, count) => sum + count, 0);
  // Sockets outside the usable ports are in the schedule and hold none of them.
  const share = total === 0 ? 0 : group.timeWaitUsed / total;
  const reuses = group.reusableFromAgeMs !== undefined;
  const remaining = [total];
  for (const leaving of group.drainSchedule) remaining.push((remaining.at(-1) ?? 0) - leaving);
  return (seconds) => {
    const old = reuses ? 0 : share * (remaining[Math.min(seconds, DRAIN_SECONDS)] ?? 0);
    const fresh = group.closeRate * Math.min(seconds, heldSeconds(group));
    return group.liveUsed + growthPerSecond * seconds + old + fresh;
  };
}

function etaSeconds(
  group: TupleGroup,
  usedIn: (seconds: number) => number,
  growthPerSecond: number,
): number | null {
  if (group.free <= 0) return 0;
  let before = group.used;
  for (let second = 1; second <= DRAIN_SECONDS; second++) {
    const after = usedIn(second);
    if (after >= group.usable)
      return second - 1 + (group.usable - before) / Math.max(after - before, Number.EPSILON);
    before = after;
  }
  if (growthPerSecond <= 0) return null;
  const seconds = DRAIN_SECONDS + (group.usable - before) / growthPerSecond;
  return seconds <= HORIZON_SECONDS ? seconds : null;
}

/** A growth of live connections below so many standard deviations of their number is taken for chance. */
const SIGNIFICANT_DEVIATIONS = 3;

/**
 * Growth of live connections per second between two looks at a group; 0 where it may be chance (their
 * number swings by its square root, as any count of independent arrivals does).
 */
export function liveGrowthPerSecond(liveBefore: number, liveNow: number, seconds: number): number {
  const growth = liveNow - liveBefore;
  if (
    seconds <= 0 ||
    Math.abs(growth) <= SIGNIFICANT_DEVIATIONS * Math.sqrt(Math.max(liveBefore, liveNow))
  )
    return 0;
  return growth / seconds;
}
