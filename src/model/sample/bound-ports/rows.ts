import type { SocketTable } from '../../../kernel/socket-table.ts';
import { endpointKey } from '../listeners.ts';
import { rowOf, type RowSpan, type TupleRows } from '../tuple-rows.ts';
import { NO_PART, type PortHalves } from './port-halves.ts';

/**
 * Marks of `KnownBound`: the port was surely bound at an earlier look. Young: and was closed lately; whoever begins to connect
 * without bind() is not seen at once.
 */
export const KNOWN = 1;
export const KNOWN_YOUNG = 2;

/** Sockets whose ports were surely bound at an earlier look, and what was seen of their groups. */
export interface KnownBound {
  /** KNOWN, KNOWN_YOUNG or 0 by row; empty: none is known. */
  readonly marks: Uint8Array;
  /** The tuples of those rows. */
  readonly tuples: ReadonlySet<number>;
  /** Tuples that took ports of the first half without bind() within the length of TIME_WAIT. */
  readonly connecting: ReadonlySet<number>;
  /** Tuples of which live ports spoke for bind() within that time. */
  readonly backed: ReadonlySet<number>;
}

export const NONE_KNOWN: KnownBound = {
  marks: new Uint8Array(),
  tuples: new Set(),
  connecting: new Set(),
  backed: new Set(),
};

/** What the search for bound ports looks at. */
export interface Rows {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly halves: PortHalves;
  /** The halves as they are without reserved ports. */
  readonly unreserved: () => PortHalves;
  /** How long TIME_WAIT lasts. */
  readonly timeWaitSeconds: number;
  /** Age in ms above which connect() takes over a tuple's TIME_WAIT. */
  readonly reusableFrom: (tuple: number) => number;
  /** What earlier looks knew to be bound. */
  readonly knownBound: KnownBound;
}

/** Number of ports per tuple, by half. */
export interface HalvesOfTuples {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
}

/** Counts each tuple's ports by half. */
export function countHalves({ tuples, halves }: Rows): HalvesOfTuples {
  const first = new Uint32Array(tuples.count);
  const second = new Uint32Array(tuples.count);
  const { localPort } = tuples;
  const { partOf } = halves;
  const countUsable = ({ from, end }: RowSpan) => {
    let count = 0;
    for (let at = from; at < end; at++) count += partOf[localPort[at] ?? 0] === NO_PART ? 0 : 1;
    return count;
  };
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const bits = tuples.bitsOf(tuple);
    const countIn = (half: 0 | 1) =>
      bits === undefined
        ? countUsable(halves.rowsIn(tuples, tuple, half))
        : halves.countIn(bits, half);
    first[tuple] = countIn(0);
    second[tuple] = countIn(1);
  }
  return { first, second };
}

/** The tuples of each source address that uses ports of the second half, or is known to have bound some. */
export function sourcesWithSecond(rows: Rows, { second }: HalvesOfTuples): number[][] {
  const { sockets, tuples, knownBound } = rows;
  const bySource = new Map<number, number[]>();
  const keyOf = (tuple: number) => {
    const row = rowOf(tuples, tuple);
    return endpointKey(sockets.familyOf(row), sockets.localAddressOf(row), 0);
  };
  for (let tuple = 0; tuple < tuples.count; tuple++)
    if ((second[tuple] ?? 0) > 0 || knownBound.tuples.has(tuple)) bySource.set(keyOf(tuple), []);
  if (bySource.size === 0) return [];
  for (let tuple = 0; tuple < tuples.count; tuple++) bySource.get(keyOf(tuple))?.push(tuple);
  return [...bySource.values()];
}
