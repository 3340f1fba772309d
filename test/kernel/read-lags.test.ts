import { expect, test } from 'vitest';
import { ReadLags } from '../../src/kernel/read-lags.ts';

const lagsOf = (...added: readonly (readonly [number, number])[]) => {
  const lags = new ReadLags();
  for (const [row, lagMs] of added) lags.add(row, lagMs);
  return lags;
};

test.each([
  ['none', lagsOf(), [0, 0, 0, 0], 1],
  ['from the first row on', lagsOf([0, 30], [3, 0]), [30, 30, 30, 0], 2],
  ['from a later row on', lagsOf([1, 20]), [0, 20, 20, 20], 2],
  ['rows that nothing was read of', lagsOf([0, 30], [2, 20], [2, 10], [4, 0]), [30, 30, 10, 10], 2],
])('%s', (_, lags, expected, spans) => {
  expect([0, 1, 2, 3].map((row) => lags.of(row))).toEqual(expected);
  const bySpan = lags.spans(4).flatMap(({ from, end, lagMs }) => Array(end - from).fill(lagMs));
  expect(bySpan).toEqual(expected);
  expect(lags.spans(4)).toHaveLength(spans);
});

test('an empty table has no rows, and a reading before leaves nothing', () => {
  const lags = lagsOf([0, 30]);
  expect(lags.spans(0)).toEqual([]);
  lags.clear();
  expect(lags.of(0)).toBe(0);
});
