/*
 * How likely are the observations if nothing was bound? Numbers in, numbers out: evidence.ts collects them,
 * judge.ts draws the conclusion for a group, infer.ts for all.
 */

/** Share of the first half that must be free. Churn and late timers leave small gaps even in a full half. */
const CLEAR_ROOM_SHARE = 0.25;

/** A half with a smaller free share than this counts as full for connect(): some ports are just being released. */
export const FULL_SHARE = 0.02;

/** A group in the present sample. */
export interface SeenNow {
  /** Its first half is full for connect(). */
  readonly isFull: boolean;
  /** Its ports of the second half. */
  readonly secondHeld: number;
  /** Usable ports of that half. */
  readonly secondUsable: number;
}

/** Safety margin when a rush is ruled out: counters and rows are not read at the same instant. */
const RUSH_MARGIN = 0.9;

/** Counts further apart than this many standard deviations do not differ by chance. */
export const DEVIATIONS: number = 3;

/** Chances below this are ruled out: bind() would scatter ports over the range. A few ports prove little either way. */
export const UNLIKELY = 0.05;
export const UNLIKELY_OF_FEW = 0.3;
export const FEW = 5;

/** Independent searches that share 10 pairs on average share none in 1 of 22,000 cases: exp(-10). */
const TELLING_PAIRS = 10;

/** Share of its own half above which bind() of port 0 may have moved on to the other; some ports may be free again. */
const USED_UP_SHARE = 0.95;

/** True if churn cannot explain the room in the first half. */
export function hasClearRoom(room: number, usable: number): boolean {
  return room >= Math.max(1, CLEAR_ROOM_SHARE * usable);
}

/**
 * True if the first half cannot have been full. For that, its free ports must have held connections that are gone
 * now, but fewer connections have gone since the counters began.
 */
export function hadNoRush(room: number, vanished: number | undefined): boolean {
  // One free port is no room: connect() may never try the last port of an odd-sized range.
  return vanished !== undefined && room > 1 && vanished < RUSH_MARGIN * room;
}

/** True if too many ports of the second half are taken for a rush that left only `first` in the first half. */
export function isBeyondSurvivors(second: number, first: number, deviations = DEVIATIONS): boolean {
  return second - first > deviations * Math.sqrt(second + first);
}

/** So far the free ports of the two parts of a half differ by no chance, though bind() of port 0 leaves its last gaps together. */
export const GAP_DEVIATIONS = 6;

/**
 * True if groups of one source address share no port, though independent searches would share `expectedPairs` on
 * average. bind() hands out each port once per address, connect() once per destination.
 */
export function isDisjointByBind(expectedPairs: number, sharedPairs: number): boolean {
  return sharedPairs === 0 && expectedPairs >= TELLING_PAIRS;
}

/**
 * True if a group shares nearly all its ports with others of its source address, far more than by chance: the ports
 * were bound by number, with SO_REUSEADDR.
 */
export function isSharedByNumber(count: number, shared: number, expectedShared: number): boolean {
  return count >= 5 && shared >= 0.9 * count && expectedShared <= 0.7 * count;
}

/** True if of two groups, the larger first, each may have nearly the ports of the other. */
export function isSimilarCount(larger: number, smaller: number): boolean {
  return smaller >= 0.9 * larger;
}

/** True if a group shares as many ports as independent searches would: connect() took them in a past rush. */
export function isSharedByChance(shared: number, expectedShared: number): boolean {
  return shared > 0 && shared >= 0.5 * expectedShared;
}

/** The live connections of a stream of short ones are those of so many seconds, at most. */
const SHORT_LIFE_SECONDS = 2;

/** What has been over for so many times the time between two of its closes has stopped, if it is for long enough. */
const STOPPED_GAPS = 5;
/** Closes that have been over for so long have ended. */
const ENDED_MS = 1000;

function hasStopped(ms: number, usualMs: number, leastMs: number): boolean {
  return ms > Math.max(leastMs, STOPPED_GAPS * usualMs);
}

/** True if a stream of closes has ended: the last one is further back than chance makes likely if it went on. */
export function haveEnded({ count, youngestMs, oldestMs }: LateCloses): boolean {
  const gapMs = (oldestMs - youngestMs) / Math.max(1, count - 1);
  return count > 0 && hasStopped(youngestMs, gapMs, ENDED_MS);
}

