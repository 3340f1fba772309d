import type { SocketTable } from '../../kernel/socket-table.ts';
import { FIN_WAIT2, TCP_STATE_COUNT, TIME_WAIT } from '../../kernel/tcp-state.ts';
import {
  type BoundPorts,
  type InDoubt,
  MAYBE_BOUND,
  SURELY_BOUND,
  type Weight,
} from './bound-ports/findings.ts';
import type { OwnerTally } from './owners.ts';
import { countCommon, wordsOfParity } from './port-bits.ts';
import { OUTSIDE_RANGE, type PortMap, RESERVED } from './port-space.ts';
import type { OutsideRange } from './tuple-group.ts';
import { type PortUseCounter, USE_INDEX } from './port-use.ts';
import {
  countBelow,
  countSeconds,
  countTimeWaits,
  countTimeWaitsIn,
  countUses,
  emptiedSeconds,
} from './usual-rows.ts';
import { drainSecond, emptySchedule, type ReuseRule } from './time-wait.ts';
import { LIVE, rowsOfParity, type RowSpan, type TupleRows } from './tuple-rows.ts';
import type { UnusualPorts } from './unusual-ports.ts';

/** What counting the rows of a tuple needs. */
export interface CountingRules {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  /** The port map for the widest range. */
  readonly fullRangeMap: PortMap;
  readonly unusual: UnusualPorts;
  readonly reuse: ReuseRule;
  /** How long TIME_WAIT lasts. */
  readonly timeWaitSeconds: number;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
  readonly bound: BoundPorts;
  /** Marks of bound ports outside the range. */
  readonly outsideMarks: Uint8Array;
  /** Number of ports in `outsideMarks`. */
  readonly lostOutside: number;
  readonly owners: OwnerTally;
}

/** Counts of a tuple's rows. */
export type RowCounts = ReturnType<typeof countRows>;

function noCounts(timeWaitSeconds: number) {
  return {
    byState: new Uint32Array(TCP_STATE_COUNT),
    schedule: emptySchedule(timeWaitSeconds),
    liveUsed: 0,
    timeWaitUsed: 0,
    reusable: 0,
    firstHalfUsed: 0,
    firstHalfReusable: 0,
    overdue: 0,
    fullRangeUsed: 0,
    reservedUsed: 0,
    freedByReuse: 0,
    orphanedFinWait2: 0,
    /** The tuple's own ports that are surely bound, by half. */
    boundFirst: 0,
    boundSecond: 0,
    /** The tuple's own ports that may be bound, and are taken in any case, by weight. */
    maybeBound: [0, 0, 0] as InDoubt,
    outside: { count: 0, low: undefined, high: undefined } as Outside,
    /** The tuple's own ports outside the range that seem to be bound. */
    boundOutside: 0,
  };
}

type Outside = { -readonly [Name in keyof OutsideRange]: OutsideRange[Name] };

function addOutside(outside: Outside, port: number): void {
  outside.count++;
  outside.low = Math.min(outside.low ?? port, port);
  outside.high = Math.max(outside.high ?? port, port);
}

/** Counts of a tuple without rows. */
export function countNoRows({ timeWaitSeconds, owners }: CountingRules): RowCounts {
  return { ...noCounts(timeWaitSeconds), ...owners.take() };
}

/**
 * Counts the rows of a tuple. connect() takes over its TIME_WAIT sockets that are older than `reusableFromAgeMs`.
 * `drawing` gets the use of each usable port.
 */
export function countRows(
  rules: CountingRules,
  tuple: number,
  reusableFromAgeMs: number,
  drawing?: PortUseCounter,
) {
  const counts = noCounts(rules.timeWaitSeconds);
  for (const parity of [0, 1] as const)
    addRows(counts, rules, { tuple, parity, reusableFromAgeMs, drawing });
  return { ...counts, ...rules.owners.take() };
}

type Counts = ReturnType<typeof noCounts>;

/** The ports of a tuple that are even (0) or odd (1), and how to count them. */
interface Part {
  readonly tuple: number;
  readonly parity: 0 | 1;
  readonly reusableFromAgeMs: number;
  readonly drawing: PortUseCounter | undefined;
}

// Most rows are in TIME_WAIT, with a port that is on no map: they are counted by the second and by their use alone, and the
// rest follows from that.
function addRows(counts: Counts, rules: CountingRules, part: Part): void {
  const { timeWaitSeconds } = rules;
  const isFirst = part.parity === rules.firstParity;
  const before = { reusable: counts.reusable, used: counts.liveUsed + counts.timeWaitUsed };
  const span = rowsOfParity(rules.tuples, part.tuple, part.parity);
  const reusableBelowMs = leftBelow(part.reusableFromAgeMs, timeWaitSeconds);
  // What is not usual goes behind its end.
  const schedule = emptiedSeconds(timeWaitSeconds + 1);
  const usualBits = usualPortsOf(rules, part);
  counts.overdue += countSeconds(schedule, rules, span, usualBits !== undefined);
  const isAllUsual = schedule[timeWaitSeconds] === 0;
  if (part.drawing !== undefined) {
    if (!isAllUsual || reusableBelowMs > 0) countUses(part.drawing, rules, span, reusableBelowMs);
    else if (usualBits === undefined) countTimeWaits(part.drawing, rules.tuples, span);
    else countTimeWaitsIn(part.drawing, usualBits, part.parity);
  }
  if (!isAllUsual) addUnusual(counts, rules, part, span);
  let usual = 0;
  for (const [second, count] of schedule.subarray(0, timeWaitSeconds).entries()) {
    usual += count;
    counts.schedule[second] = (counts.schedule[second] ?? 0) + count;
  }
  const below = (leftMs: number) => countBelow(leftMs, schedule, rules, span);
  const reusable = below(reusableBelowMs);
  const freed = below(leftBelow(rules.reuse.delayMs, timeWaitSeconds));
  counts.byState[TIME_WAIT] = (counts.byState[TIME_WAIT] ?? 0) + usual;
  counts.reusable += reusable;
  counts.timeWaitUsed += usual - reusable;
  counts.fullRangeUsed += usual - reusable;
  counts.freedByReuse += Math.max(0, freed - reusable);
  if (!isFirst) return;
  counts.firstHalfUsed = counts.liveUsed + counts.timeWaitUsed - before.used;
  counts.firstHalfReusable = counts.reusable - before.reusable;
}

