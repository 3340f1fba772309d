import { hashWords } from '../../kernel/ip-address.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';

/**
 * Numbers the distinct (local address, remote address, remote port, bound device) of a table's rows: a hash table with
 * open addressing over flat arrays, so that nothing is allocated per row.
 */
export class TupleIndex {
  // The first row of each tuple, which has its addresses.
  readonly #firstRows: number[] = [];
  readonly #sockets: SocketTable;
  #slots = new Int32Array(1024).fill(-1);

  constructor(sockets: SocketTable) {
    this.#sockets = sockets;
  }

  /** Number of tuples known. Their numbers are 0 … size-1. */
  get size(): number {
    return this.#firstRows.length;
  }

  /** The number of the row's tuple; a new number if the tuple has not been seen. */
  tupleOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(row) & mask;
    for (;;) {
      const tuple = this.#slots[slot] ?? -1;
      if (tuple < 0) return this.#add(slot, row);
      if (this.#sameTuple(this.#firstRows[tuple] ?? 0, row)) return tuple;
      slot = (slot + 1) & mask;
    }
  }

  /** The tuple with the same addresses and port and without a device; -1 if there is none, or if this is it. */
  unboundOf(tuple: number): number {
    const row = this.#firstRows[tuple] ?? 0;
    if (this.#sockets.deviceIndex[row] === 0) return -1;
    const mask = this.#slots.length - 1;
    let slot = this.#hash(row, 0) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? -1;
      if (found < 0 || this.#sameTuple(this.#firstRows[found] ?? 0, row, 0)) return found;
      slot = (slot + 1) & mask;
    }
  }

  #add(slot: number, row: number): number {
    const tuple = this.#firstRows.length;
    this.#firstRows.push(row);
    this.#slots[slot] = tuple;
    if (this.#firstRows.length * 2 > this.#slots.length) this.#rehash();
    return tuple;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    this.#firstRows.forEach((row, tuple) => {
      let slot = this.#hash(row) & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = tuple;
    });
    this.#slots = slots;
  }

  #hash(row: number, device = this.#deviceOf(row)): number {
    const { localAddress, remoteAddress, remotePort, family } = this.#sockets;
    return hashWords(
      localAddress[row] ?? 0,
      remoteAddress[row] ?? 0,
      remotePort[row] ?? 0,
      (family[row] ?? 0) + 8 * device,
    );
  }

  /** True if row `a` has the addresses and port of row `b`, and this device. */
  #sameTuple(a: number, b: number, device = this.#deviceOf(b)): boolean {
    const { localAddress, remoteAddress, remotePort, family, deviceIndex } = this.#sockets;
    return (
      remoteAddress[a] === remoteAddress[b] &&
      remotePort[a] === remotePort[b] &&
      localAddress[a] === localAddress[b] &&
      family[a] === family[b] &&
      deviceIndex[a] === device
    );
  }

  #deviceOf(row: number): number {
    return this.#sockets.deviceIndex[row] ?? 0;
  }
}
