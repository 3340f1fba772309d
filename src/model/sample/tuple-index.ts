import { hashWords } from '../../kernel/ip-address.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';

/** A table whose reader tells which device each socket is bound to; 0: none. */
export type ScopedSockets = SocketTable & { readonly deviceIndex?: Uint32Array };

/**
 * Numbers the distinct (local address, remote address, remote port, device) of a table's rows. Open addressing
 * over flat arrays: nothing is allocated per row.
 */
export class TupleIndex {
  // A row of each tuple, from which its addresses can be read.
  readonly #firstRows: number[] = [];
  readonly #sockets: ScopedSockets;
  #slots = new Int32Array(1024).fill(-1);

  constructor(sockets: ScopedSockets) {
    this.#sockets = sockets;
  }

  /** How many tuples are known; they are numbered 0 … size-1. */
  get size(): number {
    return this.#firstRows.length;
  }

  /** The number of the row's tuple, a new one if it has not been seen. */
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

  #hash(row: number): number {
    const { localAddress, remoteAddress, remotePort, family } = this.#sockets;
    return hashWords(
      localAddress[row] ?? 0,
      remoteAddress[row] ?? 0,
      remotePort[row] ?? 0,
      family[row] ?? 0,
    );
  }

  #sameTuple(a: number, b: number): boolean {
    const { localAddress, remoteAddress, remotePort, family, deviceIndex } = this.#sockets;
    return (
      remoteAddress[a] === remoteAddress[b] &&
      remotePort[a] === remotePort[b] &&
      localAddress[a] === localAddress[b] &&
      family[a] === family[b] &&
      deviceIndex?.[a] === deviceIndex?.[b]
    );
  }
}
