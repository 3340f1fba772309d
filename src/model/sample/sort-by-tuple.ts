import type { ReadSpan } from '../../kernel/read-lags.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import { NO_TUPLE, type TupleIndex } from '../../kernel/tuple-index.ts';
import { endpointKey, type LeftOut } from './listeners.ts';
import { once } from './once.ts';
import { bitOf, PORT_WORDS, type PortBits, wordOf } from './port-bits.ts';
import { LIVE, type RowSpan, type TupleRows } from './tuple-rows.ts';

/** Sorts the connected rows by tuple, and by the parity of their port. A counting sort: nothing is allocated per row. */
export function sortByTuple(sockets: SocketTable, leftOut: LeftOut): TupleRows {
  const columns = columnsFor(sockets);
  makeRoom(columns, sockets);
  fill(columns, sockets, leftOut);
  const { starts, oddFrom, numbers, repeated, bits } = pack(columns, sockets);
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
    bitsOf: (tuple) => bits.get(tuple),
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
    // Those of large tuples, as they come.
    bits: [] as PortBits[],
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

/** A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE. */
function isConnected(tuples: TupleIndex, number: number): boolean {
  return tuples.remotePortOf(number) !== 0;
}

/** Counts the rows of each tuple and parity, so that each has its place in the columns; those not connected are at their end. */
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
  for (const connected of [true, false])
    for (let bucket = 0; bucket < buckets; bucket++) {
      if (isConnected(tuples, bucket >> 1) !== connected) continue;
      const size = next[bucket] ?? 0;
      begins[bucket] = begin;
      next[bucket] = begin;
      begin += size;
    }
}

/** Puts each row behind those of its tuple and parity. */
function fill(columns: Columns, sockets: SocketTable, leftOut: LeftOut): void {
  for (const span of sockets.lags.spans(sockets.length))
    if (fillSpan(columns, sockets, span, leftOut.ports)) addOthers(columns, sockets, span, leftOut);
}

/*
 * The loops over all rows are as V8's compiler likes them: in one that goes on early (`continue`), or calls something, it fetches
 * the columns' addresses and lengths with each step, which takes twice as long.
 */

/** Puts the rows whose ports are not among those left out; returns whether there are others. */
function fillSpan(
  { next, rows, localPort, timeWaitLeftMs }: Columns,
  { tuple, localPort: ports, state, timerMs }: SocketTable,
  { from, end, lagMs }: ReadSpan,
  portsLeftOut: Uint8Array,
): boolean {
  let others = 0;
  for (let row = from; row < end; row++) {
    const port = ports[row] ?? 0;
    const bucket = 2 * (tuple[row] ?? 0) + (port & 1);
    const at = next[bucket] ?? 0;
    // Another one has its place here too, and leaves it to the next.
    const isAside = portsLeftOut[port] === 0 ? 0 : 1;
    others += isAside;
    next[bucket] = at + 1 - isAside;
    rows[at] = row;
    localPort[at] = port;
    const leftMs = timerMs[row] ?? 0;
    timeWaitLeftMs[at] =
      state[row] !== TIME_WAIT ? LIVE : leftMs > lagMs ? (leftMs - lagMs) >>> 0 : 0;
  }
  return others > 0;
}

/** Puts the rows on ports of which some are left out, unless they are. */
function addOthers(
  { next, rows, localPort, timeWaitLeftMs }: Columns,
  { tuple, localPort: ports, state, timerMs }: SocketTable,
  { from, end, lagMs }: ReadSpan,
  leftOut: LeftOut,
): void {
  for (let row = from; row < end; row++) {
    const port = ports[row] ?? 0;
    if (leftOut.ports[port] === 0 || leftOut.has(row)) continue;
    const bucket = 2 * (tuple[row] ?? 0) + (port & 1);
    const at = next[bucket] ?? 0;
    next[bucket] = at + 1;
    rows[at] = row;
    localPort[at] = port;
    timeWaitLeftMs[at] = state[row] === TIME_WAIT ? Math.max(0, (timerMs[row] ?? 0) - lagMs) : LIVE;
  }
}

/** A tuple with so many rows is large: in its words lie several ports each. */
const LARGE = 4096;

/** The ports of a tuple that is not large. Empty between two of them. */
const fewBits: PortBits = new Uint32Array(PORT_WORDS);
/** From so many rows on, they are forgotten faster as a whole than port by port. */
const MANY_ROWS = 512;

