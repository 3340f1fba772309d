/*
 * How likely is what is seen if nothing was bound? Numbers in, numbers out; evidence.ts collects them, and
 * infer.ts concludes.
 */

/** Share of the first half that must be free: churn and late timers make small gaps in a half that is full. */
const CLEAR_ROOM_SHARE = 0.25;

/** A rush must be further from possible than by this part: counters and rows are read one after the other. */
const RUSH_MARGIN = 0.9;

/** Beyond so many standard deviations two counts are not equal by chance. */
const DEVIATIONS = 3;

/** A chance below this is none: bind() would scatter ports over the range. A few of them do not tell much either way. */
const UNLIKELY = 0.05;
const UNLIKELY_OF_FEW = 0.3;
const FEW = 5;
/** A block is at most this part of the range: of many groups some lie within a little less than all of it by chance. */
const LARGEST_BLOCK = 0.75;

/** exp(-10) is 1 in 22,000: so rarely do searches share nothing that would share so many pairs on average. */
const TELLING_PAIRS = 10;

/** bind() of port 0 goes on to the other half where this much of its own is taken: some may have left since. */
const USED_UP_SHARE = 0.95;

/** True where churn does not explain the room in the first half. */
export function hasClearRoom(room: number, usable: number): boolean {
  return room >= Math.max(1, CLEAR_ROOM_SHARE * usable);
}

/**
 * True if the first half cannot have been full: to be so, its free ports must have been taken by connections
 * that have gone, and fewer than that have gone since the counters began.
 */
export function hadNoRush(room: number, vanished: number | undefined): boolean {
  return vanished !== undefined && room > 0 && vanished < RUSH_MARGIN * room;
}

/** True where more ports of the second half are taken than a rush that left `first` in the other would leave by chance. */
export function isBeyondSurvivors(second: number, first: number): boolean {
  return second - first > DEVIATIONS * Math.sqrt(second + first);
}

/** The chance that `count` ports scattered over a half lie within `share` of it: a block, wherever it is. */
export function chanceOfBlock(count: number, share: number): number {
  if (count < 2 || share >= 1) return 1;
  return count * share ** (count - 1) - (count - 1) * share ** count;
}

/** What is taken of both halves between the lowest and the highest port of the second. */
export interface Block {
  readonly second: number;
  readonly first: number;
  /** Usable ports of either half in there. */
  readonly usableSecond: number;
  readonly usableFirst: number;
}

/**
 * True where ports lie in a block as bind() of port 0 would not scatter them, and both halves alike, as neither
 * bind() of port 0 nor connect() takes them: a program chose them by number or by a range of its own, or the range
 * was narrower.
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

/** Where bind() of port 0 looks first with SO_REUSEADDR is half of the range; it keeps to no smaller part. */
const CONFINED_SHARE = 0.4;

/** True where ports lie in so small a part of the range as bind() of port 0 would not keep to: it was narrower, or they were chosen. */
export function isConfined({ second, usableSecond }: Block, usableOfHalf: number): boolean {
  const share = usableSecond / usableOfHalf;
  return second >= FEW && share < CONFINED_SHARE && chanceOfBlock(second, share) <= UNLIKELY;
}

/**
 * True where groups of one source address share no port, though independent searches would share `expectedPairs`
 * on average: bind() gives an address each port once, connect() each destination.
 */
export function isDisjointByBind(expectedPairs: number, sharedPairs: number): boolean {
  return sharedPairs === 0 && expectedPairs >= TELLING_PAIRS;
}

/**
 * True where a group shares nearly all its ports with others of its source address, and chance would have it share
 * far fewer: the ports were bound by number, with SO_REUSEADDR.
 */
export function isSharedByNumber(count: number, shared: number, expectedShared: number): boolean {
  return count >= 5 && shared >= 0.9 * count && expectedShared <= 0.7 * count;
}

/** True where a group shares as many ports as independent searches do: connect() took them, in a rush that is over. */
export function isSharedByChance(shared: number, expectedShared: number): boolean {
  return shared > 0 && shared >= 0.5 * expectedShared;
}

/** Closes of a stream that still goes on, in a half that connect() would not look at now. */
export interface LateCloses {
  readonly count: number;
  /** Ages of the youngest and the oldest in ms. */
  readonly youngestMs: number;
  readonly oldestMs: number;
}

/**
 * True where TIME_WAIT of the second half goes back ten seconds and up to this one: the first half would have had to
 * empty itself within the last second.
 */
export function isStreamOfBinds({ count, youngestMs, oldestMs }: LateCloses): boolean {
  return count >= 10 && youngestMs <= 1000 && oldestMs - youngestMs >= 10_000;
}

/**
 * True where nearly each TIME_WAIT of the second half is older than nearly each of the first: bind() fills the second
 * half first, connect() the first one. It tells nothing where connect() has taken TIME_WAIT over since.
 */
export function isInOrderOfBind({ first, second, secondIsOlder }: AgeOrder): boolean {
  return Math.min(first, second) >= 20 && secondIsOlder > 0.95 * first * second;
}

/** TIME_WAIT of both halves, and in how many of all pairs the one of the second half is older. */
export interface AgeOrder {
  readonly first: number;
  readonly second: number;
  readonly secondIsOlder: number;
}

/** True where bind() of port 0 finds its own half so full that it takes ports of the other. */
export function isUsedUp(taken: number, usable: number): boolean {
  return usable > 0 && taken >= USED_UP_SHARE * usable;
}
