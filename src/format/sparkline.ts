/**
 * Draws counts as one character each from `ramp` (lowest first); the highest gets the last mark. More
 * counts than characters: each stands for the mean of its neighbours. Nothing at all is a blank,
 * anything at all at least the lowest mark.
 */
export function sparkline(counts: readonly number[], width: number, ramp: string): string {
  const marks = [...ramp];
  const means = resampled(counts, width);
  const top = Math.max(...means);
  return means
    .map((mean) => (mean <= 0 ? ' ' : (marks[Math.ceil((mean / top) * marks.length) - 1] ?? ' ')))
    .join('');
}

/** Means of `width` neighbourhoods; a count on the edge of two counts for both by its parts, so that an even row stays even. */
function resampled(counts: readonly number[], width: number): number[] {
  if (counts.length <= width) return [...counts];
  const perBin = counts.length / width;
  return Array.from({ length: Math.max(0, width) }, (_, bin) => {
    const [start, end] = [bin * perBin, (bin + 1) * perBin];
    let sum = 0;
    for (let index = Math.floor(start); index < Math.min(counts.length, Math.ceil(end)); index++) {
      sum += (counts[index] ?? 0) * (Math.min(end, index + 1) - Math.max(start, index));
    }
    return sum / perBin;
  });
}

/** The mark between what was and what will be. */
const NOW = '│';

/**
 * A drain schedule as a minute before and a minute after now, `width` characters each: what leaves in
 * second s from now was closed 60 - s seconds ago, so that the same counts stand on both sides.
 */
export function nowMarked(drainSchedule: readonly number[], width: number, ramp: string): string {
  const side = sparkline(drainSchedule, width, ramp).padEnd(width);
  return `${side}${NOW}${side}`;
}
