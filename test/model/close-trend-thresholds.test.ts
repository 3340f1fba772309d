/** The limits by which the course of closes is told, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { closeTrend } from '../../src/model/close-trend.ts';

const repeat = (count: number, times: number) => Array.from({ length: times }, () => count);

/** The trend of closes a second, the newest first. */
function trendOf(newestFirst: readonly number[]) {
  return closeTrend([...newestFirst, ...repeat(0, 60 - newestFirst.length)].toReversed());
}

/** Bursts of these sizes, the first so many seconds ago, and each so many seconds after the one before. */
function bursts(sizes: readonly number[], pauses: readonly number[], firstAgo = 2): number[] {
  const closes: number[] = repeat(0, 60);
  let at = firstAgo;
  for (const [index, size] of sizes.entries()) {
    closes[at] = size;
    at += pauses[index] ?? 0;
  }
  return closes;
}

describe('a rhythm', () => {
  test.for([
    [0, true],
    [39, true],
    [40, true],
    [41, false],
  ] as const)('is in bursts of 100 that differ by %i: %j', ([more, alike]) => {
    // Neither the newest nor the oldest need be whole.
    const sizes = [100, 100 - more, 100 + more, 100 + more, 100 - more, 100];
    const { bursts: rhythm } = trendOf(bursts(sizes, repeat(5, 5)));
    expect(rhythm !== undefined).toBe(alike);
    if (alike) expect(rhythm).toMatchObject({ size: 100, everySeconds: 5, lastAgoSeconds: 2.5 });
  });

  test.for([
    [140, true],
    [141, false],
  ] as const)('of 100 goes on where the newest burst has %i: %j', ([newest, alike]) => {
    const { bursts: rhythm } = trendOf(bursts([newest, ...repeat(100, 4)], repeat(5, 4)));
    expect(rhythm !== undefined).toBe(alike);
  });

  test.for([
    [3, true],
    [4, true],
    [5, false],
  ] as const)('is in pauses of 10 s that differ by %i s: %j', ([more, alike]) => {
    const { bursts: rhythm } = trendOf(bursts(repeat(100, 3), [10 - more, 10 + more]));
    expect(rhythm !== undefined).toBe(alike);
  });

  test.for([
    [2, false],
    [3, true],
  ] as const)('is in %i bursts: %j', ([count, seen]) => {
    const { bursts: rhythm } = trendOf(bursts(repeat(100, count), repeat(9, count - 1)));
    expect(rhythm !== undefined).toBe(seen);
  });

  test.for([
    [[17, 16, 16], false],
    [[17, 16, 17], true],
  ] as const)('is looked for in 50 closes: %j, %j', ([sizes, seen]) => {
    expect(trendOf(bursts(sizes, [20, 20])).bursts !== undefined).toBe(seen);
  });

  test.for([
    // The variance of 5 closes every 5 s is four times their mean.
    [5, false],
    [6, true],
  ] as const)('is looked for where closes swing: %i every 5 s, %j', ([size, seen]) => {
    const { bursts: rhythm } = trendOf(bursts(repeat(size, 12), repeat(5, 11)));
    expect(rhythm !== undefined).toBe(seen);
  });

  test.for([
    [2, true],
    [3, false],
  ] as const)('of bursts of %i s has bursts (%j), or else their mean', ([seconds, apart]) => {
    const closes = Array.from({ length: 60 }, (_, ago) => (ago % 10 < seconds ? 60 : 0));
    const { bursts: rhythm, perSecond } = trendOf(closes);
    expect(perSecond).toBe(6 * seconds);
    expect(rhythm !== undefined).toBe(apart);
  });

  test('has been seen since its first burst', () => {
    expect(trendOf(bursts(repeat(100, 3), [9, 9]))).toMatchObject({ seenSeconds: 21 });
    expect(trendOf(bursts(repeat(100, 6), repeat(11, 5), 4))).toMatchObject({ seenSeconds: 60 });
  });

  test('swings by 0.4 of a burst', () => {
    const { perSecond, standardError } = trendOf(bursts(repeat(100, 12), repeat(5, 11)));
    expect(perSecond).toBe(20);
    expect(standardError).toBeCloseTo((0.4 * 20) / Math.sqrt(12), 9);
  });
});

test.for([
  [[200, 90], 0],
  // Less the second in which it all began.
  [[200, 90, 200], 290 / 42],
] as const)('bursts of %j, none like another, are %d closes/s', ([sizes, perSecond]) => {
  expect(trendOf(bursts(sizes, [10, 30])).perSecond).toBeCloseTo(perSecond, 9);
});