/** A program that connects, closes and connects again pauses for less. */
const PAUSE_MS = 5000;

/** True if closes of which two are `usualMs` apart have stopped for `ms`: what is closed then may be something else. */
export function isPause(ms: number, usualMs: number): boolean {
  return hasStopped(ms, usualMs, PAUSE_MS);
}

/** Nobody takes so long to close a pool, many at a time. */
const STREAM_MS = 5000;
/** In a half with fewer ports, connect() goes round so often that its steps are hard to see. */
const FEWEST_IN_TURN = 64;
/** So long a time between the closes of the two halves, and so many times as long as between two of them, is not by chance there. */
const HALVES_APART = { ms: 100, times: 50 } as const;

/**
 * True if TIME_WAIT of which the second half's is the older was closed in the order in which it was opened: one by one over some
 * time, or half by half, or so that its steps can be seen. A pool that connect() opened and that is closed from its newest connection back is in that order of ages
 * too, in one go; one of which a part was done without for long, with a pause.
 */
export function isBeyondPool(
  { pauseMs, usualMs, mostMs }: CloseOrder,
  { onward, batches }: { readonly onward: Steps; readonly batches: Batches },
): boolean {
  // Closed one at a time, connect()'s ports are in the order of its steps: the caller has looked.
  const isOneByOne = onward.count >= FEWEST_IN_TURN && 2 * batches.ports <= onward.count;
  const isApart = pauseMs >= HALVES_APART.ms && pauseMs >= HALVES_APART.times * usualMs;
  return (isOneByOne || mostMs >= STREAM_MS || isApart) && !isPause(pauseMs, usualMs);
}

/** Recent closes in a half that connect() would not search now. */
export interface LateCloses {
  readonly count: number;
  /** Ages of the youngest and oldest in ms. */
  readonly youngestMs: number;
  readonly oldestMs: number;
}

/** What tells a stream of short connections from a pool that is closed after a rush. */
export interface Stream {
  readonly closes: LateCloses;
  /** Live connections of the same half. */
  readonly live: number;
  /** Ports of the first half: a pool would be closed in both. */
  readonly first: number;
}

/** True if TIME_WAIT of the second half alone spans ten seconds up to the present one, and its connections are short. */
export function isStreamOfBinds({ closes, live, first }: Stream): boolean {
  const { count, youngestMs, oldestMs } = closes;
  const spanMs = oldestMs - youngestMs;
  const isShort = live * spanMs <= SHORT_LIFE_SECONDS * 1000 * count;
  return first === 0 && isShort && count >= 10 && youngestMs <= 1000 && spanMs >= 10_000;
}

/**
 * True if nearly all sockets of the second half are older than nearly all of the first: bind() fills the second half
 * first, connect() the first half. The order proves nothing once connect() has taken ports of the first half again.
 */
export function isInOrderOfBind({ first, second, secondIsOlder }: AgeOrder): boolean {
  return Math.min(first, second) >= 20 && secondIsOlder > (1 - EITHER_WAY_SHARE) * first * second;
}

/** So much of an order may be the other way round. */
export const EITHER_WAY_SHARE = 0.05;

/** Ports in the order in which they were taken, and how many of them are a short step ahead of one before. */
export interface Steps {
  readonly count: number;
  readonly inStep: number;
}

/** Fewest ports in step that tell. */
const FEWEST_IN_STEP = 5;
/** Standard deviations beyond chance. Among hundreds of groups, some are far off by chance. */
const STEP_DEVIATIONS = 6;
/** The same within which they are taken for chance: connect() leaves far more in step. */
const CHANCE_DEVIATIONS = 4;

/** With more than this share of its half taken, bind() of port 0 goes from gap to gap. */
export const MOST_TAKEN = 0.6;

/** True if bind() of port 0 finds a free port wherever it begins. */
export function isMostlyFree(taken: number, usable: number): boolean {
  return taken <= MOST_TAKEN * usable;
}

