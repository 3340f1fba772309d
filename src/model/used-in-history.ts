import { median } from './line-fit.ts';
import type { ModelHistory } from './model-history.ts';
import { isSampleGap } from './sample-gap.ts';

/** The newest entry of a history holds for so long. */
const SECOND_MS = 1000;

/**
 * Ports that a group used, second by second up to a time, the oldest first. Undefined for seconds in which the group
 * did not exist or was not kept, and for a time without samples, as of a link that was lost. Else a value holds until the
 * next entry.
 */
export function usedInHistory(
  history: ModelHistory,
  key: string,
  untilMs: number,
): (number | undefined)[] {
  const seen = history.filter((entry) => timeOf(entry) <= untilMs);
  const usualMs = usualSpacingMs(seen);
  return seen.flatMap((entry, index) => {
    const next = seen[index + 1];
    const untilNextMs = next === undefined ? SECOND_MS : timeOf(next) - timeOf(entry);
    const heldMs = isSampleGap(untilNextMs, usualMs) ? usualMs : untilNextMs;
    const used = entry.sample.groups.find((group) => group.key === key)?.used;
    const held = secondsIn(heldMs);
    return Array.from({ length: secondsIn(untilNextMs) }, (_, second) =>
      second < held ? used : undefined,
    );
  });
}

function secondsIn(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}

/** The median of the times between entries. */
function usualSpacingMs(history: ModelHistory): number {
  const spacings = history.slice(1).map((entry, index) => timeOf(entry) - timeOf(history[index]));
  return median(spacings);
}

function timeOf(entry: ModelHistory[number] | undefined): number {
  return entry?.sample.takenAtMs ?? -Infinity;
}
