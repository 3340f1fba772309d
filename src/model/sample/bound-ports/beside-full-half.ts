import type { GroupEvidence } from './evidence.ts';
import {
  hasClearRoom,
  isMostlyFree,
  MOST_TAKEN,
  isSharedByChance,
  isWithoutStep,
  type Steps,
} from './likelihood.ts';
import { CHANCE_OF_STEP } from './port-rows.ts';

/* What the steps of a group's ports tell where its first half is full. */

/** A group that nothing was bound for has all its ports in step but those for which another CPU or tuple jumped ahead. */
const MOST_IN_STEP = 0.9;
const FEWEST_STEPS = 5;
/** Fewer live ports out of step may be what is left of a rush. */
const FEWEST_SCATTERED = 16;
/** Times as many ports as connect() seems to have taken between those that are left: its steps are of random length. */
const MOST_CLOSED = 1.5;

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

/** Ports of the second half that are not surely connect()'s, though the first is full. */
interface Scattered {
  /** Live ones speak for bind(). */
  readonly isByBind: boolean;
  /** Those that are. */
  readonly inTurn: ReadonlySet<number>;
}

/**
 * What is known of ports of the second half beside a full first half, where steps tell. connect() takes them step by step,
 * but for a few if connections live for very different times; undefined: nothing but that connect() has a reason to take them.
 */
export function scatteredBeside(
  group: GroupEvidence,
  takenOfSecond: number,
  usableSecond: number,
): Scattered | undefined {
  // What bind() of port 0 took once it had to go from gap to gap looks like connect()'s: those before tell.
  if (!isMostlyFree(takenOfSecond, usableSecond))
    return scatteredAtFirst(group, MOST_TAKEN * usableSecond);
  if (!group.steps().isTelling) return undefined;
  const { liveSecond, secondRuns, liveRuns } = group.steps();
  if (secondRuns.size >= group.second) return undefined;
  // Where connect() took all that is live, what has closed was of the same kind, as far as the live ones leave room for it.
  const closed = group.second - liveRuns.ports;
  if (isMostlyInStep(liveSecond) && liveRuns.isWhole && closed <= MOST_CLOSED * liveRuns.skipped)
    return undefined;
  const isByBind =
    liveSecond.count >= FEWEST_SCATTERED &&
    isWithoutStep(liveSecond, CHANCE_OF_STEP) &&
    !isSharedByChance(group.shared, group.expectedShared);
  return { isByBind, inTurn: secondRuns };
}

/**
 * connect() goes on step by step until its half is full, if ever further: three quarters are in step, and more where the range is
 * large. Of what bind() takes from gap to gap, a quarter is.
 */
const LATER_IN_STEP = 0.5;

/**
 * The same by the live ones that were made when `most` ports were not taken yet, whenever the closed ones were. If connect() took
 * all of these, it is not known to have taken the later ones too where most of them are out of step.
 */
function scatteredAtFirst(group: GroupEvidence, most: number): Scattered | undefined {
  const count = Math.floor(most) - (group.second - group.live);
  // Asked first: most groups there have closed far more, and need no steps.
  if (count <= FEWEST_SCATTERED || !group.steps().isTelling) return undefined;
  const { isWhole, ports } = group.steps().firstMade(count);
  const later = group.steps().lastMade(count);
  const isFollowed = later.count < FEWEST_STEPS || later.inStep >= LATER_IN_STEP * later.count;
  return isWhole && isFollowed ? undefined : { isByBind: false, inTurn: ports };
}
