import { type Bursts, rhythmOf, withoutBursts } from './close-bursts.ts';
import {
  fitLine,
  isPacedEvenly,
  LEAST_SHARE,
  type LineFit,
  mean,
  median,
  squares,
  sum,
} from './line-fit.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';

/** How the rate of closes will continue, judged by the last minute. */
export interface CloseTrend {
  /** Closes per second now. */
  readonly perSecond: number;
  /** Change of `perSecond` each second; 0 unless it is significant. */
  readonly perSecondSquared: number;
  /** How long the change is expected to continue: as long as it has been seen. */
  readonly trendSeconds: number;
  /** Standard error of `perSecond`. */
  readonly standardError: number;
  /** How long the rate or trend has been seen. */
  readonly seenSeconds: number;
  /** The rhythm of closes, if they come in similar bursts. */
  readonly bursts?: Bursts | undefined;
}

/** Over less time, a trend looks like a burst. */
const SHORTEST_TREND_SECONDS = 8;
/** A trend of more standard errors than this is not chance. */
const SIGNIFICANT = 3;
/** The same for a sudden change: the search over all moments gives chance more opportunities. */
const SIGNIFICANT_CHANGE = 4;
/** Fewer closes than this have a mean over 10 s, and nothing else. */
const TELLING_CLOSES = 10;
/** A rhythm is searched from this many closes on, if their variance is this many times that of independent closes. */
const TELLING_BURSTY_CLOSES = 50;
const BURSTY_VARIANCE_TO_MEAN = 4;
/** Closes that began within the last 10 s count as steady if this share of the seconds since has closes. */
const STEADY_SHARE = 0.6;
/** Shortest time that makes a rate; anything shorter is a burst. */
const SHORTEST_RATE_SECONDS = 3;
/** Bursts of at least this length count as a rate: the mean over them and their pauses. */
const LONG_BURST_SECONDS = 3;
/** Up to this many bursts in the last minute are assumed to be over; more will continue. */
const MOST_BURSTS_OVER = 2;
/** A rate that pauses for longer than this is over. */
const LONGEST_PAUSE_SECONDS = RATE_SECONDS;
/** A silence is a pause if more closes than this were expected in it. */
const TELLING_SILENCE = 10;

/**
 * Reads the trend from a drain schedule. A socket that leaves TIME_WAIT in second s was closed 60 - s seconds ago, so
 * the schedule holds the closes of the last minute. Similar bursts give a rhythm. One or two bursts are ignored. A
 * client that gets faster or slower gives a line. Anything else gives the mean since the last change.
 */
export function closeTrend(drainSchedule: readonly number[]): CloseTrend {
  return trendOfCloses(drainSchedule.toReversed());
}

/** The same from closes per second, newest first: `all[i]` were closed i to i + 1 seconds ago. */
export function trendOfCloses(all: readonly number[]): CloseTrend {
  const rhythm = rhythmIn(all);
  if (rhythm !== undefined) return rhythm;
  const { closes, bursts } = withoutBursts(all);
  if (bursts > MOST_BURSTS_OVER) return meanTrend(all.slice(0, secondsSeen(all)));
  const silence = closes.findIndex((count) => count > 0);
  if (silence < 0) return meanTrend(closes.slice(0, RATE_SECONDS));
  if (silence >= 1) {
    // The second in which the silence began is only partly filled.
    const before = rateSince(closes.slice(silence + 1));
    if (before.perSecond * silence > TELLING_SILENCE) return paused(before, silence);
  }
  return rateSince(closes);
}

/** The trend since the last change: a line if the rate rises or falls, else the mean. */
function rateSince(closes: readonly number[]): CloseTrend {
  const seen = closes.slice(0, secondsSeen(closes));
  const window = sinceLastChange(seen);
  if (window.length === seen.length) return lineTrend(seen) ?? meanTrend(seen);
  // The second of the change partly belongs to the time before.
  const whole = window.slice(0, Math.max(2, window.length - 1));
  const now = lineTrend(window) ?? meanTrend(whole);
  return timesOver(seen, now.perSecond) < TIMES_OVER ? now : meanTrend(seen);
}

/** A rate that came and went this often within the minute will go again, so the mean of the minute counts. */
const TIMES_OVER = 2;
/** A rate had come from this share of it up, and had gone from this share down. */
const THERE_SHARE = 0.8;
const GONE_SHARE = 0.5;

/** How often closes (per second, newest first) reached a rate and then fell far below it. */
function timesOver(closes: readonly number[], perSecond: number): number {
  let [times, wasThere] = [0, false];
  for (let at = closes.length - SHORTEST_RATE_SECONDS; at >= 0; at--) {
    const rate = mean(closes.slice(at, at + SHORTEST_RATE_SECONDS));
    if (rate >= THERE_SHARE * perSecond) wasThere = true;
    if (rate > GONE_SHARE * perSecond || !wasThere) continue;
    wasThere = false;
    times++;
  }
  return times;
}

/** The trend in a pause: the rate continues, or it has ended. The longer the pause, the lower the expected rate. */
function paused(before: CloseTrend, silence: number): CloseTrend {
  const believed = Math.min(before.seenSeconds, RATE_SECONDS);
  const share = silence > LONGEST_PAUSE_SECONDS ? 0 : believed / (believed + silence);
  return {
    ...before,
    perSecond: share * before.perSecond,
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: before.perSecond,
  };
}

/** The trend where nothing changes: the mean of these seconds. */
export function meanTrend(window: readonly number[]): CloseTrend {
  return {
    perSecond: mean(window),
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: Math.sqrt(fitLine(window).variance / Math.max(1, window.length)),
    seenSeconds: window.length,
  };
}

