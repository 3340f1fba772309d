import { type BoundPorts, portsInDoubt } from './bound-ports/findings.ts';
import { bitOf, PORT_WORDS, type PortBits, wordOf } from './port-bits.ts';

/** Which ports are on a map, or seem to be bound: most are neither, and one look tells so. */
export interface UnusualPorts {
  /** Not 0 for each such port. */
  readonly marks: Uint8Array;
  /** The same as a set. */
  readonly bits: PortBits;
}

const emptyPorts = () => ({ marks: new Uint8Array(65536), bits: new Uint32Array(PORT_WORDS) });

/** Those of the last maps, which are mostly the same from sample to sample. */
let known: { readonly maps: readonly Uint8Array[]; readonly ports: UnusualPorts } | undefined;

/** Kept, as there are several samples a second. */
const withBound = emptyPorts();

/**
 * Joins the maps with the bound ports. A map that was given before must not have been written to since; the
 * result is valid until the next call.
 */
export function findUnusual(maps: readonly Uint8Array[], bound: BoundPorts): UnusualPorts {
  if (!maps.every((map, index) => map === known?.maps[index])) {
    const ports = emptyPorts();
    for (const map of maps) addMarks(ports, map);
    known = { maps, ports };
  }
  const ports = known?.ports ?? emptyPorts();
  const { certain, possible } = bound;
  if (certain.first + certain.second + portsInDoubt(possible) === 0) return ports;
  withBound.marks.set(ports.marks);
  withBound.bits.set(ports.bits);
  addMarks(withBound, bound.marks);
  return withBound;
}

function addMarks({ marks, bits }: UnusualPorts, more: Readonly<Uint8Array>): void {
  for (let port = 0; port < marks.length; port++) {
    const mark = more[port] ?? 0;
    if (mark === 0) continue;
    marks[port] = (marks[port] ?? 0) | mark;
    bits[wordOf(port)] = (bits[wordOf(port)] ?? 0) | bitOf(port);
  }
}