describe('a client that began less than 10 s ago', () => {
  test.for([
    // Three of five seconds, less the one in which it began.
    [[4, 0, 4, 0, 4], 2, 4],
    // Five of nine are less than 0.6.
    [[4, 0, 4, 0, 4, 0, 4, 0, 4], 2, 10],
    [[4, 0, 0, 0, 4, 4], 1.2, 10],
    // Ten closes tell, nine do not.
    [[2, 1, 1, 1, 1, 1, 1, 1, 1], 9 / 8, 8],
    [[1, 1, 1, 1, 1, 1, 1, 1, 1], 0.9, 10],
    // No two seconds that are bursts: one is as good as the other.
    [[6, 4], 6, 1],
    // From ten seconds on all of them count.
    [repeat(4, 9), 4, 8],
    [repeat(4, 10), 4, 10],
    [repeat(4, 11), 4, 10],
    [repeat(4, 12), 4, 11],
  ] as const)('closes %j: %d/s, over %i s', ([closes, perSecond, seenSeconds]) => {
    const trend = trendOf(closes);
    expect(trend.perSecond).toBeCloseTo(perSecond, 9);
    expect(trend.seenSeconds).toBe(seenSeconds);
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

  test.for([
    // Three standard errors of the slope are 1 at a mean of 73.9.
    [83, 20],
    [84, 0],
  ] as const)('of 20 s, 1 more each second up to %i, goes on for %i s', ([now, trendSeconds]) => {
    const closes = Array.from({ length: 21 }, (_, ago) => now - ago);
    expect(trendOf(closes)).toMatchObject({ trendSeconds, seenSeconds: 20 });
  });

  test('is that of all the minute, where it is one', () => {
    expect(trendOf(ramp(60))).toMatchObject({ trendSeconds: 60, seenSeconds: 60 });
    expect(trendOf(ramp(60)).perSecondSquared).toBeCloseTo(200, 9);
  });
});

describe('a rate that has changed', () => {
  test.for([
    // 3.7 deviations, and 4.1.
    [28, 20],
    [29, 9],
  ] as const)('from 20 to %i 10 s ago is that of %i s', ([now, seenSeconds]) => {
    expect(trendOf([...repeat(now, 10), ...repeat(20, 11)])).toMatchObject({ seenSeconds });
  });

  test.for([
    [2, 100],
    [3, 180],
  ] as const)('to 180 for %i s is %i', ([seconds, perSecond]) => {
    const closes = [...repeat(180, seconds), ...repeat(100, 60 - seconds)];
    expect(trendOf(closes).perSecond).toBeCloseTo(perSecond, 9);
  });

  test.for([
    [20, 100],
    [3, 200],
  ] as const)('for %i s up to a pause of two is %i', ([seconds, rate]) => {
    const closes = [1, 1, ...repeat(rate, seconds), ...repeat(60, 58 - seconds)];
    expect(trendOf(closes).perSecond).toBeCloseTo(rate, 9);
  });

  test.for([
    // Of ten closes to be expected, none is no wonder.
    [10, 10, false],
    [11, 10, true],
  ] as const)('from %i to nothing for a second is %i (a pause: %j)', ([rate, rest, isPause]) => {
    const { perSecond, standardError } = trendOf([0, ...repeat(rate, 59)]);
    expect(perSecond).toBeCloseTo(rest, 9);
    expect(standardError === rate).toBe(isPause);
  });
});

describe('a rate of 100 that has come and gone', () => {
  /** Ten seconds each of these, the newest first. */
  const steps = (...rates: readonly number[]) => rates.flatMap((rate) => repeat(rate, 10));

  test.for([
    ['never', steps(100, 20, 20, 20, 20, 20), true],
    ['once', steps(100, 20, 20, 20, 100, 20), true],
    ['twice', steps(100, 20, 100, 20, 100, 20), false],
    ['twice, and was 80', steps(100, 20, 80, 20, 80, 20), false],
    ['once, and was 79 before that', steps(100, 20, 80, 20, 79, 20), true],
    ['twice, and fell to 50', steps(100, 50, 100, 50, 100, 50), false],
    ['once, and fell to 51 before that', steps(100, 50, 100, 51, 100, 50), true],
  ] as const)('%s', ([, closes, isBelieved]) => {
    const { perSecond } = trendOf(closes);
    const mean = closes.reduce((sum, count) => sum + count, 0) / 60;
    expect(perSecond).toBeCloseTo(isBelieved ? 100 : mean, 9);
  });
});
