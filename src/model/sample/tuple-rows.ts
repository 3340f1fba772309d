import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import { NO_TUPLE } from '../../kernel/tuple-index.ts';
import { endpointKey, type LeftOut } from './listeners.ts';
import { once } from './once.ts';

/**
 * The tuples (source, destination, destination port, bound device) of a table, and its rows in their order: what many
 * steps walk through lies together. Each port is in a tuple once: a socket that changes state while it is read can be
 * listed twice, and the first row counts. Valid as long as the table's rows.
 */
export interface TupleRows {
  /** Number of tuples. Their numbers are 0 … count-1. */
  readonly count: number;
  /** Where the rows of each tuple begin in the columns; the last entry is the end. No tuple is without rows. */
  readonly starts: Uint32Array;
  /** Where those with an odd port begin: the even ones come first, since connect() and bind() tell the two apart. */
  readonly oddFrom: Uint32Array;
  /** The rows' numbers in the table. */
  readonly rows: Uint32Array;
  readonly localPort: Uint16Array;
  /** What is left of TIME_WAIT at the end of the reading, in ms; LIVE where the row is in another state. */
  readonly timeWaitLeftMs: Uint32Array;
  /** 1 for each port that some row has. */
  readonly isTaken: Uint8Array;
  /** Tuples of which rows were dropped that are another socket than the one that counts for the port. */
  readonly repeated: ReadonlySet<number>;
  /** The tuple with the same addresses and port and without a device; -1 if there is none, or if this is it. */
  unboundOf(tuple: number): number;
  /** True for the local address of some row here. */
  isLocalAddress(family: number, address: number): boolean;
}

/** Marks a row that is not in TIME_WAIT in `timeWaitLeftMs`. */
export const LIVE = 2 ** 32 - 1;

/** A row of the table with the tuple's addresses. */
export function rowOf({ starts, rows }: TupleRows, tuple: number): number {
  return rows[starts[tuple] ?? 0] ?? 0;
}

/** A tuple's rows of the table. */
export function rowsOf({ starts, rows }: TupleRows, tuple: number): Uint32Array {
  return rows.subarray(starts[tuple], starts[tuple + 1]);
}

/** A tuple's ports, each once. */
export function portsOf({ starts, localPort }: TupleRows, tuple: number): Uint16Array {
  return localPort.subarray(starts[tuple], starts[tuple + 1]);
}

/** Number of a tuple's rows. */
export function sizeOf({ starts }: TupleRows, tuple: number): number {
  return (starts[tuple + 1] ?? 0) - (starts[tuple] ?? 0);
}

/** A part of the columns. */
export interface RowSpan {
  readonly from: number;
  /** The place behind the last one. */
  readonly end: number;
}

/** A tuple's rows with even ports (0) or odd ones (1). */
export function rowsOfParity(
  { starts, oddFrom }: TupleRows,
  tuple: number,
  parity: number,
): RowSpan {
  const odd = oddFrom[tuple] ?? 0;
  return parity === 0
    ? { from: starts[tuple] ?? 0, end: odd }
    : { from: odd, end: starts[tuple + 1] ?? 0 };
}

/** Sorts the connected rows by tuple, and by the parity of their port. A counting sort: nothing is allocated per row. */
export function sortByTuple(sockets: SocketTable, leftOut: LeftOut): TupleRows {
  const columns = columnsFor(sockets);
  makeRoom(columns, sockets);
  fill(columns, sockets, leftOut);
  const { starts, oddFrom, numbers, repeated } = pack(columns, sockets);
  const end = starts[numbers.length] ?? 0;
  const { tuples } = sockets;
  const localAddresses = new Set<number>();
  const keyOf = (family: number, address: number) => endpointKey(family, address, 0);
  for (const number of numbers)
    localAddresses.add(keyOf(tuples.familyOf(number), tuples.localAddressOf(number)));
  const tupleOf = once(() => new Map(Array.from(numbers, (number, tuple) => [number, tuple])));
  return {
    count: numbers.length,
    starts,
    oddFrom,
    rows: columns.rows.subarray(0, end),
    localPort: columns.localPort.subarray(0, end),
    timeWaitLeftMs: columns.timeWaitLeftMs.subarray(0, end),
    isTaken: columns.isTaken,
    repeated,
    unboundOf(tuple) {
      const unbound = tuples.unboundOf(numbers[tuple] ?? 0);
      return unbound === NO_TUPLE ? NO_TUPLE : (tupleOf().get(unbound) ?? NO_TUPLE);
    },
    isLocalAddress: (family, address) => localAddresses.has(keyOf(family, address)),
  };
}

type Columns = ReturnType<typeof newColumns>;

function newColumns(capacity: number) {
  return {
    rows: new Uint32Array(capacity),
    localPort: new Uint16Array(capacity),
    timeWaitLeftMs: new Uint32Array(capacity),
    isTaken: new Uint8Array(65536),
    // By number in the table's index and parity: where rows begin, and where the next one goes.
    begins: new Uint32Array(0),
    next: new Uint32Array(0),
  };
}

/** The columns are valid as long as the table's rows, and kept with it: fresh memory costs more than the walk. */
const kept = new WeakMap<SocketTable, Columns>();

