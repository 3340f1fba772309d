import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import { endpointKey } from './listeners.ts';
import { NO_TUPLE, TupleIndex } from './tuple-index.ts';

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
  /** The rows' numbers in the table. */
  readonly rows: Uint32Array;
  readonly localPort: Uint16Array;
  /** What is left of TIME_WAIT, in ms; LIVE where the row is in another state. */
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

/** Sorts the connected rows that `belongs` accepts by tuple. A counting sort: two passes, no allocation per row. */
export function sortByTuple(sockets: SocketTable, belongs: (row: number) => boolean): TupleRows {
  const index = new TupleIndex();
  const columns = columnsFor(sockets);
  index.number(sockets, belongs, columns.tupleOfRow);
  const { sizes } = index;
  const starts = new Uint32Array(sizes.length + 1);
  for (const [tuple, size] of sizes.entries()) starts[tuple + 1] = (starts[tuple] ?? 0) + size;
  fill(columns, sockets, starts.slice());
  const repeated = new Set<number>();
  const end = dropRepeated(columns, starts, (tuple, at) => {
    if (!repeated.has(tuple) && isOther(sockets, columns, starts[tuple] ?? 0, at))
      repeated.add(tuple);
  });
  const localAddresses = new Set<number>();
  const endOf = (kind: number, address: number) => endpointKey(kind, address, 0);
  for (let tuple = 0; tuple < sizes.length; tuple++) {
    const row = columns.rows[starts[tuple] ?? 0] ?? 0;
    localAddresses.add(endOf(sockets.family[row] ?? 4, sockets.localAddress[row] ?? 0));
  }
  return {
    count: sizes.length,
    starts,
    rows: columns.rows.subarray(0, end),
    localPort: columns.localPort.subarray(0, end),
    timeWaitLeftMs: columns.timeWaitLeftMs.subarray(0, end),
    isTaken: columns.isTaken,
    repeated,
    unboundOf: (tuple) => index.unboundOf(tuple),
    isLocalAddress: (family, address) => localAddresses.has(endOf(family, address)),
  };
}

type Columns = ReturnType<typeof newColumns>;

function newColumns(capacity: number) {
  return {
    tupleOfRow: new Int32Array(capacity),
    rows: new Uint32Array(capacity),
    localPort: new Uint16Array(capacity),
    timeWaitLeftMs: new Uint32Array(capacity),
    isTaken: new Uint8Array(65536),
  };
}

/** The columns are valid as long as the table's rows, and kept with it: fresh memory costs more than the walk. */
const kept = new WeakMap<SocketTable, Columns>();

function columnsFor(sockets: SocketTable): Columns {
  const columns = kept.get(sockets);
  const capacity = sockets.family.length;
  if (columns !== undefined && columns.rows.length >= capacity) return columns;
  const larger = newColumns(capacity);
  kept.set(sockets, larger);
  return larger;
}

/** Puts each row behind those of its tuple. `next`: where each tuple's rows begin; overwritten. */
function fill(columns: Columns, sockets: SocketTable, next: Uint32Array): void {
  const { tupleOfRow, rows, localPort, timeWaitLeftMs } = columns;
  const { length, localPort: ports, state, timerMs } = sockets;
  for (let row = 0; row < length; row++) {
    const tuple = tupleOfRow[row] ?? NO_TUPLE;
    if (tuple === NO_TUPLE) continue;
    const at = next[tuple] ?? 0;
    next[tuple] = at + 1;
    rows[at] = row;
    localPort[at] = ports[row] ?? 0;
    timeWaitLeftMs[at] = state[row] === TIME_WAIT ? (timerMs[row] ?? 0) : LIVE;
  }
}

/** The ports of one tuple, a bit for each: small enough to stay at hand. */
const seen = new Int32Array(65536 / 32);
/** From so many rows on, they are forgotten faster as a whole than port by port. */
const MANY_ROWS = 512;

/** Drops rows whose port their tuple has already, adapts `starts`, and returns how many rows are left. */
function dropRepeated(
  columns: Columns,
  starts: Uint32Array,
  drop: (tuple: number, at: number) => void,
): number {
  const { localPort, isTaken } = columns;
  isTaken.fill(0);
  let [to, first] = [0, 0];
  for (let tuple = 0; tuple < starts.length - 1; tuple++) {
    const end = starts[tuple + 1] ?? 0;
    const begin = to;
    for (let at = first; at < end; at++) {
      const port = localPort[at] ?? 0;
      const bit = 1 << (port & 31);
      const word = seen[port >> 5] ?? 0;
      if ((word & bit) !== 0) {
        drop(tuple, at);
        continue;
      }
      seen[port >> 5] = word | bit;
      isTaken[port] = 1;
      if (to !== at) move(columns, at, to);
      to++;
    }
    first = end;
    starts[tuple + 1] = to;
    if (to - begin >= MANY_ROWS) seen.fill(0);
    else for (let at = begin; at < to; at++) seen[(localPort[at] ?? 0) >> 5] = 0;
  }
  return to;
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

function move(columns: Columns, from: number, to: number): void {
  const { rows, localPort, timeWaitLeftMs } = columns;
  for (const column of [rows, localPort, timeWaitLeftMs]) column[to] = column[from] ?? 0;
}
