import { expect, test } from 'vitest';
import { SocketTable } from '../../src/kernel/socket-table.ts';
import { ReadMoments } from '../../src/source/read-moments.ts';

/** What is left of timers of 1000 ms that were read at these times, once it is `endMs`. */
function settled(readAtMs: readonly number[], endMs: number): number[] {
  let monotonicMs = 0;
  const table = new SocketTable();
  const moments = new ReadMoments({ monotonicMs: () => monotonicMs }, table);
  for (monotonicMs of readAtMs) {
    moments.note();
    table.timerMs[table.addRow()] = 1000;
  }
  monotonicMs = endMs;
  moments.settle();
  return Array.from({ length: table.length }, (_, row) => table.leftMsOf(row));
}

test.each([
  ['at once', [0, 1, 1.9], 1.9, [1000, 1000, 1000]],
  ['a row, and the end just as late as counts', [0], 2, [998]],
  ['a row, and the end a moment before', [0], 1.9, [1000]],
  ['a wait between two rows', [0, 1, 300, 301], 301, [699, 699, 1000, 1000]],
  ['rows a moment apart for long', [0, 1.5, 3, 4.5, 6], 8, [992, 992, 995, 995, 998]],
  ['a wait behind the last', [0, 1], 900, [100, 100]],
  ['a wait that is longer than what is left', [0, 1500], 1500, [0, 1000]],
  ['no row', [], 1500, []],
])('%s', (_, readAtMs, endMs, expected) => {
  expect(settled(readAtMs, endMs)).toEqual(expected);
});

test('a moment may be noted late', () => {
  const table = new SocketTable();
  const moments = new ReadMoments({ monotonicMs: () => 50 }, table);
  moments.note(20);
  table.timerMs[table.addRow()] = 1000;
  moments.settle();
  expect(table.leftMsOf(0)).toBe(970);
});

test('rows that were taken back, and readings before, are forgotten', () => {
  let monotonicMs = 0;
  const table = new SocketTable();
  const moments = new ReadMoments({ monotonicMs: () => monotonicMs }, table);
  moments.note();
  table.timerMs[table.addRow()] = 1000;
  table.cutTo(0);
  monotonicMs = 100;
  moments.note();
  table.timerMs[table.addRow()] = 1000;
  moments.settle();
  expect(table.leftMsOf(0)).toBe(1000);
  table.clear();
  moments.clear();
  monotonicMs = 200;
  moments.note();
  table.timerMs[table.addRow()] = 1000;
  moments.settle();
  expect(table.leftMsOf(0)).toBe(1000);
});
