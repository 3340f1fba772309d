import type { PortRange } from '../../../kernel/port-range.ts';
import type { SocketTable } from '../../../kernel/socket-table.ts';
import { endpointKey } from '../listeners.ts';
import { portsOf, rowOf, sizeOf, type TupleRows } from '../tuple-rows.ts';
import { isMostlyFree, isSharedByNumber, isSimilarCount, isUsedUp } from './likelihood.ts';
import type { PortHalves } from './port-halves.ts';

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
  for (const tuples of bySource(search)) {
    for (const [index, tuple] of tuples.entries()) {
      for (const next of tuples.slice(index + 1, index + 1 + NEXT)) {
        if (!isSimilarCount(sizeOf(search.tuples, tuple), sizeOf(search.tuples, next))) break;
        if (!hasSamePorts(tuple, next, search)) continue;
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
    return endpointKey(sockets.family[row] ?? 4, sockets.localAddress[row] ?? 0, 0);
  }).values();
}

function hasSamePorts(one: number, other: number, search: Tuples): boolean {
  const { tuples, halves, formerRanges } = search;
  const [ports, otherPorts] = [portsOf(tuples, one), portsOf(tuples, other)];
  const step = Math.max(1, Math.floor(ports.length / SAMPLED));
  let missing = 0;
  for (let at = 0; at < ports.length && missing < 2; at += step)
    if (!otherPorts.includes(ports[at] ?? 0)) missing++;
  if (missing > 1) return false;
  const isOfFirst = (port: number) => halves.isUsable(port) && halves.halfOf(port) === 0;
  const theirs = new Set(otherPorts.filter(isOfFirst));
  const mine = ports.filter(isOfFirst);
  const shared = mine.filter((port) => theirs.has(port)).length;
  const [low, high] = [Math.min(...mine), Math.max(...mine)];
  const wasNarrower = formerRanges.some((range) => range.low <= low && high <= range.high);
  if (wasNarrower) return false;
  const usable = openTo(new Set([...mine, ...theirs]), search);
  if (usable === undefined) return false;
  const areSame = (count: number, others: number, both: number) =>
    count >= FEWEST && isSharedByNumber(count, both, (count * others) / usable);
  // Of most of the half, those that both leave free tell.
  const left = usable - mine.length - theirs.size + shared;
  return (
    areSame(mine.length, theirs.size, shared) ||
    areSame(usable - mine.length, usable - theirs.size, left)
  );
}

/**
 * How many ports of the first half two groups may have taken by connect(), which have these; undefined: so few that it takes the
 * same ones, since others are bound: from wherever it begins it goes on to the next that is free.
 */
function openTo(own: ReadonlySet<number>, { tuples, halves }: Tuples): number | undefined {
  const usable = halves.usable(0);
  let open = own.size;
  let [taken, takenLow] = [0, 0];
  for (let port = 0; port < 65536; port++) {
    if (!halves.isUsable(port)) continue;
    if (halves.halfOf(port) === 0) open += tuples.isTaken[port] === 0 ? 1 : 0;
    else if (tuples.isTaken[port] === 1) {
      taken++;
      if (port < halves.middle) takenLow++;
    }
  }
  // bind() of port 0 goes on to the first half only once it has used up the second, or with SO_REUSEADDR that of the lower part.
  const isAnyBound =
    isUsedUp(taken, halves.usable(1)) || isUsedUp(takenLow, halves.usable(1, 0, halves.middle - 1));
  if (!isAnyBound) return usable;
  return isMostlyFree(own.size, open) ? open : undefined;
}
