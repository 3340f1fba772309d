import { describe, expect, test } from 'vitest';
import { portMapLines } from '../../src/format/port-map.ts';
import { lineText, lineWidth } from '../../src/format/styled-line.ts';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../helpers/sockets.ts';

const DEFAULT_RANGE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

function mapOf(
  sockets: readonly TestSocket[],
  { sysctls = SMALL_RANGE, width = 80, rowsPerHalf = 2 } = {},
): string[] {
  const { groups, portSpace } = sampleOfSockets(sockets, { sysctls });
  const use = groups[0]?.portUse;
  if (use === undefined) throw new Error('the ports were not drawn');
  const lines = portMapLines({
    use,
    range: portSpace,
    headings: ['first half', 'second half'],
    width,
    rowsPerHalf,
  });
  expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(width);
  return lines.map(lineText);
}

/** The cells of each row. */
const cellsOf = (lines: readonly string[]) =>
  lines.filter((line) => /^\d/.test(line)).map((line) => line.slice(6));

describe('the map of the ports', () => {
  test('has a cell for each port of a small range', () => {
    const reserved = { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '40003,40005' };
    const sockets = [
      ...connections(3),
      ...timeWaits(2, 30_000, {}, 40_003),
      { local: '0.0.0.0', localPort: 40_098, state: 'LISTEN' } as const,
    ];
    expect(mapOf(sockets, { sysctls: reserved })).toEqual([
      'PORTS 40000–40099  a cell is one port:  █ live  ▓ TIME_WAIT  R reserved',
      'H held by bind()  · free',
      'first half',
      `40000 ███▓▓${'·'.repeat(44)}H`,
      'second half',
      `40001 ·RR${'·'.repeat(47)}`,
    ]);
  });

  test('has rows of the same length', () => {
    const rows = mapOf(connections(20), { width: 40 }).filter((line) => /^\d/.test(line));
    expect(rows.map((row) => row.length)).toEqual([31, 31, 31, 31]);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(['40000', '40050', '40001', '40051']);
  });

  test('shows one port among many where it is', () => {
    const holder = { local: '0.0.0.0', localPort: 50_000, state: 'LISTEN' } as const;
    const lines = mapOf([...connections(1, {}, 32_768), holder], {
      sysctls: DEFAULT_RANGE,
      width: 70,
    });
    expect(lines[0]).toContain('a cell is 111 ports');
    const [first = '', second = '', ...odd] = cellsOf(lines);
    expect(first).toMatch(/^█·+$/);
    expect([...second].filter((cell) => cell !== '·')).toEqual(['H']);
    expect(odd.join('')).toMatch(/^·+$/);
  });

  test('tells full, partly full and free parts apart', () => {
    // Of the even ports the lower half is full; of the odd ones, every other in the lower half is taken.
    const evens = timeWaits(7058, 30_000, {}, 32_768);
    const odds = Array.from({ length: 3529 }, (_, index) => ({
      ...(connections(1)[0] ?? { local: '' }),
      localPort: 32_769 + 4 * index,
    })) as TestSocket[];
    const lines = mapOf([...evens, ...odds], { sysctls: DEFAULT_RANGE, width: 70 });
    const [even, evenEnd, odd = '', oddEnd] = cellsOf(lines);
    expect(even).toMatch(/^▓{64}$/);
    expect(evenEnd).toMatch(/^·{64}$/);
    expect(odd.replace('█', '▒')).toMatch(/^▒{64}$/);
    expect(oddEnd).toMatch(/^·{64}$/);
  });
});
