import type { PortRange } from '../../../kernel/port-range.ts';
import type { SocketTable } from '../../../kernel/socket-table.ts';
import { endpointKey } from '../listeners.ts';
import { once } from '../once.ts';
import { portsOf, rowOf, sizeOf, type TupleRows } from '../tuple-rows.ts';
import { isMostlyFree, isSharedByNumber, isSimilarCount, isUsedUp } from './likelihood.ts';
import { NO_PART, PARTS, type PortHalves } from './port-halves.ts';

/*
 * Ports of the first half that a program numbers look like connect()'s, but for this: with SO_REUSEADDR it uses the same ones
 * for several destinations, where connect() begins elsewhere for each (secure_ipv4_port_ephemeral). bind() has taken these
 * ports, so that they are lost to every other destination.
 */

/** Fewer ports may be the same by chance in a small range. */
const FEWEST = 10;

/** So many of the groups are compared, the largest first. */
const MOST_GROUPS = 1000;

/** So many ports are compared before all of them are, with so many groups that are next by size. */
const SAMPLED = 8;
const NEXT = 8;

/** What the search looks at. */
interface Tuples {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly halves: PortHalves;
  /** Narrower ranges of before: connect() may have taken all their ports for several destinations. */
  readonly formerRanges: readonly PortRange[];
}

/** The tuples that have nearly the same ports of the first half as another one of their source address, beyond chance. */
export function numberedTogether(search: Tuples): Set<number> {
  const found = new Set<number>();
  const areNumbered = comparison(search);
  for (const tuples of bySource(search)) {
    for (const [index, tuple] of tuples.entries()) {
      for (const next of tuples.slice(index + 1, index + 1 + NEXT)) {
        if (!isSimilarCount(sizeOf(search.tuples, tuple), sizeOf(search.tuples, next))) break;
        // There may be hundreds of the same: each is compared until it is found.
        if (found.has(tuple) && found.has(next)) continue;
        if (!areNumbered(tuple, next)) continue;
        found.add(tuple);
        found.add(next);
      }
    }
  }
  return found;
}

/** Tuples by source address that have enough ports and are not most of the half, largest first. */
function bySource({ sockets, tuples, halves }: Tuples): Iterable<number[]> {
  const most = halves.usable(0);
  const numbers = Array.from({ length: tuples.count }, (_, tuple) => tuple)
    .filter((tuple) => sizeOf(tuples, tuple) >= FEWEST && sizeOf(tuples, tuple) <= most)
    .toSorted((a, b) => sizeOf(tuples, b) - sizeOf(tuples, a))
    .slice(0, MOST_GROUPS);
  return Map.groupBy(numbers, (tuple) => {
    const row = rowOf(tuples, tuple);
    return endpointKey(sockets.familyOf(row), sockets.localAddressOf(row), 0);
  }).values();
}

/** Tells of two tuples whether they have the same ports of the first half beyond chance. What all pairs need is computed once. */
function comparison(search: Tuples): (one: number, other: number) => boolean {
  const { tuples, halves, formerRanges } = search;
  const half = once(() => takenOf(search));
  const { partOf } = halves;
  /** The last tuple that was marked on each of its ports of the first half, and how many those are. */
  const markOf = once(() => new Int32Array(65536).fill(-1));
  let [marked, mine, low, high] = [-1, 0, 65535, 0];
  const mark = (tuple: number) => {
    const marks = markOf();
    [marked, mine, low, high] = [tuple, 0, 65535, 0];
    for (const port of portsOf(tuples, tuple)) {
      if ((partOf[port] ?? NO_PART) >= PARTS) continue;
      marks[port] = tuple;
      mine++;
      if (port < low) low = port;
      if (port > high) high = port;
    }
  };
  return (one, other) => {
    const others = portsOf(tuples, other);
    if (!haveSame(portsOf(tuples, one), others)) return false;
    if (marked !== one) mark(one);
    const marks = markOf();
    let [theirs, shared] = [0, 0];
    for (let at = 0; at < others.length; at++) {
      const port = others[at] ?? 0;
      if ((partOf[port] ?? NO_PART) >= PARTS) continue;
      theirs++;
      if (marks[port] === one) shared++;
    }
    if (formerRanges.some((range) => range.low <= low && high <= range.high)) return false;
    const own = mine + theirs - shared;
    const { usable, free, mayBeBound } = half();
    // Where others are bound, connect() goes on to the next that is free from wherever it begins: it takes the same few.
    if (mayBeBound && !isMostlyFree(own, own + free)) return false;
    const open = mayBeBound ? own + free : usable;
    const areSame = (count: number, ofOther: number, both: number) =>
      count >= FEWEST && isSharedByNumber(count, both, (count * ofOther) / open);
    // Of most of the half, those that both leave free tell.
    return areSame(mine, theirs, shared) || areSame(open - mine, open - theirs, open - own);
  };
}

/** True if some of a tuple's ports, taken here and there, are nearly all another's too. */
function haveSame(ports: Readonly<Uint16Array>, others: Readonly<Uint16Array>): boolean {
  const step = Math.max(1, Math.floor(ports.length / SAMPLED));
  let missing = 0;
  for (let at = 0; at < ports.length && missing < 2; at += step)
    if (!others.includes(ports[at] ?? 0)) missing++;
  return missing < 2;
}

/** What there is of the first half: its usable ports, those that nobody has, and whether some may be bound. */
function takenOf({ tuples, halves }: Tuples) {
  const usable = halves.usable(0);
  let [free, taken, takenLow] = [0, 0, 0];
  for (let port = 0; port < 65536; port++) {
    if (!halves.isUsable(port)) continue;
    const isTaken = tuples.isTaken[port] === 1;
    if (halves.halfOf(port) === 0) free += isTaken ? 0 : 1;
    else if (isTaken) {
      taken++;
      if (port < halves.middle) takenLow++;
    }
  }
  // bind() of port 0 goes on to the first half only once it has used up the second, or with SO_REUSEADDR that of the lower part.
  const usableLow = halves.usable(1, 0, halves.middle - 1);
  const mayBeBound = isUsedUp(taken, halves.usable(1)) || isUsedUp(takenLow, usableLow);
  return { usable, free, mayBeBound };
}
