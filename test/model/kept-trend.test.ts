import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendOfCloses } from '../../src/model/close-trend.ts';
import { type KeptTrend, keptTrend } from '../../src/model/kept-trend.ts';

const NOW = 1_000_000;
const seconds = (length: number, closes: number) => Array.from({ length }, () => closes);
/** A constant rate that has been seen for so long. */
const constant = (perSecond: number, sinceSeconds: number): KeptTrend => ({
  trend: trendOfCloses(seconds(60, perSecond)),
  sinceMs: NOW - 1000 * sinceSeconds,
  otherSinceMs: undefined,
});

test('the first look says what it sees', () => {
  const closes = seconds(60, 10);
  expect(keptTrend(closes, NOW, undefined)).toEqual({
    trend: trendOfCloses(closes),
    sinceMs: NOW - 60_000,
    otherSinceMs: undefined,
  });
});

describe('a rate that has changed', () => {
  const changed = [...seconds(4, 40), ...seconds(56, 10)];
  const seen = trendOfCloses(changed).seenSeconds;

  test('counts at once', () => {
    expect(seen).toBeLessThan(5);
    const kept = keptTrend(changed, NOW, constant(10, 60));
    expect(kept.trend.perSecond).toBe(40);
    expect(kept.sinceMs).toBe(NOW - 1000 * seen);
  });

  test('goes on where a look does not see the change, until all looks of three seconds do not', () => {
    const before = constant(40, 4);
    const same = seconds(60, 12);
    const kept = keptTrend(same, NOW, before);
    expect(kept).toMatchObject({ sinceMs: NOW - 4000, otherSinceMs: NOW });
    // The closes since the change.
    expect(kept.trend).toMatchObject({ perSecond: 12, seenSeconds: 4 });
    expect(keptTrend(same, NOW + 2999, kept)).toMatchObject({
      sinceMs: NOW - 4000,
      trend: { seenSeconds: 6 },
    });
    expect(keptTrend(same, NOW + 3000, kept)).toMatchObject({
      trend: { seenSeconds: 60 },
      otherSinceMs: undefined,
    });
    // Looks that agree in between begin the three seconds anew.
    const agreed = keptTrend([...seconds(5, 40), ...seconds(55, 10)], NOW + 1000, kept);
    expect(agreed.otherSinceMs).toBeUndefined();
  });

  test.for([
    [6, 'held'],
    [7, 'same'],
    [8, 'same'],
    [9, 'same'],
    [10, 'held'],
    [16, 'held'],
    [17, 'new'],
    [60, 'new'],
  ] as const)('8 s ago, where the one before has been seen for %d s, is %s', ([since, is]) => {
    const closes = [...seconds(9, 40), ...seconds(51, 10)];
    expect(trendOfCloses(closes).seenSeconds).toBe(8);
    const kept = keptTrend(closes, NOW, constant(20, since));
    expect(kept.otherSinceMs === undefined).toBe(is !== 'held');
    expect(kept.sinceMs).toBe(NOW - 1000 * (is === 'held' ? since : 8));
  });
});

test('a rise is no constant rate, nor the other way round, before three seconds', () => {
  const rising = Array.from({ length: 60 }, (_, age) => 40 - Math.round(age / 2));
  const rise = keptTrend(rising, NOW, undefined);
  expect(rise.trend.perSecondSquared).toBeGreaterThan(0.4);
  const even = seconds(60, 30);
  const kept = keptTrend(even, NOW, rise);
  expect(kept).toMatchObject({ otherSinceMs: NOW, sinceMs: rise.sinceMs });
  expect(keptTrend(even, NOW + 3000, kept).trend.perSecondSquared).toBe(0);
  const back = keptTrend(rising, NOW, constant(30, 60));
  expect(back.trend.perSecondSquared).toBe(0);
  expect(keptTrend(rising, NOW + 3000, back).trend.perSecondSquared).toBeGreaterThan(0.4);
});

test('bursts and pauses are as each look sees them, and so is all after the clock was set back', () => {
  const bursts = Array.from({ length: 60 }, (_, age) => (age % 5 === 2 ? 50 : 0));
  expect(keptTrend(bursts, NOW, constant(10, 60)).trend.bursts).toBeDefined();
  const rhythm = keptTrend(bursts, NOW, undefined);
  expect(keptTrend(seconds(60, 10), NOW, rhythm).trend).toEqual(trendOfCloses(seconds(60, 10)));
  const silent = [...seconds(3, 0), ...seconds(57, 10)];
  expect(keptTrend(silent, NOW, constant(10, 10)).trend).toEqual(trendOfCloses(silent));
  const same = seconds(60, 12);
  expect(keptTrend(same, NOW - 5000, constant(40, 4)).trend).toEqual(trendOfCloses(same));
});

test('a trend that a look does not see is kept for three seconds at most, whatever the closes', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 3 }), (lists) => {
      let kept: KeptTrend | undefined;
      let seenMs = NOW;
      for (let nowMs = NOW; nowMs < NOW + 10_000; nowMs += 250) {
        const closes = lists[Math.floor(nowMs / 1000) % lists.length] ?? [];
        kept = keptTrend(closes, nowMs, kept);
        if (kept.otherSinceMs === undefined) {
          expect(kept.trend).toEqual(trendOfCloses(closes));
          seenMs = nowMs;
        }
        expect(kept.trend.perSecond).toBeGreaterThanOrEqual(0);
        expect(nowMs - seenMs).toBeLessThanOrEqual(3000);
      }
    }),
  );
});
