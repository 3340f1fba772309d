import type { Baseline } from './baseline-window.ts';
import type { CloseTrend } from './close-trend.ts';
import { isBeyondChance } from './live-growth.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Fewer closes may be chance. */
const FEWEST_CLOSES = 30;
/** Shortest time to compare over. */
const SHORTEST_SECONDS = 3;
/** Above this share of the closes, connections are opened as fast as they are closed, as far as matters. */
const STEADY_SHARE = 0.5;

/**
 * The share of a group's closes that were made up for by new connections, over the time in which its present rate of
 * closes was seen; undefined: about all, or not known. A pool that drains closes connections of long ago: its closes end
 * with it. `looks`: earlier samples.
 */
export function openedShare(
  group: TupleGroup,
  takenAtMs: number,
  looks: readonly Baseline[],
  { seenSeconds }: Pick<CloseTrend, 'seenSeconds'>,
): number | undefined {
  if (group.timeWaitUsed + group.reusable < FEWEST_CLOSES) return undefined;
  const liveThen = (look: Baseline) => look.liveByGroup.get(group.key) ?? 0;
  // Most groups do not shrink.
  if (looks.every((look) => liveThen(look) <= group.liveUsed)) return undefined;
  const secondsOf = (look: Baseline) => (takenAtMs - look.takenAtMs) / 1000;
  // The oldest one within that time, and a second more as schedules have whole seconds.
  const within = looks.filter((look) => {
    const seconds = secondsOf(look);
    return seconds >= SHORTEST_SECONDS && seconds <= Math.max(SHORTEST_SECONDS, seenSeconds) + 1;
  });
  const oldest = within.toSorted((a, b) => a.takenAtMs - b.takenAtMs)[0];
  if (oldest === undefined) return undefined;
  const closed = closesWithin(group.drainSchedule, secondsOf(oldest));
  const opened = Math.max(0, closed + group.liveUsed - liveThen(oldest));
  const isShort =
    closed >= FEWEST_CLOSES && opened < STEADY_SHARE * closed && isBeyondChance(opened, closed);
  return isShort ? opened / closed : undefined;
}
