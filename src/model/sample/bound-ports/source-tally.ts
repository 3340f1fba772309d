import { bitOf, PARITY_WORDS, type PortBits, wordOf } from '../port-bits.ts';
import type { TupleRows } from '../tuple-rows.ts';
import { NO_PART, PARTS, type PortHalves } from './port-halves.ts';
import { Sharers } from './sharers.ts';

/** Counts the ports of the groups of one source address, and how many they share. Reused for each source, one at a time. */
export class SourceTally {
  readonly #tuples: TupleRows;
  readonly #halves: PortHalves;
  readonly #sharers = new Sharers();
  /** Connections per part over all groups of the source, and the sum of each group's count squared. */
  readonly #inPart = new Uint32Array(2 * PARTS);
  readonly #squares = new Float64Array(2 * PARTS);
  /** Connections of the tuple at hand per part, and those of none (NO_PART). */
  readonly #own = new Uint32Array(NO_PART + 1);
  /** Pairs of groups with a common port, by half; counted once per port. */
  sharedPairs: readonly [number, number] = [0, 0];
  /** Distinct ports, by half. */
  taken: readonly [number, number] = [0, 0];

  constructor(tuples: TupleRows, halves: PortHalves) {
    this.#tuples = tuples;
    this.#halves = halves;
  }

  /** Counts the groups of a source. */
  count(tuples: readonly number[]): void {
    this.#sharers.clear();
    this.#inPart.fill(0);
    this.#squares.fill(0);
    for (const tuple of tuples) this.#add(tuple);
    const [first, second] = this.#sharers.sum((at) =>
      this.#halves.halfOf(at < PARITY_WORDS ? 0 : 1),
    );
    this.sharedPairs = [first.pairs, second.pairs];
    this.taken = [first.ports, second.ports];
  }

  /** Ports that several groups of the source hold. */
  get several(): PortBits {
    return this.#sharers.several;
  }

  /** True if several groups of the source hold the port. */
  isShared(port: number): boolean {
    return ((this.several[wordOf(port)] ?? 0) & bitOf(port)) !== 0;
  }

  /** Distinct ports of the second half in the lower half of the range. */
  get takenLow(): number {
    const within = { low: 0, high: this.#halves.middle - 1 };
    return this.#halves.countIn(this.#sharers.anyone, 1, within);
  }

  /** Expected number of pairs that share a port if the groups search independently. */
  expectedPairs(half: 0 | 1): number {
    let sum = 0;
    for (let part = half * PARTS; part < (half + 1) * PARTS; part++) {
      const all = this.#inPart[part] ?? 0;
      if (all > 1)
        sum +=
          (all * all - (this.#squares[part] ?? 0)) / 2 / (this.#halves.usableOfPart[part] ?? 1);
    }
    return sum;
  }

  /**
   * Expected number of ports of the second half that one group shares with the others, counted once per other group.
   * `inPart`: the group's ports of that half, by part; `besides`: more ports that it has, and that are not asked about.
   */
  expectedShared(inPart: Uint32Array, besides: Uint32Array): number {
    let sum = 0;
    for (let part = PARTS; part < 2 * PARTS; part++) {
      const own = inPart[part] ?? 0;
      const others = (this.#inPart[part] ?? 0) - own - (besides[part] ?? 0);
      if (own > 0) sum += (own * others) / (this.#halves.usableOfPart[part] ?? 1);
    }
    return sum;
  }

  #add(tuple: number): void {
    const own = this.#own.fill(0);
    const bits = this.#tuples.bitsOf(tuple);
    for (const half of [0, 1] as const)
      if (bits === undefined) this.#addRows(tuple, half);
      else this.#addBits(bits, half);
    for (let part = 0; part < 2 * PARTS; part++) {
      const count = own[part] ?? 0;
      this.#inPart[part] = (this.#inPart[part] ?? 0) + count;
      this.#squares[part] = (this.#squares[part] ?? 0) + count * count;
    }
  }

  #addRows(tuple: number, half: 0 | 1): void {
    const { localPort } = this.#tuples;
    const { partOf } = this.#halves;
    const { from, end } = this.#halves.rowsIn(this.#tuples, tuple, half);
    for (let at = from; at < end; at++) {
      const port = localPort[at] ?? 0;
      const part = partOf[port] ?? NO_PART;
      this.#own[part] = (this.#own[part] ?? 0) + 1;
      if (part !== NO_PART) this.#sharers.add(wordOf(port), bitOf(port));
    }
  }

  #addBits(bits: PortBits, half: 0 | 1): void {
    const { usableBits } = this.#halves;
    const { from, end } = this.#halves.wordsIn(half);
    this.#halves.addByPart(bits, half, this.#own);
    for (let at = from; at < end; at++) {
      const ports = (bits[at] ?? 0) & (usableBits[at] ?? 0);
      if (ports !== 0) this.#sharers.add(at, ports);
    }
  }
}
