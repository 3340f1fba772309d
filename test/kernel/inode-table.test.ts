import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InodeTable } from '../../src/kernel/inode-table.ts';

const inode = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 0xffff_ffff }),
  fc.integer({ min: 1, max: 0xffff }).map((page) => page * 0x1_0000),
);
const entries = fc.array(fc.tuple(inode, fc.integer({ min: -2, max: 5 })), { maxLength: 300 });

test('is what a Map is', () => {
  fc.assert(
    fc.property(entries, fc.array(inode), (given, others) => {
      const table = new InodeTable(new Set(given.map(([key]) => key)).size);
      const map = new Map<number, number>();
      for (const [key, value] of given) {
        table.set(key, value);
        map.set(key, value);
      }
      for (const key of [...map.keys(), ...others]) expect(table.get(key)).toBe(map.get(key));
    }),
  );
});

test('replaces a value wherever it is', () => {
  fc.assert(
    fc.property(entries, (given) => {
      const map = new Map(given);
      const table = new InodeTable(map.size);
      for (const [key, value] of map) table.set(key, value);
      const ones = [...map.values()].filter((value) => value === 1).length;
      expect(table.replace(1, 7)).toBe(ones);
      for (const [key, value] of map) expect(table.get(key)).toBe(value === 1 ? 7 : value);
    }),
  );
});

test('a table for nothing has nothing', () => {
  expect(new InodeTable(0).get(12)).toBeUndefined();
});
