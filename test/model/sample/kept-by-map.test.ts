import { expect, test } from 'vitest';
import { keptByMap } from '../../../src/model/sample/kept-by-map.ts';

const RANGE = { low: 40_000, high: 40_099 };

function counting() {
  let count = 0;
  const kept = keptByMap(({ low }, map) => ({ low, first: map[low], count: ++count }));
  return kept;
}

test('the same range and marks are computed once, another object or not', () => {
  const kept = counting();
  const first = kept(RANGE, new Uint8Array(65_536));
  expect(kept({ ...RANGE }, new Uint8Array(65_536))).toBe(first);
});

test('a map that is changed afterwards is another one', () => {
  const kept = counting();
  const map = new Uint8Array(65_536);
  expect(kept(RANGE, map)).toMatchObject({ first: 0, count: 1 });
  map[RANGE.low] = 2;
  expect(kept(RANGE, map)).toMatchObject({ first: 2, count: 2 });
  map[RANGE.low] = 0;
  expect(kept(RANGE, map)).toMatchObject({ first: 0, count: 1 });
});

test('either end of the range counts', () => {
  const kept = counting();
  const map = new Uint8Array(65_536);
  kept(RANGE, map);
  expect(kept({ ...RANGE, low: 40_001 }, map).count).toBe(2);
  expect(kept({ ...RANGE, high: 40_098 }, map).count).toBe(3);
});

test('three are kept, and the oldest makes way for a fourth', () => {
  const kept = counting();
  const map = new Uint8Array(65_536);
  const counts = [1, 2, 3, 1, 4, 1].map((low) => kept({ low, high: 9 }, map).count);
  expect(counts).toEqual([1, 2, 3, 1, 4, 5]);
});
