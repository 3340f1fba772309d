import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import { timeWaitAgeMs } from '../time-wait.ts';
import type { AgeOrder, Block, LateCloses } from './likelihood.ts';
import { once } from './once.ts';
import { PARTS, type PortHalves } from './port-halves.ts';
import { type PortSteps, portSteps } from './port-steps.ts';
import type { HalvesOfTuples, Rows } from './rows.ts';
import { SourceTally } from './source-tally.ts';

/** Evidence on a group with ports of the second half. */
export interface GroupEvidence {
  readonly tuple: number;
  /** Number of its ports in the first half. */
  readonly first: number;
  /** Number of its ports in the second half, without those of sockets that were certainly not bound. */
  readonly second: number;
  /** The part of `second` shared with other groups of the source address. */
  readonly shared: number;
  /** The part of `second` not in TIME_WAIT. */
  readonly live: number;
  /** Ports of the second half whose sockets have IP_BIND_ADDRESS_NO_PORT. */
  readonly noPort: number;
  /** Expected number of ports of the second half shared with other groups of the source if searches are independent. */
  readonly expectedShared: number;
  /** The same if each port of the half were equally likely. */
  readonly evenlyShared: number;
  /** Its TIME_WAIT in the second half. */
  readonly closes: LateCloses;
  /** Computed on demand: few groups need it. */
  readonly order: () => AgeOrder;
  /** The same. */
  readonly steps: () => PortSteps;
  /** True if some connections of it have IP_BIND_ADDRESS_NO_PORT. */
  readonly hasNoPort: () => boolean;
  /** Ports of `first` in TIME_WAIT that connect() takes over. Computed on demand too. */
  readonly reusableFirst: () => number;
  /**
   * Its lowest and highest port in the second half. These, the block and `usableBelow` go by the range as it was if the
   * group has ports that are reserved by now.
   */
  readonly low: number;
  readonly high: number;
  readonly block: Block;
  /** Usable ports of the second half below the block. */
  readonly usableBelow: number;
}

/** The groups of one source address, at least one of which has ports of the second half. */
export interface SourceEvidence {
  readonly tuples: readonly number[];
  /** Those with ports of the second half. */
  readonly groups: readonly GroupEvidence[];
  /** By half: pairs of groups expected to share a port by chance, pairs that do, and distinct ports taken. */
  readonly expectedPairs: readonly [number, number];
  readonly sharedPairs: readonly [number, number];
  readonly taken: readonly [number, number];
  /** Ports of the second half in the lower half of the range. */
  readonly takenLow: number;
}

/** Collects the evidence, one source at a time; its buffers are allocated once. */
export class Collector {
  readonly #rows: Rows;
  readonly #counts: HalvesOfTuples;
  readonly tally: SourceTally;
  readonly #inPart = new Uint32Array(2 * PARTS);
  readonly #noPortInPart = new Uint32Array(2 * PARTS);
  readonly #seenIn = new Int32Array(65536);
  #serial = 0;
  /** TIME_WAIT of the second half by age, in steps of STEP_MS. */
  readonly #byAge: Uint32Array;

  constructor(rows: Rows, counts: HalvesOfTuples) {
    this.#rows = rows;
    this.#counts = counts;
    this.tally = new SourceTally(rows.sockets, rows.tuples, rows.halves);
    this.#byAge = new Uint32Array(Math.ceil((rows.timeWaitSeconds * 1000) / STEP_MS) + 2);
  }

