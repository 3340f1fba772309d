import type { Sample } from '../sample/sample.ts';
import { isSampleGap } from '../sample-gap.ts';

/** How closely a recording is read. */
export interface Reading {
  /** True if the file is damaged, so that short gaps count. */
  readonly isDamaged: boolean;
  /** True if only one sample a second is read where nothing turns. */
  readonly isThinned: boolean;
}

/** All samples of a file in which all is well. */
export const EVERY_SAMPLE: Reading = { isDamaged: false, isThinned: false };

/** Where a file is damaged, shorter ones are gaps too: the samples of a second are written, and lost, together. */
const DAMAGED_GAP_MS = 1100;
const DAMAGED_GAP_INTERVALS = 1.8;
const THINNED_MS = 1000;

/** True if samples are missing between two that were read one after the other. */
export function isAfterGap(
  before: Sample | undefined,
  sample: Sample,
  { isDamaged, isThinned }: Reading,
): boolean {
  if (before === undefined) return false;
  const sinceMs = sample.takenAtMs - before.takenAtMs;
  const { intervalMs = 0 } = sample.sampling.pacing ?? {};
  if (!isDamaged) return isSampleGap(sinceMs, intervalMs);
  const usualMs = Math.max(intervalMs, isThinned ? THINNED_MS : 0);
  return sinceMs > Math.max(DAMAGED_GAP_MS, DAMAGED_GAP_INTERVALS * usualMs);
}