/** The ports of a large tuple, if all of this parity are usual. */
function usualPortsOf({ tuples, unusual }: CountingRules, { tuple, parity }: Part) {
  const bits = tuples.bitsOf(tuple);
  if (bits === undefined) return undefined;
  return countCommon(bits, unusual.bits(), wordsOfParity(parity)) === 0 ? bits : undefined;
}

/** TIME_WAIT with less than this left is older than an age, in whole ms. */
function leftBelow(ageMs: number, lengthSeconds: number): number {
  return Math.max(0, Math.ceil(lengthSeconds * 1000 - ageMs));
}

/** Counts the rows that are live, or whose port is on a map or may be bound. */
function addUnusual(counts: Counts, rules: CountingRules, part: Part, { from, end }: RowSpan) {
  const { localPort, timeWaitLeftMs } = rules.tuples;
  for (let at = from; at < end; at++)
    if (timeWaitLeftMs[at] === LIVE || rules.unusual.marks[localPort[at] ?? 0] !== 0)
      addRow(counts, rules, part, at);
}

function addRow(
  counts: Counts,
  rules: CountingRules,
  { parity, reusableFromAgeMs, drawing }: Part,
  at: number,
): void {
  const { portMap, fullRangeMap, unusual, bound, outsideMarks } = rules;
  const port = rules.tuples.localPort[at] ?? 0;
  const leftMs = rules.tuples.timeWaitLeftMs[at] ?? LIVE;
  const isTimeWait = leftMs !== LIVE;
  if (isTimeWait) addTimeWait(counts, leftMs, rules.timeWaitSeconds);
  else addLive(counts, rules.tuples.rows[at] ?? 0, rules);
  const isUnusual = unusual.marks[port] !== 0;
  const mark = isUnusual ? (bound.marks[port] ?? 0) : 0;
  const onMap = isUnusual ? (portMap[port] ?? 0) : 0;
  const isOutside = (onMap & OUTSIDE_RANGE) !== 0;
  // A bound port stays closed to connect() in TIME_WAIT too: its bucket is the bind()'s. A port outside the
  // range was bound by number.
  const ageMs =
    isTimeWait && mark !== SURELY_BOUND && !isOutside ? rules.timeWaitSeconds * 1000 - leftMs : 0;
  const isReusable = ageMs > reusableFromAgeMs;
  if (!isReusable && (!isUnusual || fullRangeMap[port] === 0)) counts.fullRangeUsed++;
  // Outside the range, reserved or held by a bind(): not usable for connect() in any case.
  if (onMap !== 0) {
    if (isOutside) addOutside(counts.outside, port);
    if (isOutside && outsideMarks[port] !== 0) counts.boundOutside++;
    if (!isReusable && onMap === RESERVED) counts.reservedUsed++;
    return;
  }
  if (mark === SURELY_BOUND) counts[parity === rules.firstParity ? 'boundFirst' : 'boundSecond']++;
  if (isReusable) {
    counts.reusable++;
    drawing?.add(port, USE_INDEX.reusable);
    return;
  }
  if (mark === MAYBE_BOUND) counts.maybeBound[(bound.weights[port] ?? 0) as Weight]++;
  drawing?.add(port, isTimeWait ? USE_INDEX.timeWait : USE_INDEX.live);
  if (isTimeWait) counts.timeWaitUsed++;
  else counts.liveUsed++;
  if (mark === 0 && ageMs > rules.reuse.delayMs) counts.freedByReuse++;
}

function addTimeWait(counts: Counts, leftMs: number, lengthSeconds: number): void {
  const { byState, schedule } = counts;
  byState[TIME_WAIT] = (byState[TIME_WAIT] ?? 0) + 1;
  const second = drainSecond(leftMs, lengthSeconds);
  schedule[second] = (schedule[second] ?? 0) + 1;
  if (leftMs === 0) counts.overdue++;
}

function addLive(counts: Counts, row: number, { sockets, owners }: CountingRules): void {
  const inode = sockets.inode[row] ?? 0;
  owners.add(inode);
  const state = sockets.state[row] ?? 0;
  if (state === FIN_WAIT2 && inode === 0) counts.orphanedFinWait2++;
  counts.byState[state] = (counts.byState[state] ?? 0) + 1;
}