  /** The evidence on the groups of one source. */
  source(tuples: readonly number[]): SourceEvidence {
    const { tally } = this;
    tally.count(tuples);
    const { second } = this.#counts;
    const all = tuples.reduce((sum, tuple) => sum + (second[tuple] ?? 0), 0);
    const groups = tuples
      .filter((tuple) => (second[tuple] ?? 0) > 0)
      .map((tuple) => this.#group(tuple, all));
    return {
      tuples,
      groups,
      expectedPairs: [tally.expectedPairs(0), tally.expectedPairs(1)],
      sharedPairs: [...tally.sharedPairs],
      taken: [...tally.taken],
      takenLow: tally.takenLow,
    };
  }

  #group(tuple: number, secondOfSource: number): GroupEvidence {
    const second = this.#secondHalf(tuple);
    // Neither connect() nor bind() of port 0 gives a reserved port: this one was not reserved, and tells of its choice.
    const halves = this.#hasReserved(tuple) ? this.#rows.unreserved() : this.#rows.halves;
    const { low, high, count } =
      halves === this.#rows.halves ? second.extent : this.#extent(tuple, halves);
    const block = {
      second: count,
      first: this.#firstWithin(tuple, halves, low, high),
      usableSecond: halves.usable(1, low, high),
      // A block may begin and end with either parity.
      usableFirst: halves.usable(0, Math.max(0, low - 1), Math.min(65535, high + 1)),
    };
    return {
      tuple,
      first: this.#counts.first[tuple] ?? 0,
      second: second.count,
      shared: second.shared,
      live: second.count - second.closes,
      noPort: second.noPort,
      expectedShared: this.tally.expectedShared(this.#inPart, this.#noPortInPart),
      evenlyShared:
        (second.count * (secondOfSource - second.count - second.noPort)) / halves.usable(1),
      closes: {
        count: second.closes,
        youngestMs: second.youngestMs,
        oldestMs: second.oldestMs,
      },
      order: once(() => this.#ageOrder(tuple)),
      steps: once(() => this.#steps(tuple)),
      hasNoPort: once(() => this.#hasNoPort(tuple)),
      reusableFirst: once(() => this.#reusableFirst(tuple)),
      low,
      high,
      block,
      usableBelow: halves.usable(1, 0, low - 1),
    };
  }

  /** Visits the distinct usable ports of a tuple. */
  #eachPort(
    tuple: number,
    visit: (port: number, row: number) => void,
    halves = this.#rows.halves,
  ): void {
    const { sockets, tuples } = this.#rows;
    const rows = tuples.rowsOf(tuple);
    const serial = ++this.#serial;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] ?? 0;
      const port = sockets.localPort[row] ?? 0;
      if (this.#seenIn[port] === serial || !halves.isUsable(port)) continue;
      this.#seenIn[port] = serial;
      visit(port, row);
    }
  }

  #secondHalf(tuple: number) {
    const { sockets, halves } = this.#rows;
    const sum = { count: 0, shared: 0, closes: 0, noPort: 0 };
    const extent = noExtent();
    let [youngestMs, oldestMs] = [Infinity, 0];
    this.#inPart.fill(0);
    this.#noPortInPart.fill(0);
    this.#eachPort(tuple, (port, row) => {
      if (halves.halfOf(port) === 0) return;
      widen(extent, port);
      const part = halves.partOf(port);
      if (sockets.bindAddressNoPort[row] === 1) {
        sum.noPort++;
        this.#noPortInPart[part] = (this.#noPortInPart[part] ?? 0) + 1;
        return;
      }
      sum.count++;
      if (this.tally.sharersOf(port) > 1) sum.shared++;
      this.#inPart[part] = (this.#inPart[part] ?? 0) + 1;
      if (sockets.state[row] !== TIME_WAIT) return;
      sum.closes++;
      const ageMs = this.#ageMs(row);
      youngestMs = Math.min(youngestMs, ageMs);
      oldestMs = Math.max(oldestMs, ageMs);
    });
    return { ...sum, extent, youngestMs, oldestMs };
  }

  #hasReserved(tuple: number): boolean {
    const { sockets, tuples, halves } = this.#rows;
    if (!halves.hasReserved) return false;
    return tuples.rowsOf(tuple).some((row) => halves.isReserved(sockets.localPort[row] ?? 0));
  }

  #extent(tuple: number, halves: PortHalves): Extent {
    const extent = noExtent();
    const widenBySecond = (port: number) => {
      if (halves.halfOf(port) === 1) widen(extent, port);
    };
    this.#eachPort(tuple, widenBySecond, halves);
    return extent;
  }

  #firstWithin(tuple: number, halves: PortHalves, low: number, high: number): number {
    let count = 0;
    const countOne = (port: number) => {
      if (halves.halfOf(port) === 0 && port >= low - 1 && port <= high + 1) count++;
    };
    this.#eachPort(tuple, countOne, halves);
    return count;
  }

  #ageOrder(tuple: number): AgeOrder {
    const { sockets, halves } = this.#rows;
    const byAge = this.#byAge.fill(0);
    const stepOf = (row: number) =>
      Math.min(byAge.length - 1, Math.floor(this.#ageMs(row) / STEP_MS));
    this.#eachPort(tuple, (port, row) => {
      if (halves.halfOf(port) === 0 || sockets.state[row] !== TIME_WAIT) return;
      byAge[stepOf(row)] = (byAge[stepOf(row)] ?? 0) + 1;
    });
    // From here on, `byAge` holds for each step the number of older ones.
    let older = 0;
    for (let step = byAge.length - 1; step >= 0; step--) {
      const here = byAge[step] ?? 0;
      byAge[step] = older;
      older += here;
    }
    let [first, secondIsOlder] = [0, 0];
    this.#eachPort(tuple, (port, row) => {
      if (halves.halfOf(port) === 1 || sockets.state[row] !== TIME_WAIT) return;
      first++;
      secondIsOlder += byAge[stepOf(row)] ?? 0;
    });
    return { first, second: older, secondIsOlder };
  }

  #steps(tuple: number): PortSteps {
    const distinct: number[] = [];
    this.#eachPort(tuple, (_, row) => distinct.push(row));
    return portSteps(this.#rows.sockets, distinct, this.#rows.halves);
  }

  #hasNoPort(tuple: number): boolean {
    const { sockets, tuples } = this.#rows;
    return tuples.rowsOf(tuple).some((row) => sockets.bindAddressNoPort[row] === 1);
  }

  #reusableFirst(tuple: number): number {
    const { sockets, halves, reusableFrom } = this.#rows;
    const fromMs = reusableFrom(tuple);
    let count = 0;
    this.#eachPort(tuple, (port, row) => {
      if (halves.halfOf(port) === 1 || sockets.state[row] !== TIME_WAIT) return;
      if (this.#ageMs(row) > fromMs) count++;
    });
    return count;
  }

  #ageMs(row: number): number {
    return timeWaitAgeMs(this.#rows.sockets.timerMs[row] ?? 0, this.#rows.timeWaitSeconds);
  }
}

const STEP_MS = 100;

/** The ports of the second half from the lowest to the highest. */
interface Extent {
  low: number;
  high: number;
  count: number;
}

const noExtent = (): Extent => ({ low: 65535, high: 0, count: 0 });

function widen(extent: Extent, port: number): void {
  extent.low = Math.min(extent.low, port);
  extent.high = Math.max(extent.high, port);
  extent.count++;
}
