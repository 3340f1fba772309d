import type { PortRange } from '../../../kernel/port-range.ts';
import { keptByMap } from '../kept-by-map.ts';
import { markedRuns } from '../marked-runs.ts';
import {
  addPorts,
  bitOf,
  commonExtent,
  countCommon,
  countCommonWithin,
  PORT_WORDS,
  type PortBits,
  PortRanks,
  type WordSpan,
  wordOf,
  wordsOfParity,
} from '../port-bits.ts';
import { rowsOfParity, type RowSpan, type TupleRows } from '../tuple-rows.ts';
import { countByParity, type PortMap, RESERVED } from '../port-space.ts';

/** Number of parts per half. A search is assumed to take each port of a part with equal probability. */
export const PARTS = 64;

/** `PortHalves.partOf` of a port that is not usable. */
export const NO_PART = 255;

/** With less than this share of the other half's usable ports, a half is too small for parity to tell anything. */
const LOPSIDED_SHARE = 0.1;
/** In smaller ranges a port more or less is much. */
const FEWEST = 16;

/** True if one half is reserved or held nearly whole, so that connect() and bind() take the same ports. */
function isLopsided(range: PortRange, portMap: PortMap): boolean {
  const { first, second } = countByParity(range, portMap);
  const most = Math.max(first, second);
  return most >= FEWEST && Math.min(first, second) < LOPSIDED_SHARE * most;
}

/** The halves of a range. */
export const portHalves = keptByMap((range, portMap) => new PortHalves(range, portMap));

/**
 * Locates the usable ports of a range by half (0: the one connect() takes first) and by part. Where the range is
 * lopsided, all its ports are of half 1.
 */
export class PortHalves {
  readonly firstParity: number;
  readonly isLopsided: boolean;
  readonly #range: PortRange;
  readonly #portMap: PortMap;
  /** Usable ports of each part: those of the first half, then those of the second. */
  readonly usableOfPart = new Uint32Array(2 * PARTS);
  /** Index into `usableOfPart` by port; below PARTS for a port of the first half, NO_PART for one that is not usable. */
  readonly partOf = new Uint8Array(65536).fill(NO_PART);
  /** The usable ports. */
  readonly usableBits: PortBits = new Uint32Array(PORT_WORDS);
  readonly #ranks: PortRanks;
  /** True if ports of the range are reserved that nobody holds. */
  readonly hasReserved: boolean;

  constructor(range: PortRange, portMap: PortMap) {
    this.#range = range;
    this.#portMap = portMap;
    this.firstParity = range.low & 1;
    this.isLopsided = isLopsided(range, portMap);
    this.hasReserved = portMap.includes(RESERVED);
    addPorts(this.usableBits, range);
    this.#fillParts();
    for (const { low, high } of markedRuns(portMap, range))
      for (let port = low; port <= high; port++) this.#exclude(port);
    this.#ranks = new PortRanks(this.usableBits);
    for (let part = 0; part < 2 * PARTS; part++) {
      const { low, high } = this.#withinPart(part % PARTS);
      this.usableOfPart[part] = this.usable(part < PARTS ? 0 : 1, low, high);
    }
  }

