import type { SocketTable } from '../../../kernel/socket-table.ts';
import type { TupleRows } from '../tuple-rows.ts';
import { PARTS, type PortHalves } from './port-halves.ts';

/** Counts the ports of the groups of one source address, and how many they share. Reused for each source. */
export class SourceTally {
  readonly #sockets: SocketTable;
  readonly #tuples: TupleRows;
  readonly #halves: PortHalves;
  #source = 0;
  readonly #sourceOf = new Int32Array(65536);
  /** Serial of the tuple in which a port was last seen, so that a port listed twice counts once. */
  readonly #seenIn = new Int32Array(65536);
  #serial = 0;
  readonly #sharers = new Uint16Array(65536);
  /** Connections per part over all groups of the source, and the sum of each group's count squared. */
  readonly #inPart = new Uint32Array(2 * PARTS);
  readonly #squares = new Float64Array(2 * PARTS);
  readonly #own = new Uint32Array(2 * PARTS);
  readonly #ownTuple = new Int32Array(2 * PARTS).fill(-1);
  /** Pairs of groups with a common port, by half; counted once per port. */
  readonly sharedPairs: [number, number] = [0, 0];
  /** Distinct ports, by half. */
  readonly taken: [number, number] = [0, 0];
  /** Distinct ports of the second half in the lower half of the range. */
  takenLow = 0;

  constructor(sockets: SocketTable, tuples: TupleRows, halves: PortHalves) {
    this.#sockets = sockets;
    this.#tuples = tuples;
    this.#halves = halves;
  }

  /** Counts the groups of a source. */
  count(tuples: readonly number[]): void {
    this.#source++;
    this.#inPart.fill(0);
    this.#squares.fill(0);
    this.#ownTuple.fill(-1);
    this.sharedPairs.fill(0);
    this.taken.fill(0);
    this.takenLow = 0;
    for (const tuple of tuples) this.#add(tuple);
  }

  /** Number of groups of the source that hold the port. */
  sharersOf(port: number): number {
    return this.#sourceOf[port] === this.#source ? (this.#sharers[port] ?? 0) : 0;
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
    const rows = this.#tuples.rowsOf(tuple);
    const { localPort } = this.#sockets;
    const serial = ++this.#serial;
    for (let index = 0; index < rows.length; index++) {
      const port = localPort[rows[index] ?? 0] ?? 0;
      if (this.#seenIn[port] === serial || !this.#halves.isUsable(port)) continue;
      this.#seenIn[port] = serial;
      this.#addPort(tuple, port);
    }
  }

  #addPort(tuple: number, port: number): void {
    const half = this.#halves.halfOf(port);
    const before = this.sharersOf(port);
    this.#sourceOf[port] = this.#source;
    this.#sharers[port] = before + 1;
    this.sharedPairs[half] += before;
    if (before === 0) {
      this.taken[half]++;
      if (half === 1 && port < this.#halves.middle) this.takenLow++;
    }
    const part = this.#halves.partOf(port);
    if (this.#ownTuple[part] !== tuple) {
      this.#ownTuple[part] = tuple;
      this.#own[part] = 0;
    }
    const own = this.#own[part] ?? 0;
    this.#own[part] = own + 1;
    this.#inPart[part] = (this.#inPart[part] ?? 0) + 1;
    this.#squares[part] = (this.#squares[part] ?? 0) + 2 * own + 1;
  }
}
