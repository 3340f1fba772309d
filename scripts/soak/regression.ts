/** A straight line through readings by least squares. */
export interface Line {
  /** Change of the value for each unit of x. */
  readonly slope: number;
  /** Standard error of the slope, by the scatter of the readings around the line. */
  readonly slopeError: number;
  /** Standard deviation of the readings around the line. */
  readonly scatter: number;
}

/** One reading: when, and how much. */
export type Point = readonly [x: number, y: number];

/**
 * Fits a line. The scatter of memory is not independent from reading to reading: the garbage collector draws a saw.
 * So the readings are first averaged over `parts` stretches of equal length, each much longer than a tooth.
 * Throws a RangeError for fewer than three points at different x.
 */
export function fitPoints(points: readonly Point[], parts = points.length): Line {
  const means = stretches(points, parts);
  const { length } = means;
  const meanX = mean(means.map(([x]) => x));
  const meanY = mean(means.map(([, y]) => y));
  const spread = sum(means.map(([x]) => (x - meanX) ** 2));
  if (length < 3 || !(spread > 0)) throw new RangeError(`no line through ${length} points`);
  const slope = sum(means.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  const residuals = means.map(([x, y]) => y - meanY - slope * (x - meanX));
  const variance = sum(residuals.map((residual) => residual ** 2)) / (length - 2);
  return { slope, slopeError: Math.sqrt(variance / spread), scatter: Math.sqrt(variance) };
}

/** The mean point of each stretch that has any. */
function stretches(points: readonly Point[], parts: number): Point[] {
  const firstX = points[0]?.[0] ?? 0;
  const width = ((points.at(-1)?.[0] ?? 0) - firstX) / parts;
  const groups = Map.groupBy(points, ([x]) =>
    width > 0 ? Math.min(parts - 1, Math.floor((x - firstX) / width)) : 0,
  );
  return [...groups.values()].map((group): Point => [
    mean(group.map(([x]) => x)),
    mean(group.map(([, y]) => y)),
  ]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
