/** IPv4 or IPv6. An IPv4-mapped IPv6 address counts as IPv4, as it shares the IPv4 port space. */
export type IpFamily = 4 | 6;

/** Four 32-bit words in network order: word 0 holds the first four bytes of the address. */
export type Ipv6Words = readonly [number, number, number, number];

const MAPPED_PREFIX_WORD = 0x0000ffff;

/** Writes an IPv4 address given as a number (first byte most significant) in dotted form. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** True where the four words from `at` on are ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
export function isMappedIpv4(words: ArrayLike<number>, at = 0): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED_PREFIX_WORD;
}

/** Writes an IPv6 address as RFC 5952 says: lower case, the longest run of zero groups (two or more) as `::`. */
export function formatIpv6(words: Ipv6Words): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}

/** True for 127.0.0.0/8: the kernel's ipv4_is_loopback() (include/linux/in.h). */
export function isLoopbackIpv4(address: number): boolean {
  return address >>> 24 === 127;
}

/** True for ::1: the kernel's ipv6_addr_loopback() (include/net/ipv6.h). */
export function isLoopbackIpv6(words: Ipv6Words): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 1;
}

/**
 * Gives each distinct IPv6 address a small number, so that rows and groups hold one 32-bit word per
 * address in either family. Open addressing over flat arrays: nothing is allocated per row.
 */
export class Ipv6Interner {
  #words = new Uint32Array(4 * 256);
  #slots = new Int32Array(1024).fill(-1);
  #size = 0;

  /** Number of distinct addresses; they are numbered 0 … size-1. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all addresses; the memory is kept for the next sample. */
  clear(): void {
    this.#size = 0;
    this.#slots.fill(-1);
  }

  /** The number of the address made of these four network-order words; the same address gives the same number. */
  intern(word0: number, word1: number, word2: number, word3: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashWords(word0, word1, word2, word3) & mask;
    for (;;) {
      const id = this.#slots[slot] ?? -1;
      if (id < 0) return this.#insert(slot, word0, word1, word2, word3);
      const at = id * 4;
      const words = this.#words;
      if (
        words[at] === word0 >>> 0 &&
        words[at + 1] === word1 >>> 0 &&
        words[at + 2] === word2 >>> 0 &&
        words[at + 3] === word3 >>> 0
      ) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** The words of an interned address. Throws RangeError for a number that was never given out. */
  wordsOf(id: number): Ipv6Words {
    if (id < 0 || id >= this.#size) throw new RangeError(`no IPv6 address has the number ${id}`);
    const words = this.#words;
    const at = id * 4;
    return [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0];
  }

  #insert(slot: number, word0: number, word1: number, word2: number, word3: number): number {
    const id = this.#size++;
    if (id * 4 === this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[id * 4] = word0;
    this.#words[id * 4 + 1] = word1;
    this.#words[id * 4 + 2] = word2;
    this.#words[id * 4 + 3] = word3;
    this.#slots[slot] = id;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = hashWords(...this.wordsOf(id)) & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

/** Mixes four words into an unsigned 32-bit hash (multiplicative mixing, as in Murmur3's finaliser). */
export function hashWords(word0: number, word1: number, word2: number, word3: number): number {
  let hash = Math.imul(word0, 0x9e3779b1) ^ Math.imul(word1, 0x85ebca6b);
  hash ^= Math.imul(word2, 0xc2b2ae35) ^ Math.imul(word3, 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
