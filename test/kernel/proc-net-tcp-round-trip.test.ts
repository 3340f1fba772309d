import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TCP_STATE_COUNT } from '../../src/kernel/tcp-state.ts';
import {
  HEADER,
  ipv4Row,
  type KernelRow,
  parseFile,
  printRow,
  rowOf,
} from '../helpers/proc-net-tcp-rows.ts';

test('a big-endian kernel prints the same address as other digits', () => {
  const text = printRow(ipv4Row(), 'BE');
  expect(text).toContain('0A000307:9C40 0A000915:1F90');
  const { table } = parseFile(HEADER + text, { byteOrder: 'BE' });
  expect(rowOf(table, 0)).toMatchObject({ local: '10.0.3.7 40000', remote: '10.0.9.21 8080' });
});

const word = fc.nat(0xffffffff);
const port = fc.nat(65_535);
const row = (address: fc.Arbitrary<number[]>): fc.Arbitrary<KernelRow> =>
  fc.record({
    sl: fc.nat(2_000_000),
    local: address,
    localPort: port,
    remote: address,
    remotePort: port,
    state: fc.integer({ min: 1, max: TCP_STATE_COUNT - 1 }),
    timer: fc.nat(4),
    ticks: fc.nat(0xffffffff),
    uid: fc.nat(0xffffffff),
    inode: fc.nat(0xffffffff),
  });
const ipv4 = word.map((value) => [value]);
// The first word is never 0, so that no address is IPv4-mapped.
const ipv6 = fc.tuple(fc.integer({ min: 1, max: 3 }), word, word, word).map((words) => [...words]);

test.each([
  [4, 'LE', ipv4],
  [4, 'BE', ipv4],
  [6, 'LE', ipv6],
  [6, 'BE', ipv6],
] as const)('IPv%i rows of a %s kernel come back as they were', (family, byteOrder, address) => {
  fc.assert(
    fc.property(fc.array(row(address), { maxLength: 20 }), (rows) => {
      const text = rows.map((each) => printRow(each, byteOrder)).join('');
      const { table, parser } = parseFile(HEADER + text, { family, byteOrder });
      expect(parser.firstProblem).toBeUndefined();
      expect(Array.from(table.localPort.subarray(0, table.length))).toEqual(
        rows.map(({ localPort }) => localPort),
      );
      const words = (each: number) => (family === 4 ? [each] : [...table.ipv6.wordsOf(each)]);
      rows.forEach((each, at) => {
        expect(words(table.localAddressOf(at))).toEqual(each.local);
        expect(words(table.remoteAddressOf(at))).toEqual(each.remote);
        expect(rowOf(table, at)).toMatchObject({
          family,
          state: each.state,
          timerMs: Math.min(each.ticks * 10, 0xffffffff),
          inode: each.inode,
        });
        expect(table.remotePortOf(at)).toBe(each.remotePort);
      });
    }),
  );
});
