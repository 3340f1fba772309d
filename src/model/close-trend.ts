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
  /** How the closes come, where they come in bursts that are alike. */
  readonly bursts?: Bursts | undefined;
}

/** Bursts of a size, with pauses between them. */
export interface Bursts {
  readonly size: number;
  /** From one to the next. */
  readonly everySeconds: number;
  /** Since the last one. */
  readonly lastAgoSeconds: number;
}

/** A trend or a mean is taken over at most so many seconds: beyond, it is another time. */
const LONGEST_WINDOW_SECONDS = 30;
/** With fewer seconds no trend can be told from a burst. */
const SHORTEST_TREND_SECONDS = 8;
/** A difference of so many standard errors is no chance. */
const SIGNIFICANT = 3;
/** With fewer closes in a window nothing can be said but their mean over 10 s. */
const TELLING_CLOSES = 50;
/** Closes come in bursts where they swing by so many times what independent arrivals would. */
const BURSTY_VARIANCE_TO_MEAN = 4;
/** Something that began within the last 10 s goes on steadily where so many of its seconds have closes. */
const STEADY_SHARE = 0.6;

/**
 * Reads the trend from the drain schedule: what leaves TIME_WAIT in second s from now was closed 60 - s
 * seconds ago, so that each schedule holds the closes of the last minute. A client that has got faster or
 * slower gives a line, bursts a mean over as many of them as there were, anything else the mean of 10 s.
 */
export function closeTrend(drainSchedule: readonly number[]): CloseTrend {
  // Newest first: closes[i] were closed i to i + 1 seconds ago.
  const closes = drainSchedule.toReversed();
  const seen = secondsSeen(closes);
  const window = closes.slice(0, Math.min(seen, LONGEST_WINDOW_SECONDS));
  const line = fitLine(window);
  const isTrend =
    window.length >= SHORTEST_TREND_SECONDS && Math.abs(line.slope) > SIGNIFICANT * line.slopeError;
  if (isTrend) {
    return {
      perSecond: Math.max(0, line.now),
      perSecondSquared: line.slope,
      trendSeconds: window.length,
      standardError: line.nowError,
    };
  }
  const closesInWindow = sum(window);
  const isBursty =
    closesInWindow >= TELLING_CLOSES &&
    line.variance > BURSTY_VARIANCE_TO_MEAN * (closesInWindow / window.length);
  const recent = window.slice(0, RATE_SECONDS);
  const bursts = isBursty ? burstsOf(closes, window.length + 1) : undefined;
  const hasChanged =
    Math.abs(mean(window) - mean(recent)) > SIGNIFICANT * Math.sqrt(line.variance / recent.length);
  // Of bursts the window holds the one that opened it as well.
  const chosen = isBursty && !hasChanged ? closes.slice(0, window.length + 1) : recent;
  return {
    perSecond: bursts === undefined ? mean(chosen) : bursts.size / bursts.everySeconds,
    bursts,
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: Math.sqrt(line.variance / chosen.length),
  };
}

/** Fewer bursts have no rhythm. */
const LEAST_BURSTS = 3;
/** Bursts are alike where sizes and pauses lie within so much of their mean, and pauses within a second in any case. */
const LIKENESS = 0.4;

/** The rhythm of the closes of the last `seconds`, if they have one. */
function burstsOf(closes: readonly number[], seconds: number): Bursts | undefined {
  const bursts = burstRuns(closes.slice(0, seconds));
  if (bursts.length < LEAST_BURSTS) return undefined;
  const ages = bursts.map(({ age }) => age);
  const pauses = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
  // The newest may be going on.
  const sizes = bursts.slice(1).map(({ size }) => size);
  const [everySeconds, size] = [mean(pauses), mean(sizes)];
  const alike = (values: readonly number[], average: number, least = 0) =>
    values.every((value) => Math.abs(value - average) <= Math.max(least, LIKENESS * average));
  if (!alike(sizes, size) || !alike(pauses, everySeconds, 1)) return undefined;
  return { size, everySeconds, lastAgoSeconds: ages[0] ?? 0 };
}

/** Seconds with closes between seconds without, the newest first. */
function burstRuns(closes: readonly number[]): { readonly age: number; readonly size: number }[] {
  const runs: { age: number; size: number }[] = [];
  closes.forEach((count, index) => {
    if (count === 0) return;
    const last = runs.at(-1);
    if (last === undefined || (closes[index - 1] ?? 0) === 0) {
      runs.push({ age: index + 0.5, size: count });
    } else {
      // Where it falls into two seconds, it is between them.
      last.age += (count * (index + 0.5 - last.age)) / (last.size + count);
      last.size += count;
    }
  });
  return runs;
}

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

/** Least squares over counts per second, the newest first; the line's value is at this moment. */
function fitLine(counts: readonly number[]) {
  const { length } = counts;
  const average = mean(counts);
  const middle = length / 2;
  // Seconds from the middle of the window, growing towards now.
  const at = (index: number) => middle - index - 0.5;
  const spread = (length ** 3 - length) / 12;
  const slope = spread === 0 ? 0 : sum(counts.map((count, index) => at(index) * count)) / spread;
  const residuals = sum(counts.map((count, index) => (count - average - slope * at(index)) ** 2));
  // Independent arrivals swing by their square root at least; a few seconds may look smoother by chance.
  const variance = Math.max(average, length > 2 ? residuals / (length - 2) : average);
  const slopeError = spread === 0 ? Infinity : Math.sqrt(variance / spread);
  return {
    slope,
    slopeError,
    now: average + slope * middle,
    nowError:
      Math.sqrt(variance / length) + middle * (Number.isFinite(slopeError) ? slopeError : 0),
    variance,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
