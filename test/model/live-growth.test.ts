import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../src/model/baseline-window.ts';
import { liveGrowth, NO_GROWTH } from '../../src/model/live-growth.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

const WIDE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

/** The growth of a group of so many live connections, whose number was known so many seconds ago. */
function growthOf(live: number, before: Readonly<Record<number, number>>, free = 1000) {
  const [group] = sampleOfSockets(connections(live, {}, 32_768), { sysctls: WIDE }).groups;
  if (group === undefined) throw new Error('no group');
  const baselines = Object.entries(before).map(([seconds, count]): Baseline => ({
    takenAtMs: -1000 * Number(seconds),
    activeOpens: undefined,
    timeWaitReused: undefined,
    liveByGroup: new Map([[group.key, count]]),
  }));
  return liveGrowth({ ...group, free }, 0, baselines);
}

const line = (perSecond: number, live: number, seconds: readonly number[]) =>
  Object.fromEntries(seconds.map((ago) => [ago, live - perSecond * ago]));

test.for<[string, ReturnType<typeof growthOf>, number | undefined]>([
  ['nothing was looked at', growthOf(100, {}), undefined],
  ['2.9 s were looked at', growthOf(100, { 2.9: 0 }), undefined],
  ['it is as many as 3 s ago', growthOf(100, { 3: 100 }), 0],
  ['it has grown for 3 s', growthOf(160, line(20, 160, [1, 2, 3])), 20],
  ['it came at once', growthOf(64, { 1: 64, 2: 64, 3: 0 }), 0],
  ['it came at once, a moment ago', growthOf(64, { 1: 0, 2: 0, 3: 0 }), 0],
  ['it has stopped since', growthOf(160, { 1: 160, 2: 160, 3: 160, 10: 0 }), 0],
  ['it may be chance', growthOf(1000, line(3, 1000, [10, 30])), 0],
  ['it would take the ports in 60 times as long', growthOf(60, { 3: 0 }, 3600), 20],
  ['it would take longer', growthOf(60, { 3: 0 }, 3601), 0],
  ['it shrinks', growthOf(100, line(-20, 100, [1, 2, 3])), -20],
])('%s', ([, growth, perSecond]) => {
  expect(growth?.perSecond).toBe(perSecond);
});

test('a growth is seen as far back as it was the same, and no further', () => {
  const looks = line(20, 1000, [3, 5, 10, 30]);
  expect(growthOf(1000, { ...looks, 60: 400 })).toEqual({ perSecond: 20, seenSeconds: 30 });
});

test.for([
  [86, { perSecond: 8.6, seenSeconds: 10 }],
  // 1.5 standard deviations less than the 100 that the last 4 s would give.
  [85, { perSecond: 10, seenSeconds: 4 }],
] as const)('%i more in 10 s, 40 of them in the last 4 s, are %j', ([more, growth]) => {
  expect(growthOf(100, { 4: 60, 10: 100 - more })).toEqual(growth);
});

test.for([
  [32, { perSecond: 10, seenSeconds: 4 }],
  // More than 0.3 of all above the half that the time gives.
  [33, NO_GROWTH],
] as const)('40 more in 4 s, %i of them in the last 2 s, are %j', ([more, growth]) => {
  expect(growthOf(40, { 2: 40 - more, 4: 0 })).toEqual(growth);
});

describe('a leak of 10 a second in bursts, none in the last 3 s', () => {
  const leak = (before: Readonly<Record<number, number>>) =>
    growthOf(2000, { 3: 2000, ...before })?.perSecond;

  test('is a growth after 170 s', () => {
    expect(leak({ 60: 1400, 169: 310 })).toBe(0);
    expect(leak({ 60: 1400, 170: 300 })).toBe(10);
  });

  test('is none where nothing came for 25 s', () => {
    expect(leak({ 24: 2000, 60: 1400, 170: 300 })).toBe(10);
    expect(leak({ 25: 2000, 60: 1400, 170: 300 })).toBe(0);
  });

  test('is none where a look is off by more than 0.4 of what should have come', () => {
    expect(leak({ 60: 1640, 170: 300 })).toBe(10);
    expect(leak({ 60: 1641, 170: 300 })).toBe(0);
  });
});

test('a leak in bursts is a growth once it has gone on for three minutes', () => {
  const at = (ago: number) => 2000 - 200 * Math.ceil((ago - 5) / 20);
  const looks = Object.fromEntries([3, 10, 30, 60, 180].map((ago) => [ago, at(ago)]));
  expect(growthOf(2000, looks)?.perSecond).toBeCloseTo(10, 0);
  expect(growthOf(2000, { 3: 2000, 10: 1800, 30: 1600, 60: 1400 })).toEqual(NO_GROWTH);
  expect(NO_GROWTH).toEqual({ perSecond: 0, seenSeconds: 0 });
});
