import { type CloseTrend, lineThrough, meanTrend, trendOfCloses } from './close-trend.ts';

/** The trend of a group's closes, kept from look to look: of two that alternate, one is wrong. */
export interface KeptTrend {
  readonly trend: CloseTrend;
  /** Unix ms since when closes have followed it. */
  readonly sinceMs: number;
  /** Unix ms since when each look on its own tells of another one; undefined: they agree. */
  readonly otherSinceMs: number | undefined;
}

/** Another trend counts once it was seen for so long, unless it has begun just now. */
const OTHER_MS = 3000;
/** A trend seen for less than this share of the time of the one before has begun just now. */
const JUST_NOW_SHARE = 0.5;
/** Beginnings that differ by no more are the same: closes are counted by the second. */
const ROUNDING_SECONDS = 1;

/**
 * The trend at this look. A new one counts at once: the rate has changed. The change is not taken back, nor a rise turned
 * into a constant rate or the other way round, before all looks of 3 s tell so. Until then the trend goes on, with the
 * closes since it began. `closes`: per second, newest first.
 */
export function keptTrend(
  closes: readonly number[],
  nowMs: number,
  before: KeptTrend | undefined,
): KeptTrend {
  const seen = trendOfCloses(closes);
  const seenNow = {
    trend: seen,
    sinceMs: nowMs - 1000 * seen.seenSeconds,
    otherSinceMs: undefined,
  };
  if (before === undefined || nowMs < before.sinceMs) return seenNow;
  const keptSeconds = Math.min(closes.length, Math.floor((nowMs - before.sinceMs) / 1000));
  const isNew = seen.seenSeconds < JUST_NOW_SHARE * keptSeconds;
  const isSilent = closes[0] === 0;
  if (
    isNew ||
    isSilent ||
    isBursty(seen) ||
    isBursty(before.trend) ||
    isSame(seen, before, keptSeconds)
  )
    return seenNow;
  const otherSinceMs = before.otherSinceMs ?? nowMs;
  if (nowMs - otherSinceMs >= OTHER_MS) return seenNow;
  const window = closes.slice(0, keptSeconds);
  const trend = isLine(before.trend) ? lineThrough(window) : meanTrend(window);
  return { trend, sinceMs: before.sinceMs, otherSinceMs };
}

function isSame(seen: CloseTrend, { trend }: KeptTrend, keptSeconds: number): boolean {
  return (
    isLine(seen) === isLine(trend) && Math.abs(seen.seenSeconds - keptSeconds) <= ROUNDING_SECONDS
  );
}

function isLine({ perSecondSquared }: CloseTrend): boolean {
  return perSecondSquared !== 0;
}

function isBursty({ bursts }: CloseTrend): boolean {
  return bursts !== undefined;
}
