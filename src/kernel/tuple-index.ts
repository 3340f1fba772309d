import { hashWords, type IpFamily } from './ip-address.ts';

/** The number of a tuple that is not there. */
export const NO_TUPLE = -1;

// The words of a key, which lie together: one look at memory compares them all.
const WORDS = 4;
const AT_LOCAL = 0;
const AT_REMOTE = 1;
/** The remote port, and the family above it. */
const AT_PORT = 2;
const AT_DEVICE = 3;

const FIRST_CAPACITY = 512;

/**
 * Numbers the distinct (family, local address, remote address, remote port, bound device) of a table's rows: a hash table
 * with open addressing over flat arrays, so that nothing is allocated per row.
 */
export class TupleIndex {
  #count = 0;
  #words = new Uint32Array(WORDS * FIRST_CAPACITY);
  /** At least twice as many as there are tuples. */
  #slots = new Int32Array(2 * FIRST_CAPACITY).fill(NO_TUPLE);

  /** Number of tuples. They have the numbers 0 … count-1. */
  get count(): number {
    return this.#count;
  }

  /** Forgets all tuples; the memory is kept. */
  clear(): void {
    this.#count = 0;
    this.#slots.fill(NO_TUPLE);
  }

  /** The number of a tuple, a new one if it has none. */
  numberOf(family: IpFamily, local: number, remote: number, port: number, device: number): number {
    const familyAndPort = port + family * 0x10000;
    const slot = this.#slotOf(local, remote, familyAndPort, device);
    const found = this.#slots[slot] ?? NO_TUPLE;
    return found === NO_TUPLE ? this.#add(slot, local, remote, familyAndPort, device) : found;
  }

  /** The tuple with the same addresses and port and without a device; NO_TUPLE if there is none, or if this is it. */
  unboundOf(tuple: number): number {
    const at = tuple * WORDS;
    const words = this.#words;
    if (words[at + AT_DEVICE] === 0) return NO_TUPLE;
    const [local = 0, remote = 0, familyAndPort = 0] = words.subarray(at, at + WORDS);
    return this.#slots[this.#slotOf(local, remote, familyAndPort, 0)] ?? NO_TUPLE;
  }

  familyOf(tuple: number): IpFamily {
    return (this.#words[tuple * WORDS + AT_PORT] ?? 0) >>> 16 === 6 ? 6 : 4;
  }

  localAddressOf(tuple: number): number {
    return this.#words[tuple * WORDS + AT_LOCAL] ?? 0;
  }

  remoteAddressOf(tuple: number): number {
    return this.#words[tuple * WORDS + AT_REMOTE] ?? 0;
  }

  remotePortOf(tuple: number): number {
    return (this.#words[tuple * WORDS + AT_PORT] ?? 0) & 0xffff;
  }

  deviceIndexOf(tuple: number): number {
    return this.#words[tuple * WORDS + AT_DEVICE] ?? 0;
  }

  /** Where a tuple is, or where it belongs. */
  #slotOf(local: number, remote: number, familyAndPort: number, device: number): number {
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    let slot = hashWords(local, remote, familyAndPort, device) & mask;
    for (;;) {
      const tuple = slots[slot] ?? NO_TUPLE;
      if (tuple === NO_TUPLE) return slot;
      const at = tuple * WORDS;
      if (
        words[at + AT_REMOTE] === remote &&
        words[at + AT_PORT] === familyAndPort &&
        words[at + AT_LOCAL] === local &&
        words[at + AT_DEVICE] === device
      )
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  #add(slot: number, local: number, remote: number, familyAndPort: number, device: number): number {
    const tuple = this.#count++;
    const at = tuple * WORDS;
    if (at === this.#words.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[at + AT_LOCAL] = local;
    this.#words[at + AT_REMOTE] = remote;
    this.#words[at + AT_PORT] = familyAndPort;
    this.#words[at + AT_DEVICE] = device;
    this.#slots[slot] = tuple;
    if (2 * this.#count >= this.#slots.length) this.#rehash();
    return tuple;
  }

  #rehash(): void {
    const words = this.#words;
    const slots = new Int32Array(2 * this.#slots.length).fill(NO_TUPLE);
    const mask = slots.length - 1;
    for (let tuple = 0; tuple < this.#count; tuple++) {
      const [local = 0, remote = 0, familyAndPort = 0, device = 0] = words.subarray(
        tuple * WORDS,
        (tuple + 1) * WORDS,
      );
      let slot = hashWords(local, remote, familyAndPort, device) & mask;
      while (slots[slot] !== NO_TUPLE) slot = (slot + 1) & mask;
      slots[slot] = tuple;
    }
    this.#slots = slots;
  }
}
