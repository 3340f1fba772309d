import { hashWords } from '../../kernel/ip-address.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';

/** The number of a row that is in no tuple. */
export const NO_TUPLE = -1;

/** What tuples are compared by, as SocketTable has it. */
const KEY_COLUMNS = [
  'remoteAddress',
  'remotePort',
  'localAddress',
  'family',
  'deviceIndex',
] as const;

type KeyColumns = Readonly<Pick<SocketTable, (typeof KEY_COLUMNS)[number]>>;

/** The keys of distinct tuples, and slots by their hash: at least twice as many as there are keys. */
class Keys implements KeyColumns {
  readonly remoteAddress: Uint32Array<ArrayBuffer>;
  readonly remotePort: Uint16Array<ArrayBuffer>;
  readonly localAddress: Uint32Array<ArrayBuffer>;
  readonly family: Uint8Array<ArrayBuffer>;
  readonly deviceIndex: Uint32Array<ArrayBuffer>;
  readonly slots: Int32Array;

  constructor(capacity: number) {
    this.remoteAddress = new Uint32Array(capacity);
    this.remotePort = new Uint16Array(capacity);
    this.localAddress = new Uint32Array(capacity);
    this.family = new Uint8Array(capacity);
    this.deviceIndex = new Uint32Array(capacity);
    this.slots = new Int32Array(2 * capacity).fill(NO_TUPLE);
  }
}

const FIRST_CAPACITY = 512;

/**
 * Numbers the distinct (local address, remote address, remote port, bound device) of a table's rows: a hash table with
 * open addressing over flat arrays, so that nothing is allocated per row.
 */
export class TupleIndex {
  /** Number of rows of each tuple. Tuples have the numbers 0 … length-1. */
  readonly sizes: number[] = [];
  #keys = new Keys(FIRST_CAPACITY);

  /** Numbers the connected rows that `belongs` accepts: writes the tuple of each row, or NO_TUPLE. */
  number(sockets: SocketTable, belongs: (row: number) => boolean, tupleOfRow: Int32Array): void {
    const { length, remoteAddress, remotePort, localAddress, family, deviceIndex } = sockets;
    const { sizes } = this;
    let keys = this.#keys;
    for (let row = 0; row < length; row++) {
      const port = remotePort[row] ?? 0;
      // A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE.
      if (port === 0 || !belongs(row)) {
        tupleOfRow[row] = NO_TUPLE;
        continue;
      }
      // One by one: until this is compiled, pairs would be arrays, 11 MB of them for 28,000 rows.
      const remote = remoteAddress[row] ?? 0;
      const local = localAddress[row] ?? 0;
      const kind = family[row] ?? 0;
      const device = deviceIndex[row] ?? 0;
      const mask = keys.slots.length - 1;
      let slot = hashWords(local, remote, port, kind + 8 * device) & mask;
      let tuple = keys.slots[slot] ?? NO_TUPLE;
      while (
        tuple !== NO_TUPLE &&
        !(
          keys.remoteAddress[tuple] === remote &&
          keys.remotePort[tuple] === port &&
          keys.localAddress[tuple] === local &&
          keys.family[tuple] === kind &&
          keys.deviceIndex[tuple] === device
        )
      ) {
        slot = (slot + 1) & mask;
        tuple = keys.slots[slot] ?? NO_TUPLE;
      }
      if (tuple === NO_TUPLE) {
        tuple = this.#add(slot, sockets, row);
        keys = this.#keys;
      }
      tupleOfRow[row] = tuple;
      sizes[tuple] = (sizes[tuple] ?? 0) + 1;
    }
  }

  /** The tuple with the same addresses and port and without a device; -1 if there is none, or if this is it. */
  unboundOf(tuple: number): number {
    const keys = this.#keys;
    if (keys.deviceIndex[tuple] === 0) return NO_TUPLE;
    const mask = keys.slots.length - 1;
    const isSame = (found: number) =>
      keys.deviceIndex[found] === 0 &&
      KEY_COLUMNS.every((key) => key === 'deviceIndex' || keys[key][found] === keys[key][tuple]);
    for (let slot = hashOf(keys, tuple, 0) & mask; ; slot = (slot + 1) & mask) {
      const found = keys.slots[slot] ?? NO_TUPLE;
      if (found === NO_TUPLE || isSame(found)) return found;
    }
  }

  #add(slot: number, sockets: SocketTable, row: number): number {
    const tuple = this.sizes.length;
    const keys = this.#keys;
    for (const key of KEY_COLUMNS) keys[key][tuple] = sockets[key][row] ?? 0;
    keys.slots[slot] = tuple;
    this.sizes.push(0);
    if (2 * this.sizes.length >= keys.slots.length) this.#grow();
    return tuple;
  }

  #grow(): void {
    const before = this.#keys;
    const keys = new Keys(before.slots.length * 2);
    for (const key of KEY_COLUMNS) keys[key].set(before[key]);
    const mask = keys.slots.length - 1;
    for (let tuple = 0; tuple < this.sizes.length; tuple++) {
      let slot = hashOf(keys, tuple) & mask;
      while (keys.slots[slot] !== NO_TUPLE) slot = (slot + 1) & mask;
      keys.slots[slot] = tuple;
    }
    this.#keys = keys;
  }
}

function hashOf(keys: KeyColumns, tuple: number, device = keys.deviceIndex[tuple] ?? 0): number {
  const { localAddress, remoteAddress, remotePort, family } = keys;
  return hashWords(
    localAddress[tuple] ?? 0,
    remoteAddress[tuple] ?? 0,
    remotePort[tuple] ?? 0,
    (family[tuple] ?? 0) + 8 * device,
  );
}
