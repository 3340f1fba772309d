import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ParseError } from '../../src/kernel/parse-error.ts';
import {
  formatPortList,
  formatPortRanges,
  joinPortRanges,
  parseEphemeralRange,
  parseReservedPorts,
  portRangeSize,
} from '../../src/kernel/port-range.ts';

test.each([
  [{ low: 32_768, high: 60_999 }, 28_232],
  [{ low: 40_000, high: 40_000 }, 1],
])('a range counts both ends: %j', (range, size) => expect(portRangeSize(range)).toBe(size));

describe('ip_local_port_range', () => {
  it.each([
    ['32768\t60999\n', { low: 32_768, high: 60_999 }],
    ['1 65535', { low: 1, high: 65_535 }],
    [' 40000  40000 ', { low: 40_000, high: 40_000 }],
  ])('%j', (text, range) => expect(parseEphemeralRange(text, 'range')).toEqual(range));

  it.each([
    '',
    '0 0',
    '0 60999',
    '32768',
    '60999 32768',
    '1 65536',
    '1 2 3',
    '0x10 20',
    '-1 20',
    '1,2',
    '1 100000',
  ])('refuses %j', (text) => {
    expect(() => parseEphemeralRange(text, '/the/file')).toThrow(
      new ParseError({ file: '/the/file', field: 'a port range', got: text }),
    );
  });
});

describe('ip_local_reserved_ports', () => {
  it.each([
    ['\n', []],
    ['8080\n', [{ low: 8080, high: 8080 }]],
    [
      '8080,40010-40019,50000\n',
      [
        { low: 8080, high: 8080 },
        { low: 40_010, high: 40_019 },
        { low: 50_000, high: 50_000 },
      ],
    ],
    ['0-65535', [{ low: 0, high: 65_535 }]],
    [
      '1, 2',
      [
        { low: 1, high: 1 },
        { low: 2, high: 2 },
      ],
    ],
  ])('%j', (text, ranges) => expect(parseReservedPorts(text, 'reserved')).toEqual(ranges));

  it.each([
    ['80,', ''],
    [',80', ''],
    ['80,x', 'x'],
    ['80,90-85', '90-85'],
    ['65536', '65536'],
    ['80-', '80-'],
    ['-80', '-80'],
    ['80 90', '80 90'],
    ['80,\u001b[2J', '\u001b[2J'],
  ])('refuses %j and quotes %j', (text, part) => {
    expect(() => parseReservedPorts(text, '/the/file')).toThrow(
      new ParseError({ file: '/the/file', field: 'reserved ports', got: part }),
    );
  });
});

describe('formatPortList', () => {
  it.each([
    [[], ''],
    [[8080], '8080'],
    [[9002, 8080, 9000, 9001], '8080,9000-9002'],
    [[5, 4], '4-5'],
    [[7, 7, 7], '7'],
    [[0, 65_535], '0,65535'],
    [[10, 9, 100], '9-10,100'],
  ])('%j', (ports, text) => expect(formatPortList(ports)).toBe(text));

  it('writes what parseReservedPorts reads', () => {
    const port = fc.oneof(fc.nat(65_535), fc.integer({ min: 40_000, max: 40_050 }));
    fc.assert(
      fc.property(fc.array(port), (ports) => {
        const ranges = parseReservedPorts(formatPortList(ports), 'list');
        const listed = ranges.flatMap((range) =>
          Array.from({ length: portRangeSize(range) }, (_, index) => range.low + index),
        );
        expect(listed).toEqual([...new Set(ports)].toSorted((a, b) => a - b));
        // Joined: between two ranges there is a port that is in neither.
        ranges
          .slice(1)
          .forEach(({ low }, index) => expect(low).toBeGreaterThan((ranges[index]?.high ?? 0) + 1));
      }),
    );
  });
});

test('ranges are joined where they overlap or touch', () => {
  const range = (low: number, high = low) => ({ low, high });
  expect(joinPortRanges([])).toEqual([]);
  const given = [range(9, 12), range(1, 3), range(2), range(4), range(6), range(10, 11)];
  expect(joinPortRanges(given)).toEqual([range(1, 4), range(6), range(9, 12)]);
  expect(formatPortRanges(joinPortRanges(given))).toBe('1-4,6,9-12');
});