/** The trend of similar bursts; undefined: there are none. */
function rhythmIn(closes: readonly number[]): CloseTrend | undefined {
  const average = mean(closes);
  const isBursty =
    sum(closes) >= TELLING_BURSTY_CLOSES &&
    squares(closes) / closes.length - average ** 2 > BURSTY_VARIANCE_TO_MEAN * average;
  const rhythm = isBursty ? rhythmOf(closes) : undefined;
  if (rhythm === undefined) return undefined;
  const { size, everySeconds, lastAgoSeconds, lastsSeconds } = rhythm;
  const perSecond = size / everySeconds;
  return {
    perSecond,
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: (LIKENESS_ERROR * perSecond) / Math.sqrt(closes.length / everySeconds),
    seenSeconds: Math.min(closes.length, closes.findLastIndex((count) => count > 0) + 1),
    bursts: lastsSeconds < LONG_BURST_SECONDS ? { size, everySeconds, lastAgoSeconds } : undefined,
  };
}

/** Similar bursts differ by about this share of their size. */
const LIKENESS_ERROR = 0.4;

/** Number of seconds to judge by: since the first close; at least 10, unless closes began later and are steady. */
function secondsSeen(closes: readonly number[]): number {
  const age = closes.findLastIndex((count) => count > 0) + 1;
  if (age >= RATE_SECONDS) {
    // The second in which it began is only partly filled.
    return age === closes.length ? age : Math.max(RATE_SECONDS, age - 1);
  }
  const busy = closes.filter((count) => count > 0);
  const isSteady = busy.length >= STEADY_SHARE * age && sum(busy) >= TELLING_CLOSES;
  return age >= 2 && isSteady ? age - 1 : RATE_SECONDS;
}

/** The newest closes, as far back as their rate may have been constant or on one line. */
function sinceLastChange(closes: readonly number[]): readonly number[] {
  const change = lastChange(closes);
  if (change === undefined) return closes;
  // A change too young to count, whether a burst or a pause, is left out.
  return change < SHORTEST_RATE_SECONDS
    ? untilNow(closes.slice(change))
    : sinceLastChange(closes.slice(0, change));
}

/** The same, after the newest seconds were left out. */
function untilNow(closes: readonly number[]): readonly number[] {
  const change = lastChange(closes);
  return change === undefined || change < SHORTEST_RATE_SECONDS ? closes : closes.slice(0, change);
}

/** How many seconds ago the rate changed suddenly; undefined if no sudden change explains the closes best. */
function lastChange(closes: readonly number[]): number | undefined {
  const { length } = closes;
  const total = sum(closes);
  let [best, bestGain, newer, older, bestError] = [0, 0, 0, 0, 0];
  const squared = squares(closes);
  for (let at = 1; at < length; at++) {
    newer += closes[at - 1] ?? 0;
    older = total - newer;
    // Too few closes, seen or expected, prove nothing.
    if (Math.max(newer, (older * at) / (length - at)) < TELLING_CLOSES) continue;
    const gain = likelihood(newer, at) + likelihood(older, length - at) - likelihood(total, length);
    if (gain > bestGain)
      [best, bestGain, bestError] = [
        at,
        gain,
        squared - newer ** 2 / at - older ** 2 / (length - at),
      ];
  }
  const deviations = Math.sqrt(2 * bestGain);
  // Fast path: most rates do not change, and the costly `swing` is not needed to see that.
  if (deviations < SIGNIFICANT_CHANGE * Math.sqrt(LEAST_SHARE)) return undefined;
  if (deviations < SIGNIFICANT_CHANGE * Math.sqrt(swing(closes))) return undefined;
  const line = fitLine(closes);
  return isTrend(line, length) && squares(line.residuals) <= bestError ? undefined : best;
}

/** Log-likelihood of `count` independent arrivals in `seconds` at their mean rate, without the constant terms. */
function likelihood(count: number, seconds: number): number {
  return count === 0 ? 0 : count * Math.log(count / seconds);
}

/** Variance from second to second, as a multiple of that of independent arrivals. A few jumps do not matter. */
function swing(closes: readonly number[]): number {
  const steps = closes.slice(1).map((count, index) => (count - (closes[index] ?? 0)) ** 2);
  // The median of the square of a normal deviation is 0.455; a difference has twice the variance.
  const times = median(steps) / (2 * 0.455 * Math.max(mean(closes), Number.EPSILON));
  return Math.max(isPacedEvenly(times, closes.length) ? LEAST_SHARE : 1, times);
}

function isTrend({ slope, slopeError }: LineFit, seconds: number): boolean {
  return seconds >= SHORTEST_TREND_SECONDS && Math.abs(slope) > SIGNIFICANT * slopeError;
}

/** The line through the newest closes, over the longest time in which they follow one. */
function lineTrend(closes: readonly number[]): CloseTrend | undefined {
  const line = fitLine(closes);
  if (!isTrend(line, closes.length)) return undefined;
  const newest = line.residuals.slice(0, Math.ceil(closes.length / 4));
  const isBent =
    Math.abs(mean(newest)) > SIGNIFICANT * Math.sqrt(Math.max(0, mean(closes)) / newest.length);
  if (isBent && closes.length >= 2 * SHORTEST_TREND_SECONDS)
    return lineTrend(closes.slice(0, Math.ceil(closes.length / 2)));
  return alongLine(line, closes.length);
}

function alongLine({ now, slope, nowError }: LineFit, seconds: number): CloseTrend {
  return {
    perSecond: Math.max(0, now),
    perSecondSquared: slope,
    trendSeconds: seconds,
    standardError: nowError,
    seenSeconds: seconds,
  };
}

/** The line through these seconds, whether it is more than chance or not. */
export function lineThrough(window: readonly number[]): CloseTrend {
  return alongLine(fitLine(window), window.length);
}
