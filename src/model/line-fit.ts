/** A line through counts per second by least squares. */
export interface LineFit {
  /** Change of the rate each second. */
  readonly slope: number;
  readonly slopeError: number;
  /** The line's value at this moment. */
  readonly now: number;
  readonly nowError: number;
  /** Variance of one second's count: at least the mean, as for independent arrivals, unless the pace is even. */
  readonly variance: number;
  /** Counts minus the line, the newest first. */
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

/** Over this many seconds, counts with less than a third of the variance of independent arrivals are paced evenly. */
const TELLING_SECONDS = 30;
const EVEN_SHARE = 1 / 3;

/** True if counts vary too little for chance. `share`: their variance as a share of that of independent arrivals. */
export function isPacedEvenly(share: number, seconds: number): boolean {
  return seconds >= TELLING_SECONDS && share < EVEN_SHARE;
}

function varianceOf(residuals: readonly number[], average: number): number {
  const { length } = residuals;
  if (length <= 2) return average;
  const seen = squares(residuals) / (length - 2);
  if (isPacedEvenly(seen / Math.max(average, Number.EPSILON), length))
    return Math.max(seen, LEAST_SHARE * average);
  // A few seconds of independent arrivals may look smoother than they are by chance.
  return Math.max(average, seen);
}

/** Lowest variance to assume for an even pace, as a share of that of independent arrivals. */
export const LEAST_SHARE = 1 / 4;

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Sum of the squares. */
export function squares(values: readonly number[]): number {
  return values.reduce((total, value) => total + value ** 2, 0);
}

/** The mean; 0 of an empty list. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** The median (of an even number, the upper one); 0 of an empty list. */
export function median(values: readonly number[]): number {
  // A typed array sorts without a comparison function, in a tenth of the time.
  return Float64Array.from(values).toSorted()[Math.floor(values.length / 2)] ?? 0;
}
