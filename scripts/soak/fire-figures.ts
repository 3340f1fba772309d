import type { FireReport } from './protocol.ts';

/** What stood above the table, and when it was seen, in ms. */
export interface Frame {
  readonly atMs: number;
  readonly head: string;
}

/** TIME_WAIT sockets by the kernel's count, and when, in ms. */
export interface Count {
  readonly atMs: number;
  readonly count: number;
}

/** A frame is this much older than it says, at most: its drawing, and its way through the terminal. */
const DRAWING_MS = 500;
/** The age up to which a frame tells none. */
const UNTOLD_AGE_MS = 1200;
/** Half of the last digit of an age that is told. */
const ROUNDING_MS = 50;
/** From the moment that a sample is dated with until the kernel's counters are read, at most. */
const COUNTERS_MS = 200;

/**
 * The TIME_WAIT sockets that a frame tells, beside the least and the most that the kernel counted at the time that it is
 * of. Empty: it tells none, or the kernel was not watched then.
 */
export function figureOf({ atMs, head }: Frame, counts: readonly Count[]): FireReport['figures'] {
  const [, digits, decimals = '', thousands = ''] =
    /TIME_WAIT +(\d+)(\.\d+)?(k?) of/.exec(head) ?? [];
  const { oldestMs, youngestMs } = agesOf(head);
  const values = counts
    .filter((count) => count.atMs >= atMs - oldestMs && count.atMs <= atMs - youngestMs)
    .map(({ count }) => count);
  const isWatched = (counts[0]?.atMs ?? Infinity) <= atMs - oldestMs;
  if (digits === undefined || !isWatched || values.length === 0) return [];
  const unit = thousands === 'k' ? 1000 : 1;
  // 27.9k is anything that is rounded to it.
  const rounded = unit / 10 ** Math.max(0, decimals.length - 1) / 2;
  return [
    {
      shown: Number(digits + decimals) * unit,
      least: Math.min(...values) - rounded,
      most: Math.max(...values) + rounded,
    },
  ];
}

/** How old the figures of a frame may be: as old as it says, or younger than an age that it would say. */
function agesOf(head: string): { readonly oldestMs: number; readonly youngestMs: number } {
  const told = /(?:\(|seen )(\d+(?:\.\d+)?)(ms|s) ago/.exec(head);
  if (told === null) return { oldestMs: UNTOLD_AGE_MS + DRAWING_MS, youngestMs: 0 };
  const ageMs = Number(told[1]) * (told[2] === 's' ? 1000 : 1);
  return {
    oldestMs: ageMs + ROUNDING_MS + DRAWING_MS,
    youngestMs: Math.max(0, ageMs - ROUNDING_MS - COUNTERS_MS),
  };
}