/** True if ports follow each other as connect() or a program's own numbers do, and bind() of port 0 does not. */
export function isInStep({ count, inStep }: Steps, chance: number): boolean {
  const byChance = count * chance + STEP_DEVIATIONS * Math.sqrt(count * chance * (1 - chance));
  return inStep >= FEWEST_IN_STEP && inStep > byChance;
}

/** bind() leaves a row that long in so many cases. */
const RUN_BY_CHANCE = 0.001;

/** True if, of `count` ports, so many in a row follow each other that connect() took them. `chance`: that one follows. */
export function isConnectRun(ports: number, count: number, chance: number): boolean {
  return ports > 1 && count * chance ** (ports - 1) <= RUN_BY_CHANCE;
}

/** True if ports follow each other no more than by chance. */
export function isWithoutStep({ count, inStep }: Steps, chance: number): boolean {
  return inStep <= count * chance + CHANCE_DEVIATIONS * Math.sqrt(count * chance * (1 - chance));
}

/**
 * Ports that come back in a full range and are taken again: connect() goes through them upwards, so that at least so
 * many are in step one way, and hardly any the other way (measured: 0.2 to 0.3, and 0.01). bind() of port 0 leaves 0.1 to
 * 0.25, and a quarter of that or more the other way.
 */
const TAKEN_AGAIN = { share: 0.2, otherWay: 0.1 } as const;

/** True if ports were closed step by step, forward or back, however full their half was: connect() took them. */
export function isInTurn(onward: Steps, back: Steps): boolean {
  const { count } = onward;
  const most = Math.max(onward.inStep, back.inStep);
  const least = Math.min(onward.inStep, back.inStep);
  if (count === 0) return false;
  return (
    most >= 0.5 * count ||
    (most >= TAKEN_AGAIN.share * count && least <= TAKEN_AGAIN.otherWay * most)
  );
}

/**
 * With fewer ports, a batch tells little. Any ports lie as close together as those of one with so little chance; of those
 * that were closed in turn, so many do: connect() goes round a range that is nearly full in few steps (0.8 to 1 in ranges of
 * 500 ports or more). bind() leaves 0.3 to 0.5: in such a range it finds the same gaps again.
 */
const BATCH = { fewest: 4, chance: 0.02, largestPart: 0.6, least: 0.7 } as const;

/** True if so many ports can tell whether they lie close together. */
export function isBatch(ports: number): boolean {
  return ports >= BATCH.fewest;
}

/** True if the ports of a batch lie in so small a part of the range, wherever that is, that it is hardly by chance. */
export function isTogether(ports: number, part: number): boolean {
  return part <= BATCH.largestPart && ports * part ** (ports - 1) <= BATCH.chance;
}

/** Ports that were closed several in a tick, and how many of them lie close together in their tick's part of the range. */
export interface Batches {
  readonly ports: number;
  readonly together: number;
}

/** True if ports were closed batch by batch along the range, in whatever order within a batch: connect() took them. */
export function isInBatches({ ports, together }: Batches, count: number): boolean {
  return ports > count / 2 && together >= BATCH.least * ports;
}

/** True if so many ports of the first half are out of step that connect() cannot have taken all of them. */
export function isOutOfStep({ count, inStep }: Steps): boolean {
  return count >= 16 && inStep < 0.5 * count;
}

/** True if a group has far more of the first half than the others' `share` of first to second makes likely. */
export function isBeyondShare(first: number, second: number, share: number): boolean {
  const expected = second * share;
  return first > expected + DEVIATIONS * Math.sqrt(expected);
}

/** Sockets of both halves, and the number of pairs in which the one of the second half is older. */
export interface AgeOrder {
  readonly first: number;
  readonly second: number;
  readonly secondIsOlder: number;
}

/** In which order TIME_WAIT of the two halves was closed. */
export interface CloseOrder extends AgeOrder {
  /** The longest time in ms without a close between those of the second half, before, and those of the first. */
  readonly pauseMs: number;
  /** Time in ms between one close and the next, on average. */
  readonly usualMs: number;
  /** Time in ms in which nearly all of them were. */
  readonly mostMs: number;
}

/** True if bind() of port 0 finds its own half so full that it takes ports of the other. */
export function isUsedUp(taken: number, usable: number): boolean {
  return usable > 0 && taken >= USED_UP_SHARE * usable;
}
