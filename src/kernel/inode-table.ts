/**
 * A number for each of a fixed set of socket inodes. Open addressing over flat arrays: with 200,000
 * inodes a Map takes five times as long to fill, and longer to look up.
 */
export class InodeTable {
  // 0, which no socket has, marks a free slot.
  readonly #inodes: Uint32Array;
  readonly #values: Int32Array;
  readonly #shift: number;

  /** Has room for `capacity` inodes. */
  constructor(capacity: number) {
    // At most half full, so that a search ends soon.
    const bits = Math.ceil(Math.log2(Math.max(8, capacity * 2)));
    this.#inodes = new Uint32Array(2 ** bits);
    this.#values = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** The inode's number; undefined where it is not in the table. */
  get(inode: number): number | undefined {
    const slot = this.#slotOf(inode);
    return this.#inodes[slot] === 0 ? undefined : this.#values[slot];
  }

  set(inode: number, value: number): void {
    const slot = this.#slotOf(inode);
    this.#inodes[slot] = inode;
    this.#values[slot] = value;
  }

  /** Puts `by` for every number that is `value`; returns how many there were. */
  replace(value: number, by: number): number {
    let count = 0;
    for (let slot = 0; slot < this.#inodes.length; slot++) {
      if (this.#inodes[slot] === 0 || this.#values[slot] !== value) continue;
      this.#values[slot] = by;
      count++;
    }
    return count;
  }

  /** The inode's slot, or the free one where it belongs. */
  #slotOf(inode: number): number {
    const last = this.#inodes.length - 1;
    // Fibonacci hashing: it spreads numbers that follow each other, and its high bits are the good ones.
    let slot = Math.imul(inode, 0x9e3779b1) >>> this.#shift;
    while (this.#inodes[slot] !== 0 && this.#inodes[slot] !== inode) slot = (slot + 1) & last;
    return slot;
  }
}
