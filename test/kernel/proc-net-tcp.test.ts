import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { namedStateCounts, TCP_STATE_COUNT } from '../../src/kernel/tcp-state.ts';
import type { SocketTable } from '../../src/kernel/socket-table.ts';
import { FIXTURE_PROC } from '../helpers/fixture.ts';
import {
  HEADER,
  ipv4Row,
  parseFile,
  printRow,
  rowOf,
  rowsOf,
} from '../helpers/proc-net-tcp-rows.ts';

const TCP = readFileSync(join(FIXTURE_PROC, 'net/tcp'));
const TCP6 = readFileSync(join(FIXTURE_PROC, 'net/tcp6'));

function statesOf(table: SocketTable) {
  const counts = Array.from({ length: TCP_STATE_COUNT }, () => 0);
  for (const { state = 0 } of rowsOf(table)) counts[state] = (counts[state] ?? 0) + 1;
  return namedStateCounts(counts);
}

describe('the recorded tcp', () => {
  const { table, parser } = parseFile(TCP);

  it('has its 22 rows in their states', () => {
    expect(parser.firstProblem).toBeUndefined();
    expect(parser.malformedRows).toBe(0);
    expect(statesOf(table)).toEqual({
      ESTABLISHED: 11,
      FIN_WAIT2: 1,
      TIME_WAIT: 7,
      CLOSE_WAIT: 1,
      LISTEN: 2,
    });
  });

  it.each([
    [0, '10.0.9.21 8080', '0.0.0.0 0', 10, 0, 1_415_373],
    [1, '0.0.0.0 40050', '0.0.0.0 0', 10, 0, 1_415_375],
    [5, '10.0.3.7 40000', '10.0.9.21 8080', 1, 0, 1_415_376],
    [6, '10.0.3.7 40002', '10.0.9.21 8080', 6, 59_690, 0],
    [11, '10.0.3.7 40026', '10.0.9.21 8080', 8, 0, 1_415_412],
    [14, '10.0.3.7 40054', '10.0.9.21 8080', 6, 57_180, 0],
    [18, '127.0.0.1 40022', '127.0.0.1 9090', 1, 0, 1_415_396],
    [21, '10.0.9.21 8080', '10.0.3.7 40026', 5, 59_690, 0],
  ])('row %i: %s, %s', (row, local, remote, state, timerMs, inode) => {
    const expected = { family: 4, local, remote, state, timerMs, inode };
    expect(rowOf(table, row)).toEqual(expected);
  });
});

describe('the recorded tcp6', () => {
  const { table, parser } = parseFile(TCP6, { family: 6 });

  it('has its 14 rows in their states', () => {
    expect(parser.malformedRows).toBe(0);
    expect(statesOf(table)).toEqual({ ESTABLISHED: 11, TIME_WAIT: 2, LISTEN: 1 });
  });

  it.each([
    [0, 6, ':: 9090', ':: 0', 10, 0, 1_415_374],
    [1, 4, '127.0.0.1 9090', '127.0.0.1 40002', 1, 0, 1_415_393],
    [5, 6, '::1 40000', '::1 9090', 6, 59_680, 0],
    [13, 4, '127.0.0.1 9090', '127.0.0.1 40022', 1, 0, 1_415_397],
  ])('row %i: family %i, %s', (row, family, local, remote, state, timerMs, inode) => {
    const expected = { family, local, remote, state, timerMs, inode };
    expect(rowOf(table, row)).toEqual(expected);
  });

  it('keeps IPv6 and mapped addresses apart', () => {
    expect(rowsOf(table).filter(({ family }) => family === 4)).toHaveLength(5);
    expect(table.ipv6.size).toBe(2); // :: and ::1
  });
});

test.each([
  ['tcp', TCP, 4],
  ['tcp6', TCP6, 6],
] as const)('pieces of %s may end anywhere', (_, bytes, family) => {
  const whole = rowsOf(parseFile(bytes, { family }).table);
  const cuts = fc.array(fc.nat(bytes.length), { maxLength: 40 });
  fc.assert(
    fc.property(cuts, (offsets) => {
      const sorted = offsets.toSorted((a, b) => a - b);
      const { table, parser } = parseFile(bytes, { family }, sorted);
      expect(parser.malformedRows).toBe(0);
      expect(rowsOf(table)).toEqual(whole);
    }),
  );
});

describe('columns that widen', () => {
  it.each([9999, 10_000, 123_456, 4_294_967_295])('row number %i', (sl) => {
    const { table } = parseFile(HEADER + printRow(ipv4Row({ sl })));
    expect(rowsOf(table)).toEqual([rowOf(parseFile(HEADER + printRow(ipv4Row())).table, 0)]);
  });

  it.each([
    ['1770', 60_000],
    ['FFFFFFFF', 0xffffffff],
    ['123456789', 0xffffffff],
    ['FFFFFFFFFFFFFFFF', 0xffffffff],
    ['000000001770', 60_000],
    ['F'.repeat(100_000), 0xffffffff],
  ])('tm->when %.20s is at most what the column holds', (ticks, timerMs) => {
    const row = printRow(ipv4Row({ timer: 2 })).replace(
      '02:00000000',
      `02:${ticks.padStart(8, '0')}`,
    );
    const { table } = parseFile(HEADER + row);
    expect(rowOf(table, 0)).toMatchObject({ timerMs, inode: 1_415_376 });
  });

  it.each(['0', '99999', '4294967295'])('uid %s', (uid) => {
    const { table } = parseFile(HEADER + printRow(ipv4Row({ uid: Number(uid) })));
    expect(rowOf(table, 0).inode).toBe(1_415_376);
  });
});