function forget(bits: PortBits, localPort: Uint16Array, from: number, end: number): void {
  if (end - from >= MANY_ROWS) bits.fill(0);
  else for (let at = from; at < end; at++) bits[wordOf(localPort[at] ?? 0)] = 0;
}

/** An empty set for the next large tuple. */
function emptyBits({ bits }: Columns, index: number): PortBits {
  const set = (bits[index] ??= new Uint32Array(PORT_WORDS));
  return set.fill(0);
}

/** Drops rows whose port their tuple has already, and closes the gaps that they and those left out leave. */
function pack(columns: Columns, sockets: SocketTable) {
  const { begins, next, localPort } = columns;
  const { tuples } = sockets;
  const { count } = tuples;
  const starts = new Uint32Array(count + 1);
  const oddFrom = new Uint32Array(count);
  const numbers = new Uint32Array(count);
  const repeated = new Set<number>();
  const bits = new Map<number, PortBits>();
  columns.isTaken.fill(0);
  let [to, tuple] = [0, 0];
  for (let number = 0; number < count; number++) {
    if (!isConnected(tuples, number)) continue;
    const begin = to;
    const sizeOf = (bucket: number) => (next[bucket] ?? 0) - (begins[bucket] ?? 0);
    const isLarge = sizeOf(2 * number) + sizeOf(2 * number + 1) >= LARGE;
    const own = isLarge ? emptyBits(columns, bits.size) : fewBits;
    if (isLarge) bits.set(tuple, own);
    for (let bucket = 2 * number; bucket < 2 * number + 2; bucket++) {
      if ((bucket & 1) === 1) oddFrom[tuple] = to;
      const from = begins[bucket] ?? 0;
      let end = next[bucket] ?? 0;
      if (markTaken(columns, { from, end }, bucket & 1, own)) {
        const dropped = dropRepeated(columns, sockets, { from, end }, own);
        if (dropped.isOther) repeated.add(tuple);
        ({ end } = dropped);
      }
      if (!isLarge) forget(own, localPort, from, end);
      move(columns, from, end, to);
      to += end - from;
    }
    if (to === begin) continue;
    numbers[tuple++] = number;
    starts[tuple] = to;
  }
  return {
    starts: starts.subarray(0, tuple + 1),
    oddFrom: oddFrom.subarray(0, tuple),
    numbers: numbers.subarray(0, tuple),
    repeated,
    bits,
  };
}

/** Marks the ports of rows, all of one parity, and adds them to a set; returns whether there is one among them twice. */
function markTaken(
  { localPort, isTaken }: Columns,
  { from, end }: RowSpan,
  parity: number,
  bits: PortBits,
): boolean {
  const first = wordOf(parity);
  let again = 0;
  for (let at = from; at < end; at++) {
    const port = localPort[at] ?? 0;
    const inWord = first + (port >>> 6);
    const bit = bitOf(port);
    const word = bits[inWord] ?? 0;
    again |= word & bit;
    bits[inWord] = word | bit;
    isTaken[port] = 1;
  }
  return again !== 0;
}

/** Drops the rows whose port one before them has; returns their new end, and whether one was another socket. */
function dropRepeated(
  columns: Columns,
  sockets: SocketTable,
  { from, end }: RowSpan,
  bits: PortBits,
) {
  const { localPort } = columns;
  for (let at = from; at < end; at++) bits[wordOf(localPort[at] ?? 0)] = 0;
  let [to, isOtherSocket] = [from, false];
  for (let at = from; at < end; at++) {
    const port = localPort[at] ?? 0;
    const bit = bitOf(port);
    const word = bits[wordOf(port)] ?? 0;
    if ((word & bit) !== 0) {
      isOtherSocket ||= isOther(sockets, columns, from, at);
      continue;
    }
    bits[wordOf(port)] = word | bit;
    move(columns, at, at + 1, to++);
  }
  return { end: to, isOther: isOtherSocket };
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

function move({ rows, localPort, timeWaitLeftMs }: Columns, from: number, end: number, to: number) {
  if (from === to) return;
  rows.copyWithin(to, from, end);
  localPort.copyWithin(to, from, end);
  timeWaitLeftMs.copyWithin(to, from, end);
}
