import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANY_PORT, markedRuns } from '../../../src/model/sample/marked-runs.ts';

// Next to each other and apart, with the ends of fours, and of all ports.
const port = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 65_500, max: 65_535 }),
  fc.integer({ min: 0, max: 65_535 }),
);
const mark = fc.constantFrom(1, 2, 4, 6, 7);

test('the ports of the runs are the marked ones of the range, in order, and no two runs touch', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(port, port, mark)), port, port, (marked, low, high) => {
      const marks = new Uint8Array(65_536);
      for (const [from, to, value] of marked) marks.fill(value, from, Math.min(to, from + 30) + 1);
      const expected: number[] = [];
      for (let each = low; each <= high; each++) if (marks[each] !== 0) expected.push(each);
      const runs = markedRuns(marks, { low, high });
      const ports = runs.flatMap((run) =>
        Array.from({ length: run.high - run.low + 1 }, (_, index) => run.low + index),
      );
      expect(ports).toEqual(expected);
      runs.forEach((run, index) =>
        expect(run.low).toBeGreaterThan((runs[index - 1]?.high ?? -2) + 1),
      );
    }),
    { numRuns: 500 },
  );
});

test('all ports, none, and a view into a larger array', () => {
  const all = new Uint8Array(2 * 65_536).fill(1);
  expect(markedRuns(all.subarray(65_536), ANY_PORT)).toEqual([ANY_PORT]);
  expect(markedRuns(new Uint8Array(65_536), ANY_PORT)).toEqual([]);
});
