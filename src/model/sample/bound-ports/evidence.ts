import { timeWaitAgeMs } from '../time-wait.ts';
import type { CloseOrder, LateCloses } from './likelihood.ts';
import { closeOrder } from './close-order.ts';
import type { Block } from './blocks.ts';
import { once } from '../once.ts';
import { LIVE, portsOf, rowsOf } from '../tuple-rows.ts';
import { NO_PART, type PortHalves } from './port-halves.ts';
import { type PortSteps, portSteps } from './port-steps.ts';
import type { HalvesOfTuples, Rows } from './rows.ts';
import { type Extent, countSecondHalf, emptyParts } from './second-half.ts';
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
  readonly order: () => CloseOrder;
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
  readonly #parts = emptyParts();
  /** TIME_WAIT of each half by age, in steps of STEP_MS. */
  readonly #byAge: readonly [Uint32Array, Uint32Array];

  constructor(rows: Rows, counts: HalvesOfTuples) {
    this.#rows = rows;
    this.#counts = counts;
    this.tally = new SourceTally(rows.tuples, rows.halves);
    const steps = Math.ceil((rows.timeWaitSeconds * 1000) / STEP_MS) + 2;
    this.#byAge = [new Uint32Array(steps), new Uint32Array(steps)];
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
    const second = countSecondHalf(this.#rows, this.tally, tuple, this.#parts);
    // Neither connect() nor bind() of port 0 gives a reserved port: this one was not reserved, and tells of its choice.
    const halves = this.#hasReserved(tuple) ? this.#rows.unreserved() : this.#rows.halves;
    const { low, high, count } =
      halves === this.#rows.halves ? second.extent : this.#extent(tuple, halves);
    const first = this.#counts.first[tuple] ?? 0;
    // The tally goes on to other sources.
    const [takenOfFirst] = this.tally.taken;
    // A block may begin and end with either parity.
    const usableFirst = halves.usable(0, Math.max(0, low - 1), Math.min(65535, high + 1));
    // Within the whole range all of them have been counted.
    const isWhole = halves === this.#rows.halves && usableFirst === halves.usable(0);
    const block = {
      second: count,
      first: isWhole ? first : this.#firstWithin(tuple, halves, low, high),
      usableSecond: halves.usable(1, low, high),
      usableFirst,
    };
    return {
      tuple,
      first,
      second: second.count,
      shared: second.shared,
      live: second.count - second.closes,
      noPort: second.noPort,
      expectedShared: this.tally.expectedShared(this.#parts.asked, this.#parts.besides),
      evenlyShared:
        (second.count * (secondOfSource - second.count - second.noPort)) / halves.usable(1),
      closes: {
        count: second.closes,
        youngestMs: second.closes === 0 ? Infinity : this.#ageMs(second.mostLeftMs),
        oldestMs: second.closes === 0 ? 0 : this.#ageMs(second.leastLeftMs),
      },
      order: once(() => this.#closeOrder(tuple)),
      steps: once(() => this.#steps(tuple, takenOfFirst)),
      hasNoPort: once(() => this.#hasNoPort(tuple)),
      reusableFirst: once(() => this.#reusableFirst(tuple)),
      low,
      high,
      block,
      usableBelow: halves.usable(1, 0, low - 1),
    };
  }

  #hasReserved(tuple: number): boolean {
    const { tuples, halves } = this.#rows;
    return halves.hasReserved && portsOf(tuples, tuple).some((port) => halves.isReserved(port));
  }

  #extent(tuple: number, halves: PortHalves): Extent {
    const extent = { low: 65535, high: 0, count: 0 };
    for (const port of portsOf(this.#rows.tuples, tuple)) {
      if (!halves.isUsable(port) || halves.halfOf(port) === 0) continue;
      extent.low = Math.min(extent.low, port);
      extent.high = Math.max(extent.high, port);
      extent.count++;
    }
    return extent;
  }

  #firstWithin(tuple: number, halves: PortHalves, low: number, high: number): number {
    const bits = this.#rows.tuples.bitsOf(tuple);
    if (bits !== undefined) return halves.countIn(bits, 0, { low: low - 1, high: high + 1 });
    const { partOf } = halves;
    const { localPort } = this.#rows.tuples;
    let count = 0;
    const { from, end } = halves.rowsIn(this.#rows.tuples, tuple, 0);
    for (let at = from; at < end; at++) {
      const port = localPort[at] ?? 0;
      if (port >= low - 1 && port <= high + 1 && partOf[port] !== NO_PART) count++;
    }
    return count;
  }

  #closeOrder(tuple: number): CloseOrder {
    const [ofFirst, ofSecond] = this.#byAge;
    this.#addAges(tuple, 0, ofFirst.fill(0));
    this.#addAges(tuple, 1, ofSecond.fill(0));
    return closeOrder(ofFirst, ofSecond, STEP_MS);
  }

  /** Counts a half's TIME_WAIT by age in steps. */
  #addAges(tuple: number, half: 0 | 1, byAge: Uint32Array): void {
    const { partOf } = this.#rows.halves;
    const { localPort, timeWaitLeftMs } = this.#rows.tuples;
    const { from, end } = this.#rows.halves.rowsIn(this.#rows.tuples, tuple, half);
    const isAllUsable = this.#counts[half === 0 ? 'first' : 'second'][tuple] === end - from;
    const others = byAge.length - 1;
    const lengthMs = 1000 * this.#rows.timeWaitSeconds;
    for (let at = from; at < end; at++) {
      const leftMs = timeWaitLeftMs[at] ?? LIVE;
      const isUsable = isAllUsable || partOf[localPort[at] ?? 0] !== NO_PART;
      const ageMs = leftMs < lengthMs ? (lengthMs - leftMs) >>> 0 : 0;
      // Others go where nobody asks.
      const step = isUsable && leftMs !== LIVE ? (ageMs / STEP_MS) >>> 0 : others;
      byAge[step] = (byAge[step] ?? 0) + 1;
    }
    byAge[others] = 0;
  }

  #steps(tuple: number, takenOfFirst: number): PortSteps {
    const { sockets, tuples, halves } = this.#rows;
    const { rows, localPort, timeWaitLeftMs } = tuples;
    const usableRows = (isLiveOnly: boolean) => {
      const found: number[] = [];
      const [from, end] = [tuples.starts[tuple] ?? 0, tuples.starts[tuple + 1] ?? 0];
      // In a moment where there are thousands, and none is live.
      if (isLiveOnly && !timeWaitLeftMs.subarray(from, end).includes(LIVE)) return found;
      for (let at = from; at < end; at++) {
        if (isLiveOnly && timeWaitLeftMs[at] !== LIVE) continue;
        if (halves.partOf[localPort[at] ?? 0] !== NO_PART) found.push(rows[at] ?? 0);
      }
      return found;
    };
    const distinct = { all: once(() => usableRows(false)), live: once(() => usableRows(true)) };
    return portSteps(sockets, distinct, halves, takenOfFirst);
  }

  #hasNoPort(tuple: number): boolean {
    const { sockets, tuples } = this.#rows;
    return rowsOf(tuples, tuple).some((row) => sockets.bindAddressNoPort[row] === 1);
  }

  #reusableFirst(tuple: number): number {
    const { tuples, halves, reusableFrom } = this.#rows;
    const fromMs = reusableFrom(tuple);
    if (fromMs === Infinity) return 0;
    const { from, end } = halves.rowsIn(tuples, tuple, 0);
    let count = 0;
    for (let at = from; at < end; at++) {
      const leftMs = tuples.timeWaitLeftMs[at] ?? LIVE;
      const isUsable = halves.partOf[tuples.localPort[at] ?? 0] !== NO_PART;
      count += isUsable && leftMs !== LIVE && this.#ageMs(leftMs) > fromMs ? 1 : 0;
    }
    return count;
  }

  #ageMs(leftMs: number): number {
    return timeWaitAgeMs(leftMs, this.#rows.timeWaitSeconds);
  }
}

const STEP_MS = 10;
