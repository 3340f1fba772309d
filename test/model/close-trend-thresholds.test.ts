/** The limits by which the course of closes is told, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { closeTrend } from '../../src/model/close-trend.ts';

/** The trend of closes a second, the newest first. */
function trendOf(newestFirst: readonly number[]) {
  const closes = Array.from({ length: 60 }, (_, index) => newestFirst[index] ?? 0);
  return closeTrend(closes.toReversed());
}

/** Bursts of these sizes, the first so many seconds ago, and each so many seconds after the one before. */
function bursts(sizes: readonly number[], pauses: readonly number[], firstAgo = 2): number[] {
  const closes: number[] = [];
  let at = firstAgo;
  for (const [index, size] of sizes.entries()) {
    closes[at] = size;
    at += pauses[index] ?? 0;
  }
  return Array.from(closes, (count) => count ?? 0);
}

const repeat = (count: number, times: number) => Array.from({ length: times }, () => count);

describe('a rhythm is seen', () => {
  test.for([
    [0, true],
    [39, true],
    [40, true],
    [41, false],
  ] as const)('in bursts of 100 that differ by %i: %j', ([more, alike]) => {
    const sizes = [100, 100 - more, 100 + more, 100 + more, 100 - more];
    const { bursts: rhythm } = trendOf(bursts(sizes, repeat(5, 4)));
    expect(rhythm !== undefined).toBe(alike);
    if (alike) expect(rhythm).toMatchObject({ size: 100, everySeconds: 5, lastAgoSeconds: 2.5 });
  });

  test.for([
    [3, true],
    [4, true],
    [5, false],
  ] as const)('in pauses of 10 s that differ by %i s: %j', ([more, alike]) => {
    const { bursts: rhythm } = trendOf(bursts(repeat(100, 3), [10 - more, 10 + more]));
    expect(rhythm !== undefined).toBe(alike);
  });

  test.for([
    [2, false],
    [3, true],
  ] as const)('in %i bursts: %j', ([count, seen]) => {
    const { bursts: rhythm } = trendOf(bursts(repeat(100, count), repeat(9, count - 1)));
    expect(rhythm !== undefined).toBe(seen);
  });
});

describe('a client that began less than 10 s ago', () => {
  // In two bursts, so that no rhythm is seen, and by itself: 100 closes in all.
  test.for([
    [[40, 10, 0, 10, 40], 5],
    // Three of five seconds.
    [[40, 10, 0, 0, 50], 5],
    // Four of seven, which is less: the mean of 10 s, and of the burst that opened them.
    [[40, 10, 0, 0, 0, 40, 10], 11],
    [[50, 0, 0, 0, 50], 11],
  ] as const)('goes on as %j did, as the mean of %i s', ([closes, seconds]) => {
    expect(trendOf(closes).perSecond).toBeCloseTo(100 / seconds, 9);
  });

  test('is steady with 50 closes, and with fewer may be growing', () => {
    expect(trendOf([10, 10, 10, 10, 10])).toMatchObject({ perSecond: 10, trendSeconds: 0 });
    expect(trendOf([10, 10, 10, 10, 9])).toMatchObject({ trendSeconds: 10 });
  });
});

describe('a trend', () => {
  const ramp = (seconds: number) =>
    Array.from({ length: seconds }, (_, ago) => 200 * (seconds - ago));

  test('needs 8 whole seconds', () => {
    expect(trendOf(ramp(9))).toMatchObject({ trendSeconds: 8 });
    expect(trendOf(ramp(9)).perSecondSquared).toBeCloseTo(200, 0);
    expect(trendOf(ramp(8)).perSecondSquared).toBe(0);
  });

  test('is of the last 30 s, and no longer', () => {
    const before = (seconds: number) => [...repeat(40, seconds), ...repeat(400, 60 - seconds)];
    expect(trendOf(before(30))).toMatchObject({ perSecond: 40, perSecondSquared: 0 });
    expect(trendOf(before(30)).standardError).toBe(2);
    expect(trendOf(before(29)).standardError).toBeGreaterThan(2);
    expect(trendOf(ramp(60)).trendSeconds).toBe(30);
  });
});