const IPV6_ROW = { ...ipv4Row(), local: [0x20010db8, 0, 0, 1], remote: [0x20010db8, 0, 0, 2] };

// What is written instead of what, and the field that the message must name.
const BROKEN_FIELDS: [field: string, family: 4 | 6, from: string | RegExp, to: string][] = [
  ['local_address', 4, '0703000A:', 'zz03000A:'],
  ['local_address', 4, '0703000A:9C40', '0703000A:9C4g'],
  ['local_address', 4, '0703000A:9C40', '0703000A.9C40'],
  ['local_address', 6, 'B80D0120', 'B80D012z'],
  ['local_address', 6, '01000000:9C40', '0100000-:9C40'],
  ['rem_address', 4, '1509000A:', '150900 A:'],
  ['rem_address', 4, '1509000A:1F90', '1509000A:1F9/'],
  ['rem_address', 4, '1509000A:1F90', '1509000A;1F90'],
  ['rem_address', 6, '02000000:1F90', '0200000x:1F90'],
  ['st', 4, ' 01 ', ' 00 '],
  ['st', 4, ' 01 ', ' 0E '],
  ['st', 4, ' 01 ', ' FF '],
  ['st', 4, ' 01 ', ' xx '],
  ['tr', 4, '00:00000000 00000000', 'x0:00000000 00000000'],
  ['tr', 4, '00:00000000 00000000', '00 00000000 00000000'],
  ['tm->when', 4, '00:00000000 00000000', '00:0000000g 00000000'],
  ['tm->when', 4, '00:00000000 00000000', '00:-0000001 00000000'],
  ['inode', 4, '1415376', '141x376'],
  ['inode', 4, '1415376', '-1'],
  ['inode', 4, / 1415376 .*/, ''],
  ['inode', 4, / 00000000 +0 +0 1415376 .*/, ''],
  ['the columns up to tm->when', 4, / 01 .*/, ''],
  ['the columns up to tm->when', 4, /.*/, ''],
  ['the columns up to tm->when', 4, /.*/, 'no colon at all'],
];

describe('a broken row', () => {
  const cases = BROKEN_FIELDS.map(([field, family, from, to]) => ({ field, family, from, to }));

  it.each(cases)('$field, IPv$family, $from → "$to"', ({ field, family, from, to }) => {
    const file = family === 4 ? '/proc/net/tcp' : '/proc/net/tcp6';
    const good = printRow(family === 4 ? ipv4Row() : IPV6_ROW);
    const bad = good.replace(from, to);
    expect(bad).not.toBe(good);
    const { table, parser } = parseFile(HEADER + good + bad + good, { file, family });
    expect(rowsOf(table)).toEqual(rowsOf(parseFile(HEADER + good + good, { family }).table));
    expect(parser.malformedRows).toBe(1);
    const quoted = bad.trim().slice(0, 60);
    expect(parser.firstProblem).toContain(`${file} line 3: cannot read ${field} from "${quoted}`);
  });

  it('is told once, the first one, and counted every time', () => {
    const bad = (text: string) => printRow(ipv4Row()).replace(' 01 ', text);
    const { parser } = parseFile(HEADER + bad(' zz ') + bad(' yy ') + bad(' xx '));
    expect(parser.malformedRows).toBe(3);
    expect(parser.firstProblem).toMatch(/line 2: .* zz /);
  });

  it('is the last one when the file is cut', () => {
    const row = printRow(ipv4Row());
    const { table, parser } = parseFile(HEADER + row + row.slice(0, 40));
    expect(table.length).toBe(1);
    expect(parser.malformedRows).toBe(1);
    expect(parser.firstProblem).toContain('/proc/net/tcp line 3: cannot read a whole row');
  });
});

test('any bytes at all do not throw, and never reach the message as control characters', () => {
  const good = printRow(ipv4Row());
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    // A good row with a few bytes changed gets past the first checks.
    fc
      .array(fc.tuple(fc.nat(good.length - 2), fc.nat(255)), { minLength: 1, maxLength: 5 })
      .map((changes) => {
        const bytes = Buffer.from(good, 'latin1');
        for (const [at, byte] of changes) bytes[at] = byte;
        return new Uint8Array(bytes);
      }),
  );
  fc.assert(
    fc.property(anything, fc.constantFrom(4, 6), (garbage, family) => {
      const content = Buffer.concat([Buffer.from(HEADER), garbage, Buffer.from(`\n${good}`)]);
      const { table, parser } = parseFile(content, { family });
      const rows = content.toString('latin1').split('\n').length - 2;
      expect(table.length + parser.malformedRows).toBe(rows);
      expect(parser.firstProblem ?? '').not.toMatch(/\p{Cc}/u);
      if (family === 4) expect(rowOf(table, table.length - 1).inode).toBe(1_415_376);
    }),
    { numRuns: 500 },
  );
});

test('a file that is no such table is not taken for an empty one', () => {
  const { parser } = parseFile(Buffer.from('garbage\n'));
  expect(parser.firstProblem).toBe(
    '/proc/net/tcp line 1: cannot read the title row from "garbage"',
  );
});

test('a timer without digits is not 0', () => {
  const row = printRow(ipv4Row()).replace(/:[0-9A-F]{8}( [0-9A-F]{8} +\d+ +\d+ )/, ':$1');
  expect(parseFile(Buffer.from(HEADER + row)).parser.firstProblem).toContain(
    'cannot read tm->when',
  );
});
