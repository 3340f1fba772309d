import { type BoundPorts, portsInDoubt } from './bound-ports/findings.ts';
import { ANY_PORT, markedRuns } from './marked-runs.ts';
import { once } from './once.ts';
import { addPorts, PORT_WORDS, type PortBits } from './port-bits.ts';

/** Which ports are on a map, or seem to be bound: most are neither, and one look tells so. */
export interface UnusualPorts {
  /** Not 0 for each such port. */
  readonly marks: Uint8Array;
  /** The same as a set. Made on demand: only large tuples ask. */
  readonly bits: () => PortBits;
}

/** Those of the last maps, which are mostly the same from sample to sample. */
let known: { readonly maps: readonly Uint8Array[]; readonly ports: UnusualPorts } | undefined;

/** Kept, as there are several samples a second. */
const withBound = new Uint8Array(65536);

/**
 * Joins the maps with the bound ports. A map that was given before must not have been written to since; the
 * result is valid until the next call.
 */
export function findUnusual(maps: readonly Uint8Array[], bound: BoundPorts): UnusualPorts {
  if (known === undefined || !maps.every((map, index) => map === known?.maps[index]))
    known = { maps, ports: joined(new Uint8Array(65536), maps) };
  const { certain, possible } = bound;
  if (certain.first + certain.second + portsInDoubt(possible) === 0) return known.ports;
  return joined(withBound, [known.ports.marks, bound.marks]);
}

/** Joins maps in the place of what `marks` has. */
function joined(
  marks: Uint8Array,
  [first = marks, ...others]: readonly Uint8Array[],
): UnusualPorts {
  marks.set(first);
  for (const map of others)
    for (const { low, high } of markedRuns(map, ANY_PORT))
      for (let port = low; port <= high; port++)
        marks[port] = (marks[port] ?? 0) | (map[port] ?? 0);
  return { marks, bits: once(() => bitsOf(marks)) };
}

function bitsOf(marks: Uint8Array): PortBits {
  const bits = new Uint32Array(PORT_WORDS);
  for (const run of markedRuns(marks, ANY_PORT)) addPorts(bits, run);
  return bits;
}
