/** An even flow is drawn at this part of the height: a full one would look like a bar. */
const EVEN_HEIGHT = 0.6;

/**
 * Draws counts as one character each from `ramp` (lowest first); the highest gets the last mark, unless all
 * are much alike. More counts than characters: each stands for the mean of its neighbours. Nothing at all is
 * a blank, anything at all at least the lowest mark.
 */
export function sparkline(counts: readonly number[], width: number, ramp: string): string {
  const marks = [...ramp];
  const means = resampled(counts, width);
  const average = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  const top = Math.max(...means, average / EVEN_HEIGHT);
  return means
    .map((mean) => (mean <= 0 ? ' ' : (marks[Math.ceil((mean / top) * marks.length) - 1] ?? ' ')))
    .join('');
}

/** Means of `width` bins. A count on the edge of two bins is split between them, so that an even series stays even. */
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

/** The mark between past and future. */
const NOW = '│';

/**
 * A drain schedule as two sparklines of `width` characters, before and after now. A socket that leaves in second s was
 * closed length - s seconds ago. The `overdue` sockets of the first second were closed earlier: the kernel releases
 * them late.
 */
export function nowMarked(
  drainSchedule: readonly number[],
  overdue: number,
  width: number,
  ramp: string,
): string {
  const [first = 0, ...others] = drainSchedule;
  const side = (counts: readonly number[]) => sparkline(counts, width, ramp).padEnd(width);
  return `${side([Math.max(0, first - overdue), ...others])}${NOW}${side(drainSchedule)}`;
}
