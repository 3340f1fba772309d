/**
 * Draws counts as one character each from `ramp` (lowest first), scaled to `most`. More counts than
 * characters: neighbours are summed. Nothing is a blank; anything at all is at least the lowest mark.
 */
export function sparkline(counts: readonly number[], width: number, ramp: string, most?: number): string {
  const marks = [...ramp];
  const sums = rebinned(counts, width);
  const top = Math.max(most ?? 0, ...sums);
  return sums
    .map((sum) => (sum <= 0 ? ' ' : (marks[Math.min(marks.length - 1, Math.ceil((sum / top) * marks.length) - 1)] ?? ' ')))
    .join('');
}

/** Sums counts into `width` bins of (nearly) equal length; fewer counts than bins stay as they are. */
function rebinned(counts: readonly number[], width: number): number[] {
  if (width <= 0) return [];
  if (counts.length <= width) return [...counts];
  const bins = Array.from({ length: width }, () => 0);
  counts.forEach((count, index) => {
    const bin = Math.floor((index * width) / counts.length);
    bins[bin] = (bins[bin] ?? 0) + count;
  });
  return bins;
}