  #exclude(port: number): void {
    this.partOf[port] = NO_PART;
    this.usableBits[wordOf(port)] = (this.usableBits[wordOf(port)] ?? 0) & ~bitOf(port);
  }

  /** As if all ports of the range were usable: an even port and the odd one behind it at a time. */
  #fillParts(): void {
    const ofEven = this.halfOf(0) * PARTS;
    const ofOdd = this.halfOf(1) * PARTS;
    const pairs = new Uint16Array(this.partOf.buffer);
    for (let part = 0; part < PARTS; part++) {
      const { low, high } = this.#withinPart(part);
      if (low > high) continue;
      const [pair = 0] = new Uint16Array(Uint8Array.of(ofEven + part, ofOdd + part).buffer);
      pairs.fill(pair, (low + 1) >> 1, (high + 1) >> 1);
      // The ends may belong to two parts' pairs.
      for (const end of [low, high]) this.partOf[end] = this.halfOf(end) * PARTS + part;
    }
  }

  /** The ports of a part, of both halves: none if there are fewer ports than parts. */
  #withinPart(part: number): PortRange {
    const startOf = (each: number) => this.#range.low + Math.ceil((each * this.size) / PARTS);
    return { low: startOf(part), high: startOf(part + 1) - 1 };
  }

  halfOf(port: number): 0 | 1 {
    return this.isLopsided ? 1 : this.parityOf(port);
  }

  /** 0 for a port of the first port's parity. */
  parityOf(port: number): 0 | 1 {
    return (port & 1) === this.firstParity ? 0 : 1;
  }

  /** Where the rows of a tuple that may have ports of a half lie in the columns. */
  rowsIn(tuples: TupleRows, tuple: number, half: 0 | 1): RowSpan {
    if (this.isLopsided) {
      const end = tuples.starts[tuple + 1] ?? 0;
      return { from: half === 0 ? end : (tuples.starts[tuple] ?? 0), end };
    }
    return rowsOfParity(tuples, tuple, this.#parityIn(half));
  }

  #parityIn(half: 0 | 1): 0 | 1 {
    return (this.firstParity ^ half) as 0 | 1;
  }

  /** The words of a half's ports. */
  wordsIn(half: 0 | 1): WordSpan {
    if (this.isLopsided) return { from: 0, end: half * PORT_WORDS };
    return wordsOfParity(this.#parityIn(half));
  }

  /** Number of usable ports of a set in a half; from `low` to `high`, or all. */
  countIn(bits: PortBits, half: 0 | 1, within?: PortRange): number {
    if (within === undefined) return countCommon(bits, this.usableBits, this.wordsIn(half));
    const countOf = (parity: number) => countCommonWithin(bits, this.usableBits, parity, within);
    if (!this.isLopsided) return countOf(this.#parityIn(half));
    return half === 0 ? 0 : countOf(0) + countOf(1);
  }

  /** Number of ports of a set in the second half that are among others. */
  countShared(bits: PortBits, others: PortBits): number {
    return countCommon(bits, others, this.wordsIn(1));
  }

  /** Adds the number of usable ports of a set in each part of a half. */
  addByPart(bits: PortBits, half: 0 | 1, inPart: Uint32Array): void {
    for (let part = 0; part < PARTS; part++) {
      const at = half * PARTS + part;
      inPart[at] = (inPart[at] ?? 0) + this.countIn(bits, half, this.#withinPart(part));
    }
  }

  /** The lowest and the highest usable port of a set in the second half. */
  extentOf(bits: PortBits): PortRange | undefined {
    const parities = this.isLopsided ? [0, 1] : [this.#parityIn(1)];
    const extents = parities.flatMap((parity) => commonExtent(bits, this.usableBits, parity) ?? []);
    if (extents.length === 0) return undefined;
    return {
      low: Math.min(...extents.map(({ low }) => low)),
      high: Math.max(...extents.map(({ high }) => high)),
    };
  }

  isUsable(port: number): boolean {
    return this.#portMap[port] === 0;
  }

  /** True for a reserved port of the range that nobody holds. */
  isReserved(port: number): boolean {
    return this.#portMap[port] === RESERVED;
  }

  /** Usable ports of a half from `low` to `high`; of the whole half by default. */
  usable(half: 0 | 1, low = 0, high = 65535): number {
    const countOf = (parity: 0 | 1) => this.#ranks.count(parity, { low, high });
    if (!this.isLopsided) return countOf(this.#parityIn(half));
    return half === 0 ? 0 : countOf(0) + countOf(1);
  }

  /** The port that lies so many usable ports away; the end of the range if there are fewer. */
  away(port: number, step: 1 | -1, usablePorts: number): number {
    const { low, high } = this.#range;
    let at = port;
    for (let left = usablePorts; left > 0 && at > low && at < high;) {
      at += step;
      if (this.isUsable(at)) left--;
    }
    return at;
  }

  /** Number of ports of the range, usable or not. */
  get size(): number {
    return this.#range.high - this.#range.low + 1;
  }

  /** Middle of the range. bind() of port 0 with SO_REUSEADDR searches both parities below it first. */
  get middle(): number {
    const { low, high } = this.#range;
    return low + (((high + 1 - low) >> 2) << 1);
  }
}
