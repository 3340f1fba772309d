import type { SocketTable } from '../../../kernel/socket-table.ts';
import { endpointKey } from '../listeners.ts';
import { rowOf, type TupleRows } from '../tuple-rows.ts';
import { NO_PART, PARTS, type PortHalves } from './port-halves.ts';

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
  const { starts, localPort } = tuples;
  const { partOf } = halves;
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const end = starts[tuple + 1] ?? 0;
    let [ofFirst, ofSecond] = [0, 0];
    for (let at = starts[tuple] ?? 0; at < end; at++) {
      const part = partOf[localPort[at] ?? 0] ?? NO_PART;
      if (part < PARTS) ofFirst++;
      else if (part !== NO_PART) ofSecond++;
    }
    first[tuple] = ofFirst;
    second[tuple] = ofSecond;
  }
  return { first, second };
}

/** The tuples of each source address that uses ports of the second half. */
export function sourcesWithSecond(rows: Rows, { second }: HalvesOfTuples): number[][] {
  const { sockets, tuples } = rows;
  const bySource = new Map<number, number[]>();
  const keyOf = (tuple: number) => {
    const row = rowOf(tuples, tuple);
    return endpointKey(sockets.family[row] ?? 4, sockets.localAddress[row] ?? 0, 0);
  };
  for (let tuple = 0; tuple < tuples.count; tuple++)
    if ((second[tuple] ?? 0) > 0) bySource.set(keyOf(tuple), []);
  if (bySource.size === 0) return [];
  for (let tuple = 0; tuple < tuples.count; tuple++) bySource.get(keyOf(tuple))?.push(tuple);
  return [...bySource.values()];
}
