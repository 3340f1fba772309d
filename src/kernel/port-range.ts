import { type ForeignText, rawText } from './foreign-text.ts';
import { ParseError } from './parse-error.ts';

/** Ports low … high, both included. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** The kernel's default range (net/ipv4/af_inet.c, inet_init_net). */
export const DEFAULT_EPHEMERAL_RANGE: PortRange = { low: 32768, high: 60999 };

export const HIGHEST_PORT = 65535;

/** How many ports a range holds. */
export function portRangeSize({ low, high }: PortRange): number {
  return high - low + 1;
}

/**
 * Reads net.ipv4.ip_local_port_range: two numbers, low and high, both usable (ip-sysctl.rst).
 * Throws ParseError for anything else.
 */
export function parseEphemeralRange(text: string, file: string): PortRange {
  const match = /^\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(text);
  const range = { low: Number(match?.[1]), high: Number(match?.[2]) };
  // The kernel takes no range from 0 on (ip_local_port_range_min in net/ipv4/sysctl_net_ipv4.c).
  if (match === null || range.low < 1 || range.high > HIGHEST_PORT || range.low > range.high) {
    throw new ParseError({ file, field: 'a port range', got: text.trim() });
  }
  return range;
}

/** The same of the sysctl's value as it was read; undefined: it was not, or is no range. */
export function readableRange(text: ForeignText | null): PortRange | undefined {
  try {
    return text === null ? undefined : parseEphemeralRange(rawText(text), '');
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/**
 * Reads net.ipv4.ip_local_reserved_ports as the kernel prints it (proc_do_large_bitmap): ports and
 * ranges with commas between them, or nothing. Throws ParseError for anything else.
 */
export function parseReservedPorts(text: string, file: string): PortRange[] {
  if (text.trim() === '') return [];
  return text
    .trim()
    .split(',')
    .map((part) => {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
      const range = { low: Number(match?.[1]), high: Number(match?.[2] ?? match?.[1]) };
      if (match === null || range.high > HIGHEST_PORT || range.low > range.high) {
        throw new ParseError({ file, field: 'reserved ports', got: part });
      }
      return range;
    });
}

/** Writes ports as the kernel's reserved-ports list: sorted, neighbours joined: `8080,9000-9002`. */
export function formatPortList(ports: Iterable<number>): string {
  const ranges: { low: number; high: number }[] = [];
  for (const port of [...new Set(ports)].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.high === port - 1) last.high = port;
    else ranges.push({ low: port, high: port });
  }
  return formatPortRanges(ranges);
}

/** Sorts ranges and merges those that overlap or touch. */
export function joinPortRanges(ranges: readonly PortRange[]): PortRange[] {
  const joined: { low: number; high: number }[] = [];
  for (const { low, high } of ranges.toSorted((a, b) => a.low - b.low)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last.high + 1) last.high = Math.max(last.high, high);
    else joined.push({ low, high });
  }
  return joined;
}

/** Writes ranges, unchanged, as the kernel's reserved-ports list. */
export function formatPortRanges(ranges: readonly PortRange[]): string {
  return ranges.map(({ low, high }) => (low === high ? `${low}` : `${low}-${high}`)).join(',');
}
