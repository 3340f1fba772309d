import type { TupleRows } from '../tuple-rows.ts';
import { NO_PART, PARTS, type PortHalves } from './port-halves.ts';

/** No count comes so far: those of the source or tuple at hand lie above a multiple of it, and older ones below. */
const BEYOND_ANY = 2 ** 24;

/** Counts the ports of the groups of one source address, and how many they share. Reused for each source. */
export class SourceTally {
  readonly #tuples: TupleRows;
  readonly #halves: PortHalves;
  /** How many groups of the source hold each port, above `#sourceBase`. */
  readonly #sharers = new Float64Array(65536);
  #sourceBase = 0;
  /** Connections per part over all groups of the source, and the sum of each group's count squared. */
  readonly #inPart = new Uint32Array(2 * PARTS);
  readonly #squares = new Float64Array(2 * PARTS);
  /** Connections of the tuple at hand per part, above `#tupleBase`. */
  readonly #own = new Float64Array(2 * PARTS);
  #tupleBase = 0;
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
    this.#sourceBase += BEYOND_ANY;
    this.#inPart.fill(0);
    this.#squares.fill(0);
    this.sharedPairs.fill(0);
    this.taken.fill(0);
    this.takenLow = 0;
    for (const tuple of tuples) this.#add(tuple);
  }

  /** Number of groups of the source that hold the port. */
  sharersOf(port: number): number {
    return Math.max(0, (this.#sharers[port] ?? 0) - this.#sourceBase);
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
    const { starts, localPort } = this.#tuples;
    const { partOf, middle } = this.#halves;
    const [sharers, inPart, squares, own] = [this.#sharers, this.#inPart, this.#squares, this.#own];
    const source = this.#sourceBase;
    const base = (this.#tupleBase += BEYOND_ANY);
    let [pairsOfFirst, pairsOfSecond, takenOfFirst, takenOfSecond, takenLow] = [0, 0, 0, 0, 0];
    const end = starts[tuple + 1] ?? 0;
    for (let at = starts[tuple] ?? 0; at < end; at++) {
      const port = localPort[at] ?? 0;
      const part = partOf[port] ?? NO_PART;
      if (part === NO_PART) continue;
      const before = Math.max(0, (sharers[port] ?? 0) - source);
      sharers[port] = source + before + 1;
      if (part < PARTS) {
        pairsOfFirst += before;
        if (before === 0) takenOfFirst++;
      } else {
        pairsOfSecond += before;
        if (before === 0) takenOfSecond++;
        if (before === 0 && port < middle) takenLow++;
      }
      const inOwn = Math.max(0, (own[part] ?? 0) - base);
      own[part] = base + inOwn + 1;
      inPart[part] = (inPart[part] ?? 0) + 1;
      squares[part] = (squares[part] ?? 0) + 2 * inOwn + 1;
    }
    this.sharedPairs[0] += pairsOfFirst;
    this.sharedPairs[1] += pairsOfSecond;
    this.taken[0] += takenOfFirst;
    this.taken[1] += takenOfSecond;
    this.takenLow += takenLow;
  }
}
