import { countOnes, PORT_WORDS, type PortBits } from '../port-bits.ts';

const emptySet = (): PortBits => new Uint32Array(PORT_WORDS);

/** Kept, as there are several samples a second. */
const sets = { anyone: emptySet(), several: emptySet(), digits: [emptySet()] };

/** Number of ports, and of pairs of groups that hold the same one. */
interface Shared {
  ports: number;
  pairs: number;
}

/**
 * How many groups hold each port: a number in binary, with a set of ports for each digit. There is one at a time.
 */
export class Sharers {
  /** Ports that some group holds. */
  readonly anyone = sets.anyone.fill(0);
  /** Those that several do; up to date after `sum`. */
  readonly several = sets.several.fill(0);
  readonly #digits = sets.digits;
  /** Words with ports, each once. */
  readonly #words: number[] = [];

  constructor() {
    for (const digit of this.#digits) digit.fill(0);
  }

  /** Forgets all ports. */
  clear(): void {
    for (const at of this.#words) {
      for (const digit of this.#digits) digit[at] = 0;
      this.anyone[at] = 0;
      this.several[at] = 0;
    }
    this.#words.length = 0;
  }

  /** Adds a group's ports of one word. */
  add(at: number, ports: number): void {
    const before = this.anyone[at] ?? 0;
    if (before === 0) this.#words.push(at);
    this.anyone[at] = before | ports;
    let carry = ports;
    for (let index = 0; carry !== 0; index++) {
      const digit = (this.#digits[index] ??= emptySet());
      const one = digit[at] ?? 0;
      digit[at] = one ^ carry;
      carry &= one;
    }
  }

  /** Sums up, separately by what `halfOf` says of a word. */
  sum(halfOf: (at: number) => 0 | 1): readonly [Readonly<Shared>, Readonly<Shared>] {
    const sums: readonly [Shared, Shared] = [
      { ports: 0, pairs: 0 },
      { ports: 0, pairs: 0 },
    ];
    for (const at of this.#words) {
      const sum = sums[halfOf(at)];
      sum.ports += countOnes(this.anyone[at] ?? 0);
      sum.pairs += this.#pairsIn(at);
    }
    return sums;
  }

  /** Of n groups with a port, (n² - n) / 2 pairs share it; n is the sum of its digits 2^k. Notes what several groups hold. */
  #pairsIn(at: number): number {
    let [twice, several] = [0, 0];
    for (const [k, digit] of this.#digits.entries()) {
      const ones = digit[at] ?? 0;
      if (ones === 0) continue;
      if (k > 0) several |= ones;
      twice += countOnes(ones) * (4 ** k - 2 ** k);
      for (let l = 0; l < k; l++)
        twice += countOnes(ones & (this.#digits[l]?.[at] ?? 0)) * 2 ** (k + l + 1);
    }
    this.several[at] = several;
    return twice / 2;
  }
}
