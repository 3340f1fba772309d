import type { PortRange } from '../../../kernel/port-range.ts';
import { keptByMap } from '../kept-by-map.ts';
import {
  bitOf,
  commonExtent,
  countCommon,
  countCommonWithin,
  PORT_WORDS,
  type PortBits,
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
  /** Usable ports below each port, by half. */
  readonly #below = [new Uint32Array(65537), new Uint32Array(65537)] as const;
  /** Usable ports of each part: those of the first half, then those of the second. */
  readonly usableOfPart = new Uint32Array(2 * PARTS);
  /** Index into `usableOfPart` by port; below PARTS for a port of the first half, NO_PART for one that is not usable. */
  readonly partOf = new Uint8Array(65536).fill(NO_PART);
  /** The usable ports. */
  readonly usableBits: PortBits = new Uint32Array(PORT_WORDS);
  /** True if ports of the range are reserved that nobody holds. */
  readonly hasReserved: boolean;

  constructor(range: PortRange, portMap: PortMap) {
    this.#range = range;
    this.#portMap = portMap;
    this.firstParity = range.low & 1;
    this.isLopsided = isLopsided(range, portMap);
    this.hasReserved = portMap.includes(RESERVED);
    const size = range.high - range.low + 1;
    const counts: [number, number] = [0, 0];
    for (let port = 0; port < 65536; port++) {
      if (portMap[port] === 0) {
        const half = this.halfOf(port);
        counts[half]++;
        const part = half * PARTS + Math.floor(((port - range.low) * PARTS) / size);
        this.partOf[port] = part;
        this.usableBits[wordOf(port)] = (this.usableBits[wordOf(port)] ?? 0) | bitOf(port);
        this.usableOfPart[part] = (this.usableOfPart[part] ?? 0) + 1;
      }
      this.#below[0][port + 1] = counts[0];
      this.#below[1][port + 1] = counts[1];
    }
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

  #parityIn(half: 0 | 1): number {
    return half === 0 ? this.firstParity : 1 - this.firstParity;
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
    const { low } = this.#range;
    // The first port of a part, see `partOf`.
    const startOf = (part: number) => low + Math.ceil((part * this.size) / PARTS);
    for (let part = 0; part < PARTS; part++) {
      const within = { low: startOf(part), high: startOf(part + 1) - 1 };
      const at = half * PARTS + part;
      inPart[at] = (inPart[at] ?? 0) + this.countIn(bits, half, within);
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
    const below = this.#below[half];
    return (below[high + 1] ?? 0) - (below[low] ?? 0);
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
