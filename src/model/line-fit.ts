/** Sums, means and a line through counts per second. */

/** A line through counts per second by least squares. */
export interface LineFit {
  /** Change of the rate each second. */
  readonly slope: number;
  readonly slopeError: number;
  /** The line's value at this moment. */
  readonly now: number;
  readonly nowError: number;
  /** Of one second's count: at least its mean, as of independent arrivals. */
  readonly variance: number;
  /** What the line leaves unexplained: counts less the line, the newest first. */
  readonly residuals: readonly number[];
}

/** Fits a line to counts per second, the newest first. */
export function fitLine(counts: readonly number[]): LineFit {
  const { length } = counts;
  const average = mean(counts);
  const middle = length / 2;
  // Seconds from the middle of the window, growing towards now.
  const at = (index: number) => middle - index - 0.5;
  const spread = (length ** 3 - length) / 12;
  const slope = spread === 0 ? 0 : sum(counts.map((count, index) => at(index) * count)) / spread;
  const residuals = counts.map((count, index) => count - average - slope * at(index));
  const variance = varianceOf(residuals, average);
  const slopeError = spread === 0 ? Infinity : Math.sqrt(variance / spread);
  return {
    slope,
    slopeError,
    now: average + slope * middle,
    nowError:
      Math.sqrt(variance / length) + middle * (Number.isFinite(slopeError) ? slopeError : 0),
    variance,
    residuals,
  };
}

/** With so many seconds, closes that swing by less than a third of what chance would give are paced evenly. */
const TELLING_SECONDS = 30;
const EVEN_SHARE = 1 / 3;

/** True where so many counts swing by so little, in times of independent arrivals, that it is no chance. */
export function isPacedEvenly(share: number, seconds: number): boolean {
  return seconds >= TELLING_SECONDS && share < EVEN_SHARE;
}

function varianceOf(residuals: readonly number[], average: number): number {
  const { length } = residuals;
  if (length <= 2) return average;
  const seen = squares(residuals) / (length - 2);
  if (isPacedEvenly(seen / Math.max(average, Number.EPSILON), length))
    return Math.max(seen, LEAST_SHARE * average);
  // Independent arrivals swing by their square root at least; a few seconds may look smoother by chance.
  return Math.max(average, seen);
}

/** Even pace is believed in no further than this. */
export const LEAST_SHARE = 1 / 4;

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Sum of the squares. */
export function squares(values: readonly number[]): number {
  return values.reduce((total, value) => total + value ** 2, 0);
}

/** 0 of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** The one in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  // Without a function to compare by, it is sorted in a tenth of the time.
  return Float64Array.from(values).toSorted()[Math.floor(values.length / 2)] ?? 0;
}
