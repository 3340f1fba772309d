import { describe, expect, test } from 'vitest';
import { fitLine, isPacedEvenly, median } from '../../src/model/line-fit.ts';

const repeat = (count: number, times: number) => Array.from({ length: times }, () => count);

test('a line goes through what lies on it', () => {
  const { slope, now, residuals } = fitLine([29, 27, 25, 23]);
  expect([slope, now]).toEqual([2, 30]);
  expect(residuals).toEqual([0, 0, 0, 0]);
});

test.for([
  [0, 30, true],
  [0, 29, false],
  [0.333, 30, true],
  [0.334, 30, false],
] as const)('a swing of %d for %i s is an even pace: %j', ([share, seconds, isEven]) => {
  expect(isPacedEvenly(share, seconds)).toBe(isEven);
});

describe('the variance of a second', () => {
  test.for([
    [repeat(100, 29), 100],
    // An even pace is believed to a quarter.
    [repeat(100, 30), 25],
    [[], 0],
    [[100], 100],
    // A line always goes through two: they say nothing of a swing.
    [[10, 20], 15],
    [[10, 10, 10], 10],
  ] as const)('of %j is %i', ([counts, variance]) => {
    expect(fitLine(counts).variance).toBe(variance);
  });

  test.for([
    // 26.7 are seen, and 38.4, which is more than a third of the mean.
    [5, 26.7],
    [6, 100],
    [11, 129],
  ] as const)('of 100 that swing by %i is %d', ([more, variance]) => {
    const counts = repeat(100, 32).map((count, index) => count + (index % 2 ? more : -more));
    expect(fitLine(counts).variance).toBeCloseTo(variance, 0);
  });
});

test.for([
  [[], 0],
  [[7], 7],
  [[10, 9, 100], 10],
  [[1, 2, 3, 4], 3],
] as const)('the middle of %j is %i', ([values, middle]) => {
  expect(median(values)).toBe(middle);
});
