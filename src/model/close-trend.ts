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

/** How the rate of closes goes on, as far as the last minute tells. */
export interface CloseTrend {
  /** Closes per second now. */
  readonly perSecond: number;
  /** By how much that changes each second; 0 where no change is certain. */
  readonly perSecondSquared: number;
  /** So long the change may be expected to go on: as long as it has been seen. */
  readonly trendSeconds: number;
  /** Standard error of `perSecond`: how much the rate swings. */
  readonly standardError: number;
  /** For how long it has been so. */
  readonly seenSeconds: number;
  /** How the closes come, where they come in bursts that are alike. */
  readonly bursts?: Bursts | undefined;
}

/** With fewer seconds no trend can be told from a burst. */
const SHORTEST_TREND_SECONDS = 8;
/** A difference of so many standard errors is no chance. */
const SIGNIFICANT = 3;
/** So many where the moment of a change is looked for, as that gives chance more chances. */
const SIGNIFICANT_CHANGE = 4;
/** With fewer closes nothing can be said but their mean over 10 s. */
const TELLING_CLOSES = 10;
/** A rhythm is looked for where there are so many closes, and they swing by so many times what independent ones would. */
const TELLING_BURSTY_CLOSES = 50;
const BURSTY_VARIANCE_TO_MEAN = 4;
/** Something that began within the last 10 s goes on steadily where so many of its seconds have closes. */
const STEADY_SHARE = 0.6;
/** What lasts for less than so many seconds is a burst; from then on it is a rate. */
const SHORTEST_RATE_SECONDS = 3;
/** Bursts of this length are taken for a rate, with a mean over them and their pauses. */
const LONG_BURST_SECONDS = 3;
/** More bursts than this in the last minute go on; fewer are over. */
const MOST_BURSTS_OVER = 2;
/** A rate that makes a pause is believed in for so long. */
const LONGEST_PAUSE_SECONDS = RATE_SECONDS;
/** A silence in which so many closes were to be expected is a pause. */
const TELLING_SILENCE = 10;

/**
 * Reads the trend from the drain schedule: what leaves TIME_WAIT in second s from now was closed 60 - s
 * seconds ago, so that each schedule holds the closes of the last minute. Bursts that are alike give a rhythm, one
 * or two bursts nothing, a client that gets faster or slower a line, and anything else the mean since the last change.
 */
export function closeTrend(drainSchedule: readonly number[]): CloseTrend {
  // Newest first: closes[i] were closed i to i + 1 seconds ago.
  const all = drainSchedule.toReversed();
  const rhythm = rhythmIn(all);
  if (rhythm !== undefined) return rhythm;
  const { closes, bursts } = withoutBursts(all);
  if (bursts > MOST_BURSTS_OVER) return meanTrend(all.slice(0, secondsSeen(all)));
  const silence = closes.findIndex((count) => count > 0);
  if (silence < 0) return meanTrend(closes.slice(0, RATE_SECONDS));
  if (silence >= 1) {
    // Of the second in which it fell silent, a part is there only.
    const before = rateSince(closes.slice(silence + 1));
    if (before.perSecond * silence > TELLING_SILENCE) return paused(before, silence);
  }
  return rateSince(closes);
}

/** What has been the same since the last change: a line where it rises or falls, or else the mean. */
function rateSince(closes: readonly number[]): CloseTrend {
  const seen = closes.slice(0, secondsSeen(closes));
  const window = sinceLastChange(seen);
  if (window.length === seen.length) return lineTrend(seen) ?? meanTrend(seen);
  // Of the second of the change itself, a part is of before.
  const whole = window.slice(0, Math.max(2, window.length - 1));
  const now = lineTrend(window) ?? meanTrend(whole);
  return timesOver(seen, now.perSecond) < TIMES_OVER ? now : meanTrend(seen);
}

/** A rate that has come and gone so often within the minute will go again: its mean is what lasts. */
const TIMES_OVER = 2;
/** It was there with so much of it, and had gone with so much. */
const THERE_SHARE = 0.8;
const GONE_SHARE = 0.5;

/** How often closes per second, the newest first, have been at a rate and fallen far below it. */
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

/** A rate goes on after a pause, or it has ended: the longer it lasts, the less is to be expected. */
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

