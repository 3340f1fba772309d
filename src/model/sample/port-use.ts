import { type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { type BoundPorts, SURELY_BOUND } from './bound-ports/findings.ts';
import { keptByMap } from './kept-by-map.ts';
import { type PortMap, RESERVED } from './port-space.ts';

/** What a port of the range is to one group, unless it is free. */
export const TAKEN_USES = ['live', 'timeWait', 'reusable', 'reserved', 'held'] as const;

export type TakenUse = (typeof TAKEN_USES)[number];

/** `reusable`: in TIME_WAIT, and connect() can take it over. `held`: a bind() owns it. */
export type PortUseName = TakenUse | 'free';

/** Number of ports of each use, in a part of the range. */
export type UseCounts = Readonly<Record<PortUseName, number>>;

/**
 * What the ports of the range are to one group, slice by slice. Each of the two halves that connect() searches (ports
 * of the first port's parity, then the others) has the same number of slices, at most 256.
 */
export interface PortUse {
  /** Number of slices per half. */
  readonly slices: number;
  /** Number of ports by half, slice and use (in the order of TAKEN_USES); at most 128, as a half has at most 32,768. */
  readonly counts: Uint8Array;
}

export const MOST_SLICES = 256;
const USES = TAKEN_USES.length;
/** Each use's index in TAKEN_USES. */
export const USE_INDEX = {
  live: 0,
  timeWait: 1,
  reusable: 2,
  reserved: 3,
  held: 4,
} as const satisfies Readonly<Record<TakenUse, number>>;
export type UseIndex = (typeof USE_INDEX)[TakenUse];

/** The length of `PortUse.counts`. */
export function portUseBytes(slices: number): number {
  return 2 * slices * USES;
}

const firstHalfSize = (range: PortRange) => Math.ceil(portRangeSize(range) / 2);

/** Number of ports of a half (0: the first) in the slices before this one. */
function portsBefore(slice: number, slices: number, half: 0 | 1, range: PortRange): number {
  const size = half === 0 ? firstHalfSize(range) : Math.floor(portRangeSize(range) / 2);
  return Math.min(size, Math.ceil((slice * firstHalfSize(range)) / slices));
}

/** The use of one part of a half of the range. */
export interface UsedPart {
  /** First and last port, both of the half's parity. */
  readonly low: number;
  readonly high: number;
  readonly counts: UseCounts;
}

/**
 * The use of one half (0: the one that connect() takes first) in at most `mostParts` parts, ascending. Parts consist
 * of whole slices, so the last one may be smaller. Parts without ports are left out.
 */
export function partsOfHalf(
  { slices, counts }: PortUse,
  range: PortRange,
  half: 0 | 1,
  mostParts: number,
): UsedPart[] {
  const perPart = Math.ceil(slices / Math.max(1, mostParts));
  const parts: UsedPart[] = [];
  for (let from = 0; from < slices; from += perPart) {
    const to = Math.min(slices, from + perPart);
    const taken = { live: 0, timeWait: 0, reusable: 0, reserved: 0, held: 0 };
    for (let slice = from; slice < to; slice++) {
      const at = (half * slices + slice) * USES;
      TAKEN_USES.forEach((use, index) => (taken[use] += counts[at + index] ?? 0));
    }
    const first = portsBefore(from, slices, half, range);
    const end = portsBefore(to, slices, half, range);
    if (end === first) continue;
    const free = end - first - TAKEN_USES.reduce((sum, use) => sum + taken[use], 0);
    const port = (index: number) => range.low + half + 2 * index;
    parts.push({ low: port(first), high: port(end - 1), counts: { ...taken, free } });
  }
  return parts;
}

/** What is the same for all groups. */
interface Slices {
  readonly slices: number;
  /** Where the counts of a port's slice begin. */
  readonly offsetOf: Uint16Array;
  /** The counts of ports that no group has. */
  readonly counts: Uint8Array;
}

const slicesOf = keptByMap((range, portMap): Slices => {
  const half = firstHalfSize(range);
  const slices = Math.min(MOST_SLICES, half);
  const offsetOf = new Uint16Array(65536);
  const counts = new Uint8Array(portUseBytes(slices));
  for (let port = range.low; port <= range.high; port++) {
    const index = port - range.low;
    const slice = Math.floor(((index >> 1) * slices) / half);
    const offset = ((index & 1) * slices + slice) * USES;
    offsetOf[port] = offset;
    const mark = portMap[port] ?? 0;
    if (mark === 0) continue;
    const at = offset + ((mark & RESERVED) === 0 ? USE_INDEX.held : USE_INDEX.reserved);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { slices, offsetOf, counts };
});

/** Counts the use of ports for one group after the other. */
export class PortUseCounter {
  readonly #range: PortRange;
  readonly #slices: Slices;
  /** Where the counts of a port's slice begin. */
  readonly offsetOf: Uint16Array;
  /** Ports of the range that are surely taken by bind() before connect(). */
  readonly #bound: number[] = [];
  /** The counts of this group. */
  counts: Uint8Array;

  constructor(range: PortRange, portMap: PortMap, { marks, certain }: BoundPorts) {
    this.#range = range;
    this.#slices = slicesOf(range, portMap);
    this.offsetOf = this.#slices.offsetOf;
    this.counts = this.#slices.counts.slice();
    if (certain.first + certain.second === 0) return;
    for (let port = range.low; port <= range.high; port++)
      if (marks[port] === SURELY_BOUND) this.#bound.push(port);
  }

  /** Starts a group: forgets the ports of the previous one. */
  begin(): void {
    this.counts = this.#slices.counts.slice();
  }

  /** Counts one port of the range that the port map leaves to connect(). */
  add(port: number, use: UseIndex): void {
    const at = (this.offsetOf[port] ?? 0) + use;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  /** Visits the slices of the ports that are even (0) or odd (1): where the counts of each begin, and its first and last port. */
  eachSlice(parity: number, visit: (offset: number, ports: PortRange) => void): void {
    const { slices } = this.#slices;
    const half = (this.#range.low & 1) === parity ? 0 : 1;
    const portAt = (index: number) => this.#range.low + half + 2 * index;
    for (let slice = 0; slice < slices; slice++) {
      const first = portsBefore(slice, slices, half, this.#range);
      const end = portsBefore(slice + 1, slices, half, this.#range);
      if (first < end)
        visit((half * slices + slice) * USES, { low: portAt(first), high: portAt(end - 1) });
    }
  }

  /** Ends a group: adds the bound ports that are not its own as `held`, and returns the counts. */
  finish(ownPorts: Iterable<number>): PortUse {
    if (this.#bound.length > 0) {
      const own = new Set(ownPorts);
      for (const port of this.#bound) if (!own.has(port)) this.add(port, USE_INDEX.held);
    }
    return { slices: this.#slices.slices, counts: this.counts };
  }
}
