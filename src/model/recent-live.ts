import type { Baseline } from './baseline-window.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Live connections of a group over the last 10 s. */
export interface RecentLive {
  readonly mean: number;
  /** The fewest seen: so many may have stayed open all the time. */
  readonly least: number;
  /** How much of that time was seen. */
  readonly seenSeconds: number;
}

/** Live connections of a group over time: the mean of unevenly spaced looks. */
export function meanLive(
  { key, liveUsed }: TupleGroup,
  takenAtMs: number,
  looks: readonly Baseline[],
): number {
  let [sum, laterMs, later] = [0, takenAtMs, liveUsed];
  for (const { takenAtMs: atMs, liveByGroup } of looks) {
    const live = liveByGroup.get(key) ?? 0;
    sum += ((live + later) / 2) * (laterMs - atMs);
    [laterMs, later] = [atMs, live];
  }
  return laterMs === takenAtMs ? liveUsed : sum / (takenAtMs - laterMs);
}

/** Mean of the live connections over the samples of the last 10 s. `looks`: earlier samples. */
export function recentLive(
  { key, liveUsed }: TupleGroup,
  takenAtMs: number,
  looks: readonly Baseline[],
): RecentLive {
  let [sum, count, oldestMs, least] = [liveUsed, 1, takenAtMs, liveUsed];
  for (const { takenAtMs: atMs, liveByGroup } of looks) {
    if (takenAtMs - atMs > RATE_SECONDS * 1000) continue;
    const live = liveByGroup.get(key) ?? 0;
    sum += live;
    least = Math.min(least, live);
    count++;
    oldestMs = Math.min(oldestMs, atMs);
  }
  return { mean: sum / count, least, seenSeconds: (takenAtMs - oldestMs) / 1000 };
}
