import type { ModelHistory } from './model-history.ts';

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
  const longestMs = Math.max(SHORTEST_GAP_MS, GAP_SPACINGS * usualMs);
  return seen.flatMap((entry, index) => {
    const next = seen[index + 1];
    const untilNextMs = next === undefined ? SECOND_MS : timeOf(next) - timeOf(entry);
    const heldMs = untilNextMs > longestMs ? usualMs : untilNextMs;
    const used = entry.sample.groups.find((group) => group.key === key)?.used;
    const [seconds, held] = [untilNextMs, heldMs].map((ms) => Math.max(1, Math.round(ms / 1000)));
    return Array.from({ length: seconds ?? 1 }, (_, second) =>
      second < (held ?? 1) ? used : undefined,
    );
  });
}

/** Without samples for this long, and for so many times as long as usual, nothing is known of the time in between. */
const SHORTEST_GAP_MS = 10_000;
const GAP_SPACINGS = 3;

/** The median of the times between entries: a slow link, or a place that is read in turn, has few. */
function usualSpacingMs(history: ModelHistory): number {
  const spacings = history.slice(1).map((entry, index) => timeOf(entry) - timeOf(history[index]));
  return spacings.toSorted((a, b) => a - b)[Math.floor(spacings.length / 2)] ?? SECOND_MS;
}

function timeOf(entry: ModelHistory[number] | undefined): number {
  return entry?.sample.takenAtMs ?? -Infinity;
}
