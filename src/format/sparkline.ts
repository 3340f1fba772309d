/**
 * Draws counts as one character each from `ramp` (lowest first). `top` is the scale: the count of the highest mark, the
 * same for all sparklines that are to be compared (see `sparkTop`). Marks are rounded down, so that only the whole of it
 * has the highest one. Nothing is a blank, and anything at least the lowest mark. More counts than characters: each
 * character is the mean of its neighbours.
 */
export function sparkline(
  counts: readonly number[],
  width: number,
  ramp: string,
  top: number,
): string {
  const marks = [...ramp];
  return resampled(counts, width)
    .map((mean) => {
      if (mean <= 0) return ' ';
      const steps = Math.floor((mean / top) * marks.length + ROUNDING);
      return marks[Math.max(0, Math.min(marks.length, steps) - 1)] ?? ' ';
    })
    .join('');
}

/** Tolerance for means that should be whole. */
const ROUNDING = 1e-9;

/** Heads of scales, per power of ten: close enough together to use the height, far enough apart to stay for a while. */
const ROUND_TOPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/**
 * The scale for sparklines of `width` characters that are to be compared: the highest mean among them, rounded up to a
 * round number per second. 0: nothing is drawn.
 */
export function sparkTop(series: readonly (readonly number[])[], width: number): number {
  const highest = series.reduce((most, counts) => Math.max(most, ...resampled(counts, width)), 0);
  if (highest <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(highest));
  const round = ROUND_TOPS.find((top) => top * power >= highest - ROUNDING * power) ?? 10;
  return round * power;
}

/** The scale of a sparkline in words: "≤50/s", "≤2k/s". */
export function sparkScale(top: number): string {
  const [unit, suffix] = top >= 1000 ? [1000, 'k'] : [1, ''];
  return `≤${Number((top / unit).toPrecision(2))}${suffix}/s`;
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

/** The machine's closes and expiries as two sparklines on one scale. */
export interface DrainMarks {
  /** Closes in the past, the oldest first. */
  readonly past: string;
  /** Expiries to come. */
  readonly next: string;
  /** The scale of both, in sockets per second; 0: both are empty. */
  readonly top: number;
}

/**
 * A drain schedule as two sparklines of `width` characters, before and after now. A socket that leaves in second s was
 * closed length - s seconds ago. The `overdue` sockets of the first second were closed earlier: the kernel releases
 * them late.
 */
export function drainMarks(
  drainSchedule: readonly number[],
  overdue: number,
  width: number,
  ramp: string,
): DrainMarks {
  const [first = 0, ...others] = drainSchedule;
  const closes = [Math.max(0, first - overdue), ...others];
  const top = sparkTop([closes, drainSchedule], width);
  const side = (counts: readonly number[]) => sparkline(counts, width, ramp, top).padEnd(width);
  return { past: side(closes), next: side(drainSchedule), top };
}
