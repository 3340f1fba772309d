import { rawText } from '../../kernel/foreign-text.ts';
import { ParseError } from '../../kernel/parse-error.ts';
import {
  DEFAULT_EPHEMERAL_RANGE,
  parseEphemeralRange,
  parseReservedPorts,
  readableRange,
  type PortRange,
  portRangeSize,
} from '../../kernel/port-range.ts';
import type { SysctlName, SysctlValues } from '../../kernel/sysctl.ts';
import { keptByMap } from './kept-by-map.ts';
import { markedRuns } from './marked-runs.ts';

/** The ports that connect() may take, the same for all destinations. */
export interface PortSpace {
  readonly low: number;
  readonly high: number;
  /** Number of ports in the range. */
  readonly size: number;
  /** Ports of the range in ip_local_reserved_ports. */
  readonly reserved: number;
  /** Ports of the range that are not reserved and that a bind() owns: no connect() gets them. */
  readonly held: number;
  /** size - reserved - held. */
  readonly usable: number;
  /** Those that a new destination surely gets: without the ports that may be held. Absent: all of them. */
  readonly usableAtLeast?: number;
}

/** The range and the reserved ports, from the sysctls. */
export interface PortSettings {
  readonly range: PortRange;
  readonly reserved: readonly PortRange[];
  /** What could not be read or parsed, and what is assumed instead: a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Parses range and reserved ports. If they cannot be read, the kernel's defaults are assumed, with a warning: kernels
 * have had both files since 2.6.35.
 */
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
      if (text !== null) return parse(rawText(text), name);
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

/** True if the range cannot be read, and the kernel's default stands for it. */
export function isRangeAssumed(sysctls: SysctlValues): boolean {
  return readableRange(sysctls['net.ipv4.ip_local_port_range']) === undefined;
}

/** Marks of `PortMap`: why connect() cannot use a port. */
export const OUTSIDE_RANGE = 1;
export const RESERVED = 2;
export const HELD = 4;

/** The marks of each port, 0 … 65535; 0: usable for connect(). */
export type PortMap = Uint8Array;

/**
 * Makes a port map: marks ports outside the range, reserved ones, and those that a bind() holds. Not to be written to: what was made
 * lately for the same is given again, since from sample to sample it mostly is.
 */
export function mapPorts({ range, reserved }: PortSettings, heldPorts: Iterable<number>): PortMap {
  const held = [...heldPorts];
  const bounds = [range, ...reserved].map(({ low, high }) => `${low}-${high}`);
  const key =
    held.length + bounds.length > MOST_COMPARED ? undefined : `${bounds.join()};${held.join()}`;
  const known = lastMaps.find((each) => each.key === key);
  if (known !== undefined) return known.map;
  const map = new Uint8Array(65536).fill(OUTSIDE_RANGE);
  map.fill(0, range.low, range.high + 1);
  const mark = (port: number, flag: number) => (map[port] = (map[port] ?? 0) | flag);
  for (const { low, high } of reserved)
    for (let port = low; port <= high; port++) mark(port, RESERVED);
  for (const port of held) mark(port, HELD);
  if (key !== undefined) lastMaps = [{ key, map }, ...lastMaps].slice(0, MOST_KEPT);
  return map;
}

/** The newest first. */
let lastMaps: { readonly key: string; readonly map: PortMap }[] = [];
/** The range's, and the widest one's. */
const MOST_KEPT = 2;
/** It takes longer to compare more than to make the map anew. */
const MOST_COMPARED = 1000;

/** Number of ports by half of the range: those of the first port's parity, and the others. */
export interface PortsByParity {
  /** Taken first by connect(). */
  readonly first: number;
  /** Taken by connect() once the first half is full, by scanning that half first. */
  readonly second: number;
}

/** Counts the ports that a map leaves to connect(), by half. */
export const countByParity = keptByMap((range, map): PortsByParity => {
  const ofParity = ({ low, high }: PortRange) => {
    const size = portRangeSize({ low, high });
    const first = (size + (((low ^ range.low) & 1) === 0 ? 1 : 0)) >> 1;
    return { first, second: size - first };
  };
  return markedRuns(map, range)
    .map(ofParity)
    .reduce(
      (left, lost) => ({ first: left.first - lost.first, second: left.second - lost.second }),
      ofParity(range),
    );
});

/** Counts the ports that a map does not leave to connect(). One that is reserved and held as well counts as reserved. */
const countLost = keptByMap((range, map) => {
  let [reserved, held] = [0, 0];
  for (const { low, high } of markedRuns(map, range))
    for (let port = low; port <= high; port++) {
      if (((map[port] ?? 0) & RESERVED) !== 0) reserved++;
      else held++;
    }
  return { reserved, held };
});

/**
 * Counts the ports of a map. `inferred`: number of ports that the
 * map leaves usable but that bind() before connect() seems to hold; `possible`: may hold besides.
 */
export function measurePortSpace(
  range: PortRange,
  map: PortMap,
  inferred = 0,
  possible = 0,
): PortSpace {
  const { reserved, held: known } = countLost(range, map);
  const held = known + inferred;
  const size = portRangeSize(range);
  const usable = size - reserved - held;
  const doubted = possible === 0 ? {} : { usableAtLeast: Math.max(0, usable - possible) };
  return { low: range.low, high: range.high, size, reserved, held, usable, ...doubted };
}
