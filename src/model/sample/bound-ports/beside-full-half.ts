import type { GroupEvidence } from './evidence.ts';
import {
  hasClearRoom,
  isMostlyFree,
  isSharedByChance,
  isWithoutStep,
  type Steps,
} from './likelihood.ts';
import { CHANCE_OF_STEP } from './port-steps.ts';

/* What the steps of a group's ports tell where its first half is full. */

/** A group that nothing was bound for has all its ports in step but those for which another CPU or tuple jumped ahead. */
const MOST_IN_STEP = 0.9;
const FEWEST_STEPS = 5;
/** Fewer live ports out of step may be what is left of a rush. */
const FEWEST_SCATTERED = 16;

export function isMostlyInStep({ count, inStep }: Steps): boolean {
  return count >= FEWEST_STEPS && inStep >= MOST_IN_STEP * count;
}

/**
 * True if TIME_WAIT that connect() takes over makes clear room of a full first half. What is live in the second half then
 * was opened before that, or bound since, unless it follows the one before step by step; what has closed too probably
 * belongs to the same rush.
 */
export function hasRoomByReuse(group: GroupEvidence, room: number, usableFirst: number): boolean {
  return (
    group.live > 0 &&
    hasClearRoom(room + group.reusableFirst(), usableFirst) &&
    !isMostlyInStep(group.steps().liveSecond)
  );
}

/**
 * What is known of ports of the second half beside a full first half, where steps tell and bind() of port 0 still finds a
 * free port wherever it begins. connect() takes them step by step, but for a few if connections live for very different
 * times; undefined: nothing but that connect() has a reason to take them.
 */
export function scatteredBeside(
  group: GroupEvidence,
  takenOfSecond: number,
  usableSecond: number,
): { isByBind: boolean; inTurn: ReadonlySet<number> } | undefined {
  if (!isMostlyFree(takenOfSecond, usableSecond)) return undefined;
  const steps = group.steps();
  if (!steps.isTelling) return undefined;
  const { liveSecond, secondRuns, isLiveInRuns } = steps;
  if (secondRuns.size >= group.second) return undefined;
  // Where connect() took all that is live, what has closed was of the same kind.
  if (isMostlyInStep(liveSecond) && isLiveInRuns) return undefined;
  const isByBind =
    liveSecond.count >= FEWEST_SCATTERED &&
    isWithoutStep(liveSecond, CHANCE_OF_STEP) &&
    !isSharedByChance(group.shared, group.expectedShared);
  return { isByBind, inTurn: secondRuns };
}
