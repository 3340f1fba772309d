import type { PortBits } from './port-bits.ts';

/**
 * The tuples (source, destination, destination port, bound device) of a table, and its rows in their order: what many
 * steps walk through lies together. Each port is in a tuple once: a socket that changes state while it is read can be
 * listed twice, and the first row counts. Of a parity, those on ports of which some rows are left out come last. Valid as long as the
 * table's rows.
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
  /** The ports of a tuple with thousands of them as a set; undefined: it has fewer. */
  bitsOf(tuple: number): PortBits | undefined;
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
