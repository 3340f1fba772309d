import { type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { type BoundPorts, SURELY_BOUND } from './bound-ports/findings.ts';
import { type PortMap, RESERVED } from './port-space.ts';

/** What a port of the range can be to one group, besides free. */
export const TAKEN_USES = ['live', 'timeWait', 'reusable', 'reserved', 'held'] as const;

export type TakenUse = (typeof TAKEN_USES)[number];

/** `reusable`: in TIME_WAIT, and connect() would take it over. `held`: some bind() owns it. */
export type PortUseName = TakenUse | 'free';

/** How many ports of a part of the range are of each use. */
export type UseCounts = Readonly<Record<PortUseName, number>>;

/**
 * What the ports of the range are to one group, slice by slice. The two halves that connect() searches (ports
 * of the first port's parity, and the others) are cut alike, into at most 256 slices each.
 */
export interface PortUse {
  /** Slices of each half. */
  readonly slices: number;
  /** For each half, slice and TAKEN_USES the ports of it: at most 128, as a half has 32,768 at most. */
  readonly counts: Uint8Array;
}

export const MOST_SLICES = 256;
const USES = TAKEN_USES.length;

/** The length of `PortUse.counts`. */
export function portUseBytes(slices: number): number {
  return 2 * slices * USES;
}

const firstHalfSize = (range: PortRange) => Math.ceil(portRangeSize(range) / 2);

/** Ports of a half (0: the first) that slices up to this one, not included, have. */
function portsBefore(slice: number, slices: number, half: 0 | 1, range: PortRange): number {
  const size = half === 0 ? firstHalfSize(range) : Math.floor(portRangeSize(range) / 2);
  return Math.min(size, Math.ceil((slice * firstHalfSize(range)) / slices));
}

/** The use of one part of a half of the range. */
export interface UsedPart {
  /** First and last port that it has, both of the half's parity. */
  readonly low: number;
  readonly high: number;
  readonly counts: UseCounts;
}

/**
 * One half (0: the one that connect() takes first) in so many parts of the range at most, ascending. Slices are
 * put together, never cut, so that the last part may be smaller. A part without ports is left out.
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

/** Counts what the ports are to one group after the other. */
export class PortUseCounter {
  readonly #slices: number;
  /** Where the counts of a port's slice begin. */
  readonly #offsetOf = new Uint16Array(65536);
  /** What is the same for all groups. */
  readonly #common: Uint8Array;
  /** Ports of the range that some bind() before connect() has taken. */
  readonly #bound: number[] = [];
  #counts: Uint8Array;

  constructor(range: PortRange, portMap: PortMap, bound: BoundPorts) {
    const half = firstHalfSize(range);
    this.#slices = Math.min(MOST_SLICES, half);
    this.#counts = new Uint8Array(portUseBytes(this.#slices));
    for (let port = range.low; port <= range.high; port++) {
      const index = port - range.low;
      const slice = Math.floor(((index >> 1) * this.#slices) / half);
      this.#offsetOf[port] = ((index & 1) * this.#slices + slice) * USES;
      const mark = portMap[port] ?? 0;
      if (mark !== 0) this.add(port, (mark & RESERVED) === 0 ? 'held' : 'reserved');
      if (bound.marks[port] === SURELY_BOUND) this.#bound.push(port);
    }
    this.#common = this.#counts;
    this.begin();
  }

  /** Forgets the ports of the group before. */
  begin(): void {
    this.#counts = this.#common.slice();
  }

  /** A port of the range that connect() could use is this to the group. */
  add(port: number, use: TakenUse): void {
    const at = (this.#offsetOf[port] ?? 0) + TAKEN_USES.indexOf(use);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** All that was added, and the ports that bind() before connect() keeps from the group: those that it has not itself. */
  finish(isOwn: (port: number) => boolean): PortUse {
    for (const port of this.#bound) if (!isOwn(port)) this.add(port, 'held');
    return { slices: this.#slices, counts: this.#counts };
  }
}
