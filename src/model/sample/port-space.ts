import { ParseError } from '../../kernel/parse-error.ts';
import {
  DEFAULT_EPHEMERAL_RANGE,
  parseEphemeralRange,
  parseReservedPorts,
  type PortRange,
  portRangeSize,
} from '../../kernel/port-range.ts';
import type { SysctlName, SysctlValues } from '../../kernel/sysctl.ts';

/** The ports that connect() may take, before any one destination is looked at. */
export interface PortSpace {
  readonly low: number;
  readonly high: number;
  /** Ports in the range. */
  readonly size: number;
  /** In ip_local_reserved_ports and in the range. */
  readonly reserved: number;
  /** In the range, not reserved, and owned by a bind(): no connect() gets them. */
  readonly held: number;
  /** size - reserved - held. */
  readonly usable: number;
}

/** The range and the reserved ports as the sysctls have them. */
export interface PortSettings {
  readonly range: PortRange;
  readonly reserved: readonly PortRange[];
  /** What could not be understood, and what is assumed instead; a sentence each. */
  readonly warnings: readonly string[];
}

/** Reads range and reserved ports; where the kernel does not tell its range, its default is assumed, with a warning. */
export function portSettings(sysctls: SysctlValues): PortSettings {
  const warnings: string[] = [];
  const { low, high } = DEFAULT_EPHEMERAL_RANGE;
  const parsed = <Value>(
    name: SysctlName,
    parse: (text: string, file: string) => Value,
    fallback: string,
  ): Value | undefined => {
    const text = sysctls[name];
    try {
      if (text !== null) return parse(text, name);
      if (name === 'net.ipv4.ip_local_port_range')
        warnings.push(`${name}: not readable; ${fallback}`);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      warnings.push(`${error.message}; ${fallback}`);
    }
    return undefined;
  };
  const range = parsed(
    'net.ipv4.ip_local_port_range',
    parseEphemeralRange,
    `the default ${low} ${high} is assumed`,
  );
  const reserved = parsed(
    'net.ipv4.ip_local_reserved_ports',
    parseReservedPorts,
    'no port is taken to be reserved',
  );
  return { range: range ?? DEFAULT_EPHEMERAL_RANGE, reserved: reserved ?? [], warnings };
}

/** Marks of `PortMap`: what keeps a port from connect(). */
export const OUTSIDE_RANGE = 1;
export const RESERVED = 2;
export const HELD = 4;

/** For each port 0 … 65535 the marks that keep it from connect(); 0: usable. */
export type PortMap = Uint8Array;

/** Draws the map: ports outside the range, reserved ones, and those that a bind() holds. */
export function mapPorts({ range, reserved }: PortSettings, heldPorts: Iterable<number>): PortMap {
  const map = new Uint8Array(65536).fill(OUTSIDE_RANGE);
  map.fill(0, range.low, range.high + 1);
  const mark = (port: number, flag: number) => (map[port] = (map[port] ?? 0) | flag);
  for (const { low, high } of reserved)
    for (let port = low; port <= high; port++) mark(port, RESERVED);
  for (const port of heldPorts) mark(port, HELD);
  return map;
}

/** Ports that a map leaves to connect(), by half of the range: those of the first port's parity, and the others. */
export interface PortsByParity {
  /** Taken first by connect(). */
  readonly first: number;
  /** Taken by connect() once the first half is full, by scanning that half first. */
  readonly second: number;
}

/** Counts the usable ports of a map by half. */
export function countByParity({ low, high }: PortRange, map: PortMap): PortsByParity {
  let first = 0;
  let second = 0;
  for (let port = low; port <= high; port++) {
    if (map[port] !== 0) continue;
    if (((port ^ low) & 1) === 0) first++;
    else second++;
  }
  return { first, second };
}

/**
 * Counts a map. A reserved port that is also held counts as reserved. `inferred`: ports that the map
 * leaves usable and a bind() before connect() seems to hold.
 */
export function measurePortSpace(range: PortRange, map: PortMap, inferred = 0): PortSpace {
  let reserved = 0;
  let held = inferred;
  for (let port = range.low; port <= range.high; port++) {
    if (((map[port] ?? 0) & RESERVED) !== 0) reserved++;
    else if (map[port] !== 0) held++;
  }
  const size = portRangeSize(range);
  return { low: range.low, high: range.high, size, reserved, held, usable: size - reserved - held };
}