function columnsFor(sockets: SocketTable): Columns {
  const capacity = sockets.state.length;
  let columns = kept.get(sockets);
  if (columns === undefined || columns.rows.length < capacity) {
    columns = newColumns(capacity);
    kept.set(sockets, columns);
  }
  const buckets = 2 * sockets.tuples.count;
  if (columns.next.length < buckets) {
    columns.begins = new Uint32Array(2 * buckets);
    columns.next = new Uint32Array(2 * buckets);
  }
  return columns;
}

/** `next` of rows that are not connected. */
const NOWHERE = 2 ** 32 - 1;

/** Counts the rows of each tuple and parity, so that each has its place in the columns. */
function makeRoom(
  { begins, next }: Columns,
  { length, tuple, localPort, tuples }: SocketTable,
): void {
  const buckets = 2 * tuples.count;
  next.fill(0, 0, buckets);
  for (let row = 0; row < length; row++) {
    const bucket = 2 * (tuple[row] ?? 0) + ((localPort[row] ?? 0) & 1);
    next[bucket] = (next[bucket] ?? 0) + 1;
  }
  let begin = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const size = next[bucket] ?? 0;
    // A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE.
    const isConnected = tuples.remotePortOf(bucket >> 1) !== 0;
    begins[bucket] = begin;
    next[bucket] = isConnected ? begin : NOWHERE;
    if (isConnected) begin += size;
  }
}

/** Puts each row behind those of its tuple and parity. */
function fill(columns: Columns, sockets: SocketTable, leftOut: LeftOut): void {
  const { next, rows, localPort, timeWaitLeftMs } = columns;
  const { length, tuple, localPort: ports, state, timerMs } = sockets;
  const { ports: portsLeftOut } = leftOut;
  for (const { from, end, lagMs } of sockets.lags.spans(length)) {
    for (let row = from; row < end; row++) {
      const port = ports[row] ?? 0;
      const bucket = 2 * (tuple[row] ?? 0) + (port & 1);
      const at = next[bucket] ?? NOWHERE;
      if (at === NOWHERE || (portsLeftOut[port] !== 0 && leftOut.has(row))) continue;
      next[bucket] = at + 1;
      rows[at] = row;
      localPort[at] = port;
      timeWaitLeftMs[at] =
        state[row] === TIME_WAIT ? Math.max(0, (timerMs[row] ?? 0) - lagMs) : LIVE;
    }
  }
}

/** The ports of one tuple, a bit for each: small enough to stay at hand. */
const seen = new Int32Array(65536 / 32);
/** From so many rows on, they are forgotten faster as a whole than port by port. */
const MANY_ROWS = 512;

/** Drops rows whose port their tuple has already, and closes the gaps that they and those left out leave. */
function pack(columns: Columns, sockets: SocketTable) {
  const { begins, next, localPort, isTaken } = columns;
  const { count } = sockets.tuples;
  const starts = new Uint32Array(count + 1);
  const oddFrom = new Uint32Array(count);
  const numbers = new Uint32Array(count);
  const repeated = new Set<number>();
  isTaken.fill(0);
  let [to, tuple] = [0, 0];
  for (let number = 0; number < count; number++) {
    const begin = to;
    for (let bucket = 2 * number; bucket < 2 * number + 2; bucket++) {
      if ((bucket & 1) === 1) oddFrom[tuple] = to;
      const from = begins[bucket] ?? 0;
      const end = next[bucket] ?? NOWHERE;
      if (end === NOWHERE) continue;
      for (let at = from; at < end; at++) {
        const port = localPort[at] ?? 0;
        const bit = 1 << (port & 31);
        const word = seen[port >> 5] ?? 0;
        if ((word & bit) !== 0) {
          if (!repeated.has(tuple) && isOther(sockets, columns, begin, at)) repeated.add(tuple);
          continue;
        }
        seen[port >> 5] = word | bit;
        isTaken[port] = 1;
        if (to !== at) move(columns, at, to);
        to++;
      }
    }
    if (to - begin >= MANY_ROWS) seen.fill(0);
    else for (let at = begin; at < to; at++) seen[(localPort[at] ?? 0) >> 5] = 0;
    if (to === begin) continue;
    numbers[tuple++] = number;
    starts[tuple] = to;
  }
  return {
    starts: starts.subarray(0, tuple + 1),
    oddFrom: oddFrom.subarray(0, tuple),
    numbers: numbers.subarray(0, tuple),
    repeated,
  };
}

/** Timers of one TIME_WAIT socket that is listed twice differ by what the reading takes, far less than this. */
const LONGEST_READING_MS = 1000;

/** True if the row at a place is another socket than the one kept for its port, and not that one a moment later. */
function isOther(
  { inode }: SocketTable,
  { rows, localPort, timeWaitLeftMs }: Columns,
  first: number,
  at: number,
): boolean {
  const before = localPort.indexOf(localPort[at] ?? 0, first);
  const leftMs = timeWaitLeftMs[at] ?? LIVE;
  const leftMsBefore = timeWaitLeftMs[before] ?? LIVE;
  if (leftMs === LIVE && leftMsBefore === LIVE)
    return inode[rows[at] ?? 0] !== inode[rows[before] ?? 0];
  return (
    leftMs !== LIVE && leftMsBefore !== LIVE && Math.abs(leftMs - leftMsBefore) > LONGEST_READING_MS
  );
}

function move({ rows, localPort, timeWaitLeftMs }: Columns, from: number, to: number): void {
  rows[to] = rows[from] ?? 0;
  localPort[to] = localPort[from] ?? 0;
  timeWaitLeftMs[to] = timeWaitLeftMs[from] ?? 0;
}
