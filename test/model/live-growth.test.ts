import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../src/model/baseline-window.ts';
import { churnUpTo } from '../../src/model/churn.ts';
import { liveGrowth, NO_GROWTH } from '../../src/model/live-growth.ts';
import { connections, sampleOfSockets, SMALL_RANGE, type TestSocket } from '../helpers/sockets.ts';

const WIDE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

/** connect() calls up to now, if they are counted. */
const OPENS = 1_000_000;

/**
 * The growth of a group of so many live connections, whose number was known so many seconds ago. `unseen`: connections that
 * were made since then besides, and have left no trace; null: calls are not counted.
 */
function growthOf(
  live: number,
  before: Readonly<Record<number, number>>,
  free = 1000,
  unseen: number | null = 0,
) {
  const sample = sampleOfSockets(connections(live, {}, 32_768), {
    sysctls: WIDE,
    counters: { activeOpens: OPENS },
  });
  const [group] = sample.groups;
  if (group === undefined) throw new Error('no group');
  const baselines = Object.entries(before).map(([seconds, count]): Baseline => ({
    takenAtMs: -1000 * Number(seconds),
    activeOpens: unseen === null ? undefined : OPENS - Math.max(0, live - count) - unseen,
    timeWaitReused: undefined,
    liveByGroup: new Map([[group.key, count]]),
  }));
  return liveGrowth({ ...group, free }, 0, baselines, churnUpTo(sample));
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
  ['it may be chance', growthOf(1000, line(3, 1000, [10, 30]), 1000, 1000), 0],
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

describe('what is more than chance', () => {
  test.for<[string, ReturnType<typeof growthOf>, number | undefined]>([
    // 3.2 standard deviations of the 10 or 11 that came.
    ['10 more and nothing else: not', growthOf(5010, { 4: 5000 }, 400), 0],
    ['11 more and nothing else', growthOf(5011, { 4: 5000 }, 400), 2.75],
    // Of 211 that were opened, and 150 that peers closed.
    ['61 more beside 150 that came and went', growthOf(5061, { 4: 5000 }, 400, 150), 15.25],
    ['60 more beside 150 that came and went: not', growthOf(5060, { 4: 5000 }, 1900, 150), 0],
    // Of 100 that may have gone, and 151 that may be new.
    ['51 more, where there were 100', growthOf(151, { 4: 100 }, 400, null), 12.75],
    ['50 more, where there were 100: not', growthOf(150, { 4: 100 }, 1900, null), 0],
  ])('%s', ([, growth, perSecond]) => {
    expect(growth?.perSecond).toBe(perSecond);
  });

  test('of a table of 8,000 ports, 60 a second that have come for 3.2 s', () => {
    expect(growthOf(5792, { 3.2: 5600 }, 2208)?.perSecond).toBe(60);
  });

  test('is told by the closes that left TIME_WAIT', () => {
    const open = connections(560, {}, 32_768);
    const closed = connections(400, { state: 'TIME_WAIT', leftMs: 59_000 }, 40_000);
    const growthAmong = (others: readonly TestSocket[]) => {
      const counters = { activeOpens: OPENS };
      const sample = sampleOfSockets([...open, ...others], { sysctls: WIDE, counters });
      const [group] = sample.groups;
      if (group === undefined) throw new Error('no group');
      const before: Baseline = {
        takenAtMs: -4000,
        activeOpens: OPENS - 60 - others.length,
        timeWaitReused: 0,
        liveByGroup: new Map([[group.key, 500]]),
      };
      return liveGrowth({ ...group, free: 1800 }, 0, [before], churnUpTo(sample))?.perSecond;
    };
    expect(growthAmong([])).toBe(15);
    expect(growthAmong(closed)).toBe(0);
    expect(growthAmong(closed.map((one) => ({ ...one, remote: '10.0.9.22' })))).toBe(15);
  });
});

test.for([
  // 40 in 4 s of 5,000 that peers close may be chance. They would take 1,199 ports in less than 120 s.
  [1199, undefined],
  [1200, 0],
] as const)('with %i ports free, growth that may be chance is %j', ([free, perSecond]) => {
  expect(growthOf(5040, { 4: 5000 }, free, 1000)?.perSecond).toBe(perSecond);
  // Over a longer time it is none: 40 in 60 s.
  expect(growthOf(5040, { 4: 5000, 60: 5000 }, free, 1000)?.perSecond).toBe(0);
});

describe('a group that stays as large as it is on average is seen to grow once in 1,000 looks at most', () => {
  const [group] = sampleOfSockets(connections(1, {}, 32_768), { sysctls: WIDE }).groups;
  const base = sampleOfSockets(connections(1, {}, 32_768), { sysctls: WIDE });
  if (group === undefined) throw new Error('no group');

  /** Whether so many more would be a growth. */
  const isSeen = (then: number, opened: number, closed: number, counted: boolean) => {
    const liveUsed = then + opened - closed;
    const now = { ...group, liveUsed, free: 50 };
    const counters = { ...base.counters, activeOpens: OPENS };
    const before: Baseline = {
      takenAtMs: -3200,
      activeOpens: counted ? OPENS - opened : undefined,
      timeWaitReused: undefined,
      liveByGroup: new Map([[group.key, then]]),
    };
    const churn = churnUpTo({ ...base, takenAtMs: 0, counters, groups: [now] });
    return (liveGrowth(now, 0, [before], churn)?.perSecond ?? 0) > 0;
  };

  /** The chance that a pair of independent Poisson numbers of this mean is like that. */
  const chanceOf = (mean: number, isLikeThat: (one: number, other: number) => boolean) => {
    const most = Math.ceil(mean + 8 * Math.sqrt(mean) + 8);
    const weights = [Math.exp(-mean)];
    for (let count = 1; count <= most; count++)
      weights.push(((weights[count - 1] ?? 0) * mean) / count);
    let chance = 0;
    for (const [one, weight] of weights.entries())
      for (const [other, otherWeight] of weights.slice(0, one).entries())
        if (isLikeThat(one, other)) chance += weight * otherWeight;
    return chance;
  };

  test.for([1, 5, 20, 80, 150])('where %i come and as many go in the meantime', (mean) => {
    expect(chanceOf(mean, (opened, closed) => isSeen(5000, opened, closed, true))).toBeLessThan(
      0.001,
    );
  });

  test.for([1, 5, 20, 80, 150])('where %i live for so short that all are others', (mean) => {
    const isMore = (now: number, then: number) => isSeen(then, now, then, false);
    expect(chanceOf(mean, isMore)).toBeLessThan(0.001);
  });
});
