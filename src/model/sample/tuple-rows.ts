import type { SocketTable } from '../../kernel/socket-table.ts';
import { endpointKey } from './listeners.ts';
import { TupleIndex } from './tuple-index.ts';

/** The tuples (source, destination, destination port, bound device) of a table, and its rows in their order. */
export interface SortedRows {
  /** Number of tuples. Their numbers are 0 … count-1. */
  readonly count: number;
  /** Where the rows of each tuple begin in `rows`; the last entry is the end. No tuple is without rows. */
  readonly starts: Uint32Array;
  /** Rows of the table. */
  readonly rows: Uint32Array;
  /** The tuple with the same addresses and port and without a device; -1 if there is none, or if this is it. */
  unboundOf(tuple: number): number;
  /** True for the local address of some row here. */
  isLocalAddress(family: number, address: number): boolean;
}

/**
 * The same with the columns that are read for every row, in that order: what many steps walk through lies together. Each
 * port is in a tuple once: a socket that changes state while it is read can be listed twice, and the first row counts.
 */
export interface TupleRows extends SortedRows {
  /** As the columns of SocketTable. */
  readonly localPort: Uint16Array;
  readonly state: Uint8Array;
  readonly timerMs: Uint32Array;
  readonly inode: Uint32Array;
  readonly bindAddressNoPort: Uint8Array;
  /** 1 for each port that some row has. */
  readonly isTaken: Uint8Array;
}

/** A row of the table with the tuple's addresses. */
export function rowOf({ starts, rows }: SortedRows, tuple: number): number {
  return rows[starts[tuple] ?? 0] ?? 0;
}

/** A tuple's ports, each once. */
export function portsOf({ starts, localPort }: TupleRows, tuple: number): Uint16Array {
  return localPort.subarray(starts[tuple], starts[tuple + 1]);
}

/** Number of a tuple's rows. */
export function sizeOf({ starts }: SortedRows, tuple: number): number {
  return (starts[tuple + 1] ?? 0) - (starts[tuple] ?? 0);
}

/** Sorts the connected rows that `belongs` accepts by tuple. A counting sort: two passes, no allocation per row. */
export function sortByTuple(sockets: SocketTable, belongs: (row: number) => boolean): SortedRows {
  const index = new TupleIndex(sockets);
  const { length, remotePort, family, localAddress } = sockets;
  const tupleOfRow = new Int32Array(length);
  const sizes: number[] = [];
  for (let row = 0; row < length; row++) {
    // A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE.
    const tuple = remotePort[row] !== 0 && belongs(row) ? index.tupleOf(row) : -1;
    tupleOfRow[row] = tuple;
    if (tuple >= 0) sizes[tuple] = (sizes[tuple] ?? 0) + 1;
  }
  const starts = new Uint32Array(index.size + 1);
  for (let tuple = 0; tuple < index.size; tuple++)
    starts[tuple + 1] = (starts[tuple] ?? 0) + (sizes[tuple] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(starts[index.size] ?? 0);
  for (let row = 0; row < length; row++) {
    const tuple = tupleOfRow[row] ?? -1;
    if (tuple < 0) continue;
    const at = next[tuple] ?? 0;
    rows[at] = row;
    next[tuple] = at + 1;
  }
  const localAddresses = new Set<number>();
  for (let tuple = 0; tuple < index.size; tuple++) {
    const row = rows[starts[tuple] ?? 0] ?? 0;
    localAddresses.add(endpointKey(family[row] ?? 4, localAddress[row] ?? 0, 0));
  }
  return {
    count: index.size,
    starts,
    rows,
    unboundOf: (tuple) => index.unboundOf(tuple),
    isLocalAddress: (kind, address) => localAddresses.has(endpointKey(kind, address, 0)),
  };
}

/** From so many rows on, a set of all ports is forgotten faster as a whole than port by port. */
const MANY_ROWS = 512;

/** Puts the columns of sorted rows into their order. */
export function inOrder(sockets: SocketTable, sorted: SortedRows): TupleRows {
  const { count } = sorted;
  const size = sorted.rows.length;
  const starts = new Uint32Array(count + 1);
  const rows = new Uint32Array(size);
  const localPort = new Uint16Array(size);
  const state = new Uint8Array(size);
  const timerMs = new Uint32Array(size);
  const inode = new Uint32Array(size);
  const bindAddressNoPort = new Uint8Array(size);
  const isTaken = new Uint8Array(65536);
  // The ports of one tuple, a bit for each: small enough to stay at hand.
  const seen = new Int32Array(65536 / 32);
  let at = 0;
  for (let tuple = 0; tuple < count; tuple++) {
    const first = at;
    const end = sorted.starts[tuple + 1] ?? 0;
    for (let index = sorted.starts[tuple] ?? 0; index < end; index++) {
      const row = sorted.rows[index] ?? 0;
      const port = sockets.localPort[row] ?? 0;
      const bit = 1 << (port & 31);
      const word = seen[port >> 5] ?? 0;
      if ((word & bit) !== 0) continue;
      seen[port >> 5] = word | bit;
      isTaken[port] = 1;
      rows[at] = row;
      localPort[at] = port;
      state[at] = sockets.state[row] ?? 0;
      timerMs[at] = sockets.timerMs[row] ?? 0;
      inode[at] = sockets.inode[row] ?? 0;
      bindAddressNoPort[at] = sockets.bindAddressNoPort[row] ?? 0;
      at++;
    }
    starts[tuple + 1] = at;
    if (at - first >= MANY_ROWS) seen.fill(0);
    else for (let own = first; own < at; own++) seen[(localPort[own] ?? 0) >> 5] = 0;
  }
  return {
    ...sorted,
    starts,
    rows: rows.subarray(0, at),
    localPort: localPort.subarray(0, at),
    state: state.subarray(0, at),
    timerMs: timerMs.subarray(0, at),
    inode: inode.subarray(0, at),
    bindAddressNoPort: bindAddressNoPort.subarray(0, at),
    isTaken,
  };
}
