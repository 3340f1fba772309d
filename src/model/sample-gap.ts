/** Without samples for this long, and for so many times as long as usual, some are missing. */
const SHORTEST_GAP_MS = 10_000;
const GAP_SPACINGS = 3;

/** True if nothing is known of a time between two samples: a slow link, or a place that is read in turn, has few. */
export function isSampleGap(apartMs: number, usualMs: number): boolean {
  return apartMs > Math.max(SHORTEST_GAP_MS, GAP_SPACINGS * usualMs);
}
