import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitOf, wordOf } from '../../../../src/model/sample/port-bits.ts';
import { Sharers } from '../../../../src/model/sample/bound-ports/sharers.ts';

const group = fc.uniqueArray(fc.integer({ min: 1000, max: 1100 }), { maxLength: 40 });
const groups = fc.array(group, { maxLength: 20 });

const halfOf = (at: number) => (at < 1024 ? 0 : 1);

/** How many groups hold each port of a half. */
function countsOf(all: readonly (readonly number[])[], half: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const port of all.flat())
    if (port % 2 === half) counts.set(port, (counts.get(port) ?? 0) + 1);
  return counts;
}

test('ports and pairs are those of the groups, and nothing is left of those before', () => {
  const sharers = new Sharers();
  fc.assert(
    fc.property(groups, (all) => {
      sharers.clear();
      for (const ports of all) for (const port of ports) sharers.add(wordOf(port), bitOf(port));
      const sums = sharers.sum(halfOf);
      for (const half of [0, 1]) {
        const counts = countsOf(all, half);
        const pairs = [...counts.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
        expect(sums[half]).toEqual({ ports: counts.size, pairs });
        for (let port = 1000 + half; port <= 1100; port += 2) {
          const has = (set: Uint32Array) => ((set[wordOf(port)] ?? 0) & bitOf(port)) !== 0;
          const count = counts.get(port) ?? 0;
          expect([has(sharers.anyone), has(sharers.several)]).toEqual([count > 0, count > 1]);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('thousands of groups with the same ports are counted, a word at a time', () => {
  const sharers = new Sharers();
  for (let count = 0; count < 3000; count++) sharers.add(5, 0xffffffff);
  expect(sharers.sum(halfOf)).toEqual([
    { ports: 32, pairs: (32 * 3000 * 2999) / 2 },
    { ports: 0, pairs: 0 },
  ]);
});

test('a new one begins without ports', () => {
  new Sharers().add(7, 3);
  expect(new Sharers().sum(halfOf)[0]).toEqual({ ports: 0, pairs: 0 });
});
