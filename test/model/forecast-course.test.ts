/** The ports in use as a function of time, term by term. */
import { describe, expect, test } from 'vitest';
import { closeTrend } from '../../src/model/close-trend.ts';
import { forecastGroup, forecastUsed } from '../../src/model/forecast.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const NONE = Array.from({ length: 60 }, () => 0);
const TEN = NONE.map(() => 10);

function groupWith(changes: Partial<TupleGroup>): TupleGroup {
  const [group] = sampleOfSockets(connections(1)).groups;
  if (group === undefined) throw new Error('no group');
  const base = { drainSchedule: NONE, timeWaitUsed: 0, overdueTimeWait: 0, liveUsed: 0 };
  return { ...group, ...base, usable: 10_000, used: 0, free: 10_000, ...changes };
}

describe('what connect() takes over holds its port for the delay', () => {
  const usedAfter = (delayMs: number, seconds: number) =>
    forecastUsed(
      groupWith({
        drainSchedule: TEN,
        liveUsed: 5,
        timeWaitUsed: 40,
        reusableFromAgeMs: delayMs,
      }),
      0,
    )(seconds);

  test.for([
    // 40 that leave within 2 s, and 10 a second that stay for 2 s.
    [0, 45],
    [1, 5 + 20 + 10],
    [2, 5 + 0 + 20],
    [3, 5 + 0 + 20],
    [30, 5 + 0 + 20],
  ] as const)('of 2 s: in %d s %d ports are in use', ([seconds, used]) => {
    expect(usedAfter(2000, seconds)).toBeCloseTo(used, 9);
  });

  test('no delay is next to none', () => {
    expect(usedAfter(0, 0)).toBeCloseTo(45, 9);
    expect(usedAfter(0, 1)).toBeCloseTo(5 + 10 * 0.001, 9);
  });
});

describe('what is in TIME_WAIT leaves by the schedule', () => {
  const leaving = NONE.map((_, second) => (second === 0 ? 12 : second === 30 ? 40 : 0));
  const usedAfter = (changes: Partial<TupleGroup>, seconds: number, wheelStep?: number) => {
    const wheel =
      wheelStep === undefined ? undefined : { stepSeconds: wheelStep, sinceLastSeconds: 0 };
    const all = { drainSchedule: leaving, timeWaitUsed: 52, liveUsed: 7, ...changes };
    // Nothing is closed any more: the two lots are bursts that are over.
    return forecastUsed(groupWith(all), 0, wheel)(seconds);
  };

  test.for([
    [-1, 59],
    [0, 59],
    [0.5, 53],
    [1, 47],
    [30, 47],
    [30.25, 37],
    [31, 7],
    [59, 7],
    [60, 7],
    [300, 7],
  ] as const)('after %d s %d ports are in use', ([seconds, used]) => {
    expect(usedAfter({}, seconds)).toBeCloseTo(used, 9);
  });

  test('half of the sockets are on usable ports: half as many ports come back', () => {
    expect(usedAfter({ timeWaitUsed: 26 }, 0)).toBeCloseTo(7 + 26, 9);
    expect(usedAfter({ timeWaitUsed: 26 }, 1)).toBeCloseTo(7 + 20, 9);
  });

  test('a single socket counts', () => {
    const one = NONE.map((_, second) => (second === 30 ? 1 : 0));
    expect(usedAfter({ drainSchedule: one, timeWaitUsed: 1 }, 0)).toBeCloseTo(8, 9);
    expect(usedAfter({ drainSchedule: one, timeWaitUsed: 1 }, 31)).toBeCloseTo(7, 9);
  });

  test('where the wheel is known, overdue sockets are due already: its first turn takes them', () => {
    // Of the 12 of the first second 5 are overdue.
    expect(usedAfter({ overdueTimeWait: 5 }, 0, 8)).toBeCloseTo(7 + 47, 9);
    expect(usedAfter({ overdueTimeWait: 5 }, 0.5)).toBeCloseTo(7 + 46, 9);
    expect(usedAfter({ overdueTimeWait: 5 }, 8, 8)).toBeCloseTo(7 + 40, 9);
  });
});

