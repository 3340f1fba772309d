import { DEVIATIONS, FEW, UNLIKELY, UNLIKELY_OF_FEW } from './likelihood.ts';
import { LONGEST_OWN_STEP, NEIGHBOURS, type PortsBeside } from './ports-beside.ts';

/* How likely it is that ports lie in one part of the range, if bind() of port 0 chose them. */

/** Largest block, as a share of the range. Among many groups, some span a little less than the range by chance. */
const LARGEST_BLOCK = 0.75;

/** Chance that `count` ports scattered over a half all lie in one block of `share` of it, wherever the block is. */
export function chanceOfBlock(count: number, share: number): number {
  if (count < 2 || share >= 1) return 1;
  return count * share ** (count - 1) - (count - 1) * share ** count;
}

/** Ports taken in both halves, from the lowest to the highest port of the second half. */
export interface Block {
  readonly second: number;
  readonly first: number;
  /** Usable ports of each half in the block. */
  readonly usableSecond: number;
  readonly usableFirst: number;
}

/**
 * True if ports lie in a block too narrow for bind() of port 0, and fill both halves equally, which neither bind() of
 * port 0 nor connect() does. Then a program chose them by number or has its own range, or the range was narrower.
 */
export function isChosenBlock(block: Block, usableSecond: number): boolean {
  const { second, first } = block;
  if (first === 0) return false;
  const limit = second < FEW ? UNLIKELY_OF_FEW : UNLIKELY;
  const share = block.usableSecond / usableSecond;
  if (share > LARGEST_BLOCK || chanceOfBlock(second, share) > limit) return false;
  const expected = (first * block.usableSecond) / Math.max(1, block.usableFirst);
  return Math.abs(second - expected) <= DEVIATIONS * Math.sqrt(second + expected);
}

/** Ports of the first half beside a block's lowest and highest port: it may begin and end with either parity. */
const BESIDE = 2;

/** Chance that `count` ports taken anywhere in a half of `usable` lie next to each other. */
export function chanceOfRun(count: number, usable: number): number {
  if (count >= usable) return 1;
  let ways = 1;
  // Those left out are as telling as those taken.
  const fewer = Math.min(count, usable - count);
  for (let taken = 0; taken < fewer; taken++) ways *= (usable - taken) / (taken + 1);
  return (usable - count + 1) / ways;
}

/**
 * True if a group has every port of a block, of both halves, and none of the second beside, which bind() of port 0 does not
 * leave by chance: a block that is too wide to be told by its width, where few ports are usable.
 */
export function isFilledBlock(block: Block, usableSecond: number): boolean {
  const { second, first, usableFirst } = block;
  const isFilled = second >= block.usableSecond && first >= usableFirst - BESIDE;
  return isFilled && first > 0 && chanceOfRun(second, usableSecond) <= UNLIKELY;
}

/** A group with more ports than these tells by the block that they fill. */
const FEWEST = 2;

/**
 * True if the only port of the second half lies next to one of the very few that the group has in the first, or between two
 * of more: an own range of which reserved ports leave little looks like that, and bind() of port 0 seldom does.
 */
export function isNextTo({ second, first: beside }: Block, first: number, usable: number): boolean {
  if (second !== 1) return false;
  const isBetween = beside >= 2 && (first * (first - 1)) / usable ** 2 <= UNLIKELY;
  return isBetween || (beside > 0 && first <= FEWEST && (2 * first) / usable <= UNLIKELY_OF_FEW);
}

/** Ports within a smaller share of the range are not from bind() of port 0: it searches half of the range or more. */
const CONFINED_SHARE = 0.4;

/**
 * True if ports lie in a part of the range too small for bind() of port 0. Then the range was narrower, or a program
 * chose the ports.
 */
export function isConfined(
  { second, first, usableSecond }: Block,
  usableOfHalf: number,
  usableBelow: number,
): boolean {
  const share = usableSecond / usableOfHalf;
  // With SO_REUSEADDR it would begin at the bottom.
  const isAbove = (1 - usableBelow / usableOfHalf) ** second <= UNLIKELY;
  const limit = isAbove ? LARGEST_BLOCK : CONFINED_SHARE;
  return second >= FEW && first > 0 && share < limit && chanceOfBlock(second, share) <= UNLIKELY;
}

/**
 * Less often than this, bind() of port 0 and connect() meet in one part of the range by chance; in a wide one, of which many
 * groups that bind leave a little, far less often.
 */
const SELDOM_TOGETHER = 0.05;
const HARDLY_EVER_TOGETHER = 0.0001;

/**
 * True if all ports of the first half lie among those of the second, in a part of the range where those of bind() of port 0
 * and of connect() seldom meet: perhaps a range of its own, too wide to be told by that.
 */
function isGathered(block: Block, first: number, usableOfHalf: number): boolean {
  const share = block.usableSecond / usableOfHalf;
  const chance = share * chanceOfBlock(block.second, share);
  const limit = share <= LARGEST_BLOCK ? SELDOM_TOGETHER : HARDLY_EVER_TOGETHER;
  return first >= FEWEST && block.first >= first && chance <= limit;
}

/** So many ports are compared one by one; of more, where they lie tells. */
const MOST_COMPARED = 32;

/**
 * True if each port of the second half lies within a step of an own range from another of the group's, of either half, or from
 * that of one opened just before or after: so do the first few of an own range, and those that bind() of port 0 takes anywhere in the
 * range hardly ever.
 */
function isBesideOthers({ first, second, steps }: MaybeOwn, usableOfRange: number): boolean {
  // Five would hardly all be of one half there.
  if (second > MOST_COMPARED || (first === 0 && second >= FEW)) return false;
  // Two of them may lie beside each other.
  const isTelling = (others: number) =>
    ((2 * LONGEST_OWN_STEP * others) / usableOfRange) ** Math.ceil(second / 2) <= UNLIKELY;
  return (
    (isTelling(first + second - 1) && steps().beside.any === second) ||
    (isTelling(2 * NEIGHBOURS) && steps().beside.inTurn === second)
  );
}

/** What tells of an own range that looks like none of the blocks above. */
interface MaybeOwn {
  readonly block: Block;
  readonly first: number;
  readonly second: number;
  readonly usableBelow: number;
  readonly steps: () => { readonly beside: PortsBeside };
}

/** True if a group's ports may lie where they do because it has a range of its own, or had one. */
export function mayBeOwnRange(
  group: MaybeOwn,
  usable: { readonly first: number; readonly second: number },
): boolean {
  const { block, first, usableBelow } = group;
  return (
    isConfined(block, usable.second, usableBelow) ||
    isGathered(block, first, usable.second) ||
    isBesideOthers(group, usable.first + usable.second)
  );
}
