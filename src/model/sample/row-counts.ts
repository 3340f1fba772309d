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
import { OUTSIDE_RANGE, type PortMap, RESERVED } from './port-space.ts';
import type { OutsideRange } from './tuple-group.ts';
import { type PortUseCounter, USE_INDEX } from './port-use.ts';
import { drainSecond, emptySchedule, type ReuseRule } from './time-wait.ts';
import { LIVE, rowsOfParity, type TupleRows } from './tuple-rows.ts';

/** What counting the rows of a tuple needs. */
export interface CountingRules {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  /** The port map for the widest range. */
  readonly fullRangeMap: PortMap;
  /** By `findUnusual`. */
  readonly unusualPorts: Uint8Array;
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

/**
 * 0 for each port that is on no map and seems not to be bound: most are such ports, and one look tells so. Each map has a
 * byte for each of the 65,536 ports.
 */
export function findUnusual(maps: readonly Uint8Array[]): Uint8Array {
  const unusual = new Uint8Array(65536);
  const words = new Uint32Array(unusual.buffer);
  for (const { buffer, byteOffset } of maps) {
    const more = new Uint32Array(buffer, byteOffset, words.length);
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) | (more[at] ?? 0);
  }
  return unusual;
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

// What most rows count for is summed up in variables of its own: each write to memory would wait for the one before.
function addRows(
  counts: Counts,
  rules: CountingRules,
  { tuple, parity, reusableFromAgeMs, drawing }: Part,
): void {
  const { portMap, fullRangeMap, unusualPorts, bound, outsideMarks } = rules;
  const { rows, localPort, timeWaitLeftMs } = rules.tuples;
  const isFirst = parity === rules.firstParity;
  const lengthMs = rules.timeWaitSeconds * 1000;
  let [timeWaits, reusable, fullRangeUsed] = [0, 0, 0];
  let [liveUsed, timeWaitUsed, freedByReuse] = [0, 0, 0];
  const { from, end } = rowsOfParity(rules.tuples, tuple, parity);
  for (let at = from; at < end; at++) {
    const port = localPort[at] ?? 0;
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    const isTimeWait = leftMs !== LIVE;
    if (isTimeWait) {
      timeWaits++;
      addTimeWait(counts, leftMs, rules.timeWaitSeconds);
    } else addLive(counts, rows[at] ?? 0, rules);
    const isUnusual = unusualPorts[port] !== 0;
    const mark = isUnusual ? (bound.marks[port] ?? 0) : 0;
    const onMap = isUnusual ? (portMap[port] ?? 0) : 0;
    const isOutside = (onMap & OUTSIDE_RANGE) !== 0;
    // A bound port stays closed to connect() in TIME_WAIT too: its bucket is the bind()'s. A port outside the
    // range was bound by number.
    const ageMs = isTimeWait && mark !== SURELY_BOUND && !isOutside ? lengthMs - leftMs : 0;
    const isReusable = ageMs > reusableFromAgeMs;
    if (!isReusable && (!isUnusual || fullRangeMap[port] === 0)) fullRangeUsed++;
    // Outside the range, reserved or held by a bind(): not usable for connect() in any case.
    if (onMap !== 0) {
      if (isOutside) addOutside(counts.outside, port);
      if (isOutside && outsideMarks[port] !== 0) counts.boundOutside++;
      if (!isReusable && onMap === RESERVED) counts.reservedUsed++;
      continue;
    }
    if (mark === SURELY_BOUND) counts[isFirst ? 'boundFirst' : 'boundSecond']++;
    if (isReusable) {
      reusable++;
      drawing?.add(port, USE_INDEX.reusable);
      continue;
    }
    if (mark === MAYBE_BOUND) counts.maybeBound[(bound.weights[port] ?? 0) as Weight]++;
    drawing?.add(port, isTimeWait ? USE_INDEX.timeWait : USE_INDEX.live);
    if (isTimeWait) timeWaitUsed++;
    else liveUsed++;
    if (mark === 0 && ageMs > rules.reuse.delayMs) freedByReuse++;
  }
  counts.byState[TIME_WAIT] = (counts.byState[TIME_WAIT] ?? 0) + timeWaits;
  counts.fullRangeUsed += fullRangeUsed;
  counts.reusable += reusable;
  counts.liveUsed += liveUsed;
  counts.timeWaitUsed += timeWaitUsed;
  counts.freedByReuse += freedByReuse;
  if (!isFirst) return;
  counts.firstHalfUsed = liveUsed + timeWaitUsed;
  counts.firstHalfReusable = reusable;
}

function addTimeWait(counts: Counts, leftMs: number, lengthSeconds: number): void {
  const { schedule } = counts;
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
