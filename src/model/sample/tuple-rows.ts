import type { SocketTable } from '../../kernel/socket-table.ts';
import { endpointKey } from './listeners.ts';
import { TupleIndex } from './tuple-index.ts';

/** The rows of each (source, destination, destination port, bound device) of a table. */
export interface TupleRows {
  /** Number of tuples. Their numbers are 0 … count-1. */
  readonly count: number;
  /** The rows of a tuple; never empty. */
  rowsOf(tuple: number): Uint32Array;
  /** Number of a tuple's rows; allocates nothing. */
  sizeOf(tuple: number): number;
  /** The tuple with the same addresses and port and without a device; -1 if there is none, or if this is it. */
  unboundOf(tuple: number): number;
  /** True for the local address of some row here. */
  isLocalAddress(family: number, address: number): boolean;
}

/** Sorts the connected rows that `belongs` accepts by tuple. A counting sort: two passes, no allocation per row. */
export function sortByTuple(sockets: SocketTable, belongs: (row: number) => boolean): TupleRows {
  const index = new TupleIndex(sockets);
  const tupleOfRow = new Int32Array(sockets.length).fill(-1);
  for (let row = 0; row < sockets.length; row++) {
    // A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE.
    if (sockets.remotePort[row] !== 0 && belongs(row)) tupleOfRow[row] = index.tupleOf(row);
  }
  const starts = new Uint32Array(index.size + 1);
  for (let row = 0; row < tupleOfRow.length; row++) {
    const tuple = tupleOfRow[row] ?? -1;
    if (tuple >= 0) starts[tuple + 1] = (starts[tuple + 1] ?? 0) + 1;
  }
  for (let tuple = 1; tuple < starts.length; tuple++) {
    starts[tuple] = (starts[tuple] ?? 0) + (starts[tuple - 1] ?? 0);
  }
  const next = starts.slice();
  const rows = new Uint32Array(starts.at(-1) ?? 0);
  for (let row = 0; row < tupleOfRow.length; row++) {
    const tuple = tupleOfRow[row] ?? -1;
    if (tuple < 0) continue;
    const at = next[tuple] ?? 0;
    rows[at] = row;
    next[tuple] = at + 1;
  }
  const localAddresses = new Set<number>();
  for (let tuple = 0; tuple < index.size; tuple++) {
    const row = rows[starts[tuple] ?? 0] ?? 0;
    localAddresses.add(endpointKey(sockets.family[row] ?? 4, sockets.localAddress[row] ?? 0, 0));
  }
  return {
    count: index.size,
    rowsOf: (tuple) => rows.subarray(starts[tuple], starts[tuple + 1]),
    sizeOf: (tuple) => (starts[tuple + 1] ?? 0) - (starts[tuple] ?? 0),
    unboundOf: (tuple) => index.unboundOf(tuple),
    isLocalAddress: (family, address) => localAddresses.has(endpointKey(family, address, 0)),
  };
}
