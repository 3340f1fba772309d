/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/**
 * How many times `values` are `baselines`: the median of the ratios, round by round. Both of a round were
 * measured within a moment, so that a minute in which the machine was busy does not count for one alone.
 */
export function medianRatio(values: readonly number[], baselines: readonly number[]): number {
  if (values.length !== baselines.length) {
    throw new RangeError(`${values.length} rounds against ${baselines.length}`);
  }
  return median(values.map((value, round) => value / (baselines[round] ?? Number.NaN)));
}