function meanTrend(window: readonly number[]): CloseTrend {
  return {
    perSecond: mean(window),
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: Math.sqrt(fitLine(window).variance / Math.max(1, window.length)),
    seenSeconds: window.length,
  };
}

/** The rhythm of bursts, where there is one. */
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

/** Bursts that are alike differ by about so much of their size. */
const LIKENESS_ERROR = 0.4;

/** Over how many of the last seconds the client was there to be seen: 10 at least, unless it has begun since. */
function secondsSeen(closes: readonly number[]): number {
  const age = closes.findLastIndex((count) => count > 0) + 1;
  if (age >= RATE_SECONDS) {
    // The second in which it all began is there in part only.
    return age === closes.length ? age : Math.max(RATE_SECONDS, age - 1);
  }
  const busy = closes.filter((count) => count > 0);
  const isSteady = busy.length >= STEADY_SHARE * age && sum(busy) >= TELLING_CLOSES;
  return age >= 2 && isSteady ? age - 1 : RATE_SECONDS;
}

/** The newest closes, as far back as their rate may have been the same, or along one line. */
function sinceLastChange(closes: readonly number[]): readonly number[] {
  const change = lastChange(closes);
  if (change === undefined) return closes;
  // What has not lasted yet is left out, be it a burst or a pause.
  return change < SHORTEST_RATE_SECONDS
    ? untilNow(closes.slice(change))
    : sinceLastChange(closes.slice(0, change));
}

/** The same where the newest seconds were left out already. */
function untilNow(closes: readonly number[]): readonly number[] {
  const change = lastChange(closes);
  return change === undefined || change < SHORTEST_RATE_SECONDS ? closes : closes.slice(0, change);
}

/** How many seconds ago the rate changed at once, where a change explains the closes best; undefined: it did not. */
function lastChange(closes: readonly number[]): number | undefined {
  const { length } = closes;
  const total = sum(closes);
  let [best, bestGain, newer, older, bestError] = [0, 0, 0, 0, 0];
  const squared = squares(closes);
  for (let at = 1; at < length; at++) {
    newer += closes[at - 1] ?? 0;
    older = total - newer;
    // What there was, or should have been, must be enough to tell from.
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
  // Most rates do not change, and how much they swing need not be known for that.
  if (deviations < SIGNIFICANT_CHANGE * Math.sqrt(LEAST_SHARE)) return undefined;
  if (deviations < SIGNIFICANT_CHANGE * Math.sqrt(swing(closes))) return undefined;
  const line = fitLine(closes);
  return isTrend(line, length) && squares(line.residuals) <= bestError ? undefined : best;
}

/** Of so many independent arrivals in so many seconds at their mean rate, but for what all rates have in common. */
function likelihood(count: number, seconds: number): number {
  return count === 0 ? 0 : count * Math.log(count / seconds);
}

/** How much the closes swing from second to second, in times of independent arrivals. A few jumps do not count. */
function swing(closes: readonly number[]): number {
  const steps = closes.slice(1).map((count, index) => (count - (closes[index] ?? 0)) ** 2);
  // The median of the square of a normal deviation is 0.455; a difference has twice the variance.
  const times = median(steps) / (2 * 0.455 * Math.max(mean(closes), Number.EPSILON));
  return Math.max(isPacedEvenly(times, closes.length) ? LEAST_SHARE : 1, times);
}

function isTrend({ slope, slopeError }: LineFit, seconds: number): boolean {
  return seconds >= SHORTEST_TREND_SECONDS && Math.abs(slope) > SIGNIFICANT * slopeError;
}

/** The line of the newest closes, over the longest time in which they follow one. */
function lineTrend(closes: readonly number[]): CloseTrend | undefined {
  const line = fitLine(closes);
  if (!isTrend(line, closes.length)) return undefined;
  const newest = line.residuals.slice(0, Math.ceil(closes.length / 4));
  const isBent =
    Math.abs(mean(newest)) > SIGNIFICANT * Math.sqrt(Math.max(0, mean(closes)) / newest.length);
  if (isBent && closes.length >= 2 * SHORTEST_TREND_SECONDS)
    return lineTrend(closes.slice(0, Math.ceil(closes.length / 2)));
  return {
    perSecond: Math.max(0, line.now),
    perSecondSquared: line.slope,
    trendSeconds: closes.length,
    standardError: line.nowError,
    seenSeconds: closes.length,
  };
}
