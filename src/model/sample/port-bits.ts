import type { PortRange } from '../../kernel/port-range.ts';

/**
 * Sets of ports, a bit for each: what takes a walk through the 28,000 rows of a group takes one through a thousand words. The even
 * ports are in the first half of the words, and the odd ones in the second, since connect() and bind() tell the two apart.
 */
export type PortBits = Uint32Array;

/** Words of the ports of one parity. */
export const PARITY_WORDS = 65536 / 2 / 32;
export const PORT_WORDS = 2 * PARITY_WORDS;

/** The word of a port. */
export function wordOf(port: number): number {
  return (port & 1) * PARITY_WORDS + (port >> 6);
}

/** Its bit in that word. */
export function bitOf(port: number): number {
  return 1 << ((port >> 1) & 31);
}

/** A part of the words. */
export interface WordSpan {
  readonly from: number;
  /** The word behind the last one. */
  readonly end: number;
}

/** The words of even ports (0), or of odd ones (1). */
export function wordsOfParity(parity: number): WordSpan {
  return { from: parity * PARITY_WORDS, end: (parity + 1) * PARITY_WORDS };
}

/** Number of bits that are set in a word. */
export function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  // The sum of the four bytes comes out at the top.
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of ports that two sets have in common, in some of their words. */
export function countCommon(some: PortBits, others: PortBits, { from, end }: WordSpan): number {
  let count = 0;
  for (let at = from; at < end; at++) count += countOnes((some[at] ?? 0) & (others[at] ?? 0));
  return count;
}

/** Those of one parity from a port to another. */
export function countCommonWithin(
  some: PortBits,
  others: PortBits,
  parity: number,
  { low, high }: PortRange,
): number {
  // Numbers of bits of this parity.
  const from = belowOfParity(low, parity);
  const end = belowOfParity(high + 1, parity);
  if (from >= end) return 0;
  const words = parity * PARITY_WORDS;
  const [first, last] = [from >> 5, (end - 1) >> 5];
  const common = (at: number) => (some[words + at] ?? 0) & (others[words + at] ?? 0);
  const fromFirst = -1 << (from & 31);
  const untilLast = -1 >>> (31 - ((end - 1) & 31));
  if (first === last) return countOnes(common(first) & fromFirst & untilLast);
  const between = { from: words + first + 1, end: words + last };
  return (
    countOnes(common(first) & fromFirst) +
    countCommon(some, others, between) +
    countOnes(common(last) & untilLast)
  );
}

/** The lowest and the highest port of one parity that two sets have in common; undefined: there is none. */
export function commonExtent(
  some: PortBits,
  others: PortBits,
  parity: number,
): PortRange | undefined {
  const { from, end } = wordsOfParity(parity);
  let [first, last] = [from, end - 1];
  while (first < end && ((some[first] ?? 0) & (others[first] ?? 0)) === 0) first++;
  if (first === end) return undefined;
  while (((some[last] ?? 0) & (others[last] ?? 0)) === 0) last--;
  const common = (at: number) => (some[at] ?? 0) & (others[at] ?? 0);
  const portAt = (at: number, bit: number) => 64 * (at - from) + 2 * bit + parity;
  const lowest = common(first) & -common(first);
  return {
    low: portAt(first, 31 - Math.clz32(lowest)),
    high: portAt(last, 31 - Math.clz32(common(last))),
  };
}

/** Adds the ports from `low` to `high`, word by word. */
export function addPorts(bits: PortBits, { low, high }: PortRange): void {
  for (const parity of [0, 1]) {
    const words = parity * PARITY_WORDS;
    const [from, end] = [belowOfParity(low, parity), belowOfParity(high + 1, parity)];
    if (from >= end) continue;
    const [first, last] = [words + (from >> 5), words + ((end - 1) >> 5)];
    const [before, after] = [bits[first] ?? 0, bits[last] ?? 0];
    bits.fill(-1, first, last + 1);
    // What was there beside the ends stays.
    bits[last] = after | (-1 >>> (31 - ((end - 1) & 31)));
    bits[first] = before | ((bits[first] ?? 0) & (-1 << (from & 31)));
  }
}

/** Number of ports of a parity below a port. */
function belowOfParity(port: number, parity: number): number {
  return (port + 1 - parity) >> 1;
}

/** How many ports of a set are below each one. The set must not be changed afterwards. */
export class PortRanks {
  readonly #bits: PortBits;
  /** For each word of a parity, and the end, the ports of the words before. */
  readonly #before = [
    new Uint32Array(PARITY_WORDS + 1),
    new Uint32Array(PARITY_WORDS + 1),
  ] as const;

  constructor(bits: PortBits) {
    this.#bits = bits;
    for (const parity of [0, 1] as const) {
      const before = this.#before[parity];
      const words = parity * PARITY_WORDS;
      for (let at = 0, count = 0; at < PARITY_WORDS; before[++at] = count)
        count += countOnes(bits[words + at] ?? 0);
    }
  }

  /** Those of one parity from a port to another. */
  count(parity: 0 | 1, { low, high }: PortRange): number {
    return Math.max(0, this.#below(parity, high + 1) - this.#below(parity, low));
  }

  #below(parity: 0 | 1, port: number): number {
    const ports = belowOfParity(port, parity);
    const at = ports >> 5;
    const word = at < PARITY_WORDS ? (this.#bits[parity * PARITY_WORDS + at] ?? 0) : 0;
    return (this.#before[parity][at] ?? 0) + countOnes(word & ((1 << (ports & 31)) - 1));
  }
}
