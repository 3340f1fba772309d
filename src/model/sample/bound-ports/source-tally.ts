import { portsOf, type TupleRows } from '../tuple-rows.ts';
import { NO_PART, PARTS, type PortHalves } from './port-halves.ts';

/** How many groups of a source hold each port. Kept, as there are several samples a second. */
const allSharers = new Uint16Array(65536);

/** Counts the ports of the groups of one source address, and how many they share. Reused for each source, one at a time. */
export class SourceTally {
  readonly #tuples: TupleRows;
  readonly #halves: PortHalves;
  #source: readonly number[] = [];
  /** How many groups of the source hold each port. */
  readonly sharers = allSharers.fill(0);
  /** Connections per part over all groups of the source, and the sum of each group's count squared. */
  readonly #inPart = new Uint32Array(2 * PARTS);
  readonly #squares = new Float64Array(2 * PARTS);
  /** Connections of the tuple at hand per part, and those of none (NO_PART). */
  readonly #own = new Uint32Array(NO_PART + 1);
  /** Pairs of groups with a common port, by half; counted once per port. */
  readonly sharedPairs: [number, number] = [0, 0];
  /** Distinct ports, by half. */
  readonly taken: [number, number] = [0, 0];
  /** Distinct ports of the second half in the lower half of the range. */
  takenLow = 0;

  constructor(tuples: TupleRows, halves: PortHalves) {
    this.#tuples = tuples;
    this.#halves = halves;
  }

  /** Counts the groups of a source. */
  count(tuples: readonly number[]): void {
    for (const tuple of this.#source)
      for (const port of portsOf(this.#tuples, tuple)) this.sharers[port] = 0;
    this.#source = tuples;
    this.#inPart.fill(0);
    this.#squares.fill(0);
    this.sharedPairs.fill(0);
    this.taken.fill(0);
    this.takenLow = 0;
    for (const tuple of tuples) this.#add(tuple);
  }

  /** Number of groups of the source that hold the port. */
  sharersOf(port: number): number {
    return this.sharers[port] ?? 0;
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
    this.#addHalf(tuple, 0);
    this.#addHalf(tuple, 1);
    for (let part = 0; part < 2 * PARTS; part++) {
      const count = own[part] ?? 0;
      this.#inPart[part] = (this.#inPart[part] ?? 0) + count;
      this.#squares[part] = (this.#squares[part] ?? 0) + count * count;
    }
  }

  #addHalf(tuple: number, half: 0 | 1): void {
    const { localPort } = this.#tuples;
    const { partOf, middle } = this.#halves;
    const [sharers, own] = [this.sharers, this.#own];
    let [pairs, taken, takenLow] = [0, 0, 0];
    const { from, end } = this.#halves.rowsIn(this.#tuples, tuple, half);
    // Without `continue`, as the loops of sort-by-tuple.ts.
    for (let at = from; at < end; at++) {
      const port = localPort[at] ?? 0;
      const part = partOf[port] ?? NO_PART;
      const isUsable = part === NO_PART ? 0 : 1;
      const before = sharers[port] ?? 0;
      sharers[port] = before + isUsable;
      own[part] = (own[part] ?? 0) + 1;
      pairs += before;
      const isNew = before === 0 ? isUsable : 0;
      taken += isNew;
      takenLow += port < middle ? isNew : 0;
    }
    this.sharedPairs[half] += pairs;
    this.taken[half] += taken;
    if (half === 1) this.takenLow += takenLow;
  }
}