describe('closes go on', () => {
  /** Ports closed within so many seconds: what is closed keeps its port throughout. */
  const closedWithin = (drainSchedule: readonly number[]) =>
    forecastUsed(groupWith({ drainSchedule, reusableFromAgeMs: 3_600_000 }), 0);

  test('along a rising line for as long as it was seen, and then at the rate it has reached', () => {
    const rising = NONE.map((_, second) => second);
    const { perSecond, perSecondSquared, trendSeconds } = closeTrend(rising);
    expect([perSecondSquared > 0.9, trendSeconds > 50]).toEqual([true, true]);
    const closed = closedWithin(rising);
    expect(closed(10)).toBeCloseTo(10 * perSecond + 50 * perSecondSquared, 6);
    const end = trendSeconds;
    expect(closed(end)).toBeCloseTo(end * perSecond + (perSecondSquared * end ** 2) / 2, 6);
    const reached = perSecond + end * perSecondSquared;
    expect(closed(end + 10) - closed(end)).toBeCloseTo(10 * reached, 6);
  });

  test('along a falling line until nothing is closed any more', () => {
    const falling = NONE.map((_, second) => 90 - second);
    const { perSecond, perSecondSquared, trendSeconds } = closeTrend(falling);
    const end = perSecond / -perSecondSquared;
    expect([perSecondSquared < -0.9, end < trendSeconds]).toEqual([true, true]);
    const closed = closedWithin(falling);
    expect(closed(end)).toBeCloseTo((perSecond * end) / 2, 6);
    expect(closed(end + 10)).toBeCloseTo(closed(end), 6);
  });
});

test('where the wheel is known, timers are half a turn late on average', () => {
  const steady = groupWith({ drainSchedule: TEN, timeWaitUsed: 600, liveUsed: 100 });
  expect(forecastGroup(steady, 0).steadyStateUsed).toBe(700);
  const wheel = { stepSeconds: 8, sinceLastSeconds: 0 };
  expect(forecastGroup(steady, 0, wheel).steadyStateUsed).toBe(740);
});

test('a pool that gets smaller peaks now, and ends at nothing', () => {
  const group = groupWith({ liveUsed: 100, used: 100, free: 9900 });
  expect(forecastGroup(group, -10)).toMatchObject({ peakUsed: 100, etaSeconds: null });
  expect(forecastUsed(group, -10)(5)).toBe(50);
  expect(forecastUsed(group, -10)(11)).toBe(0);
});

describe('a range of times', () => {
  const closing = (changes: Partial<TupleGroup>) => {
    const drainSchedule = NONE.map((_, second) => (second < 39 ? 0 : 20));
    return forecastGroup(groupWith({ drainSchedule, timeWaitUsed: 420, ...changes }), 0);
  };

  test('is not given where ports have run out, or never do', () => {
    expect(closing({ usable: 420, used: 420, free: 0 })).toMatchObject({
      etaSeconds: 0,
      etaRangeSeconds: null,
    });
    expect(closing({ usable: 10_000, used: 420, free: 9580 })).toMatchObject({
      etaSeconds: null,
      etaRangeSeconds: null,
    });
    expect(closing({ usable: 520, used: 420, free: 100 }).etaRangeSeconds).not.toBeNull();
  });

  test('has no end where nothing may be closed any more', () => {
    // Three closes: the error of their rate is more than the rate.
    const drainSchedule = NONE.map((_, second) => (second > 56 ? 1 : 0));
    const group = groupWith({ drainSchedule, timeWaitUsed: 3, used: 3, usable: 8, free: 5 });
    const { perSecond, standardError } = closeTrend(drainSchedule);
    expect(2 * standardError).toBeGreaterThan(perSecond);
    const { etaSeconds, etaRangeSeconds } = forecastGroup(group, 0);
    expect([etaSeconds !== null, etaRangeSeconds?.[1]]).toEqual([true, null]);
  });
});

test('a group without a free port has run out, though ports come back within the next second', () => {
  const drainSchedule = NONE.map((_, second) => (second === 0 ? 50 : 0));
  const full = { drainSchedule, timeWaitUsed: 50, liveUsed: 50, used: 100, usable: 100 };
  expect(forecastGroup(groupWith({ ...full, free: 0 }), 0).etaSeconds).toBe(0);
  expect(forecastGroup(groupWith({ ...full, used: 99, free: 1 }), 0).etaSeconds).toBeNull();
});

test.for([
  [599, 29.9],
  // Just enough ports are as bad as too few: none is left.
  [600, 30],
  [601, null],
] as const)('600 ports are held for good: of %i none is left in %j s', ([usable, eta]) => {
  const drainSchedule = NONE.map((_, second) => (second < 30 ? 0 : 10));
  const changes = { drainSchedule, timeWaitUsed: 300, used: 300, usable, free: usable - 300 };
  const { etaSeconds } = forecastGroup(groupWith(changes), 0);
  expect(etaSeconds).toEqual(eta && expect.closeTo(eta, 6));
});
