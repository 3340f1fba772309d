import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../src/model/baseline-window.ts';
import { connectionsMade, demandOf } from '../../src/model/demand.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import { peakClosesPerSecond } from '../../src/model/peak-closes.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { closesWithin } from '../../src/model/sample/time-wait.ts';
import { connections, sampleOfSockets, SMALL_RANGE, timeWaits } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const WIDE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '20000 29999' };
const REUSED = { ...WIDE, 'net.ipv4.tcp_tw_reuse': '1' };

/** A sample some seconds after noon. */
function after(seconds: number, ...given: Parameters<typeof sampleOfSockets>): Sample {
  const [sockets, overrides] = given;
  return sampleOfSockets(sockets, {
    sysctls: WIDE,
    takenAtMs: NOON + seconds * 1000,
    ...overrides,
  });
}

const madeOf = (now: Sample, before: Sample) =>
  connectionsMade(now, baselineOf(before)).get(now.groups[0]?.key ?? '')?.perSecond;

describe('connections made', () => {
  test('are those that are open now and were not, and those closed since', () => {
    const before = after(0, connections(10, {}, 20_000));
    const now = after(10, [
      ...connections(40, {}, 20_000),
      ...timeWaits(70, 55_000, {}, 21_000),
      ...timeWaits(500, 45_000, {}, 22_000),
    ]);
    expect(madeOf(now, before)).toBe(10);
  });

  test('are none where connections only close', () => {
    const before = after(0, connections(70, {}, 20_000));
    const now = after(10, timeWaits(70, 55_000, {}, 20_000));
    expect(madeOf(now, before)).toBe(0);
  });

  test('cannot be told without time between two looks', () => {
    const sample = after(0, connections(10));
    expect(connectionsMade(sample, baselineOf(sample)).size).toBe(0);
  });

  test.for([
    // Opens, reuses; the connections that the table shows are 20.
    [200, 150, 17],
    [200, 500, 20],
    [20, 150, 2],
    [0, 0, 2],
  ] as const)('took TIME_WAIT over: %i opens, %i reuses: %i/s', ([opens, reuses, made]) => {
    const sysctls = REUSED;
    const before = after(0, timeWaits(100, 45_000, {}, 20_000), {
      sysctls,
      counters: { activeOpens: 1000, timeWaitReused: 100 },
    });
    const now = after(
      10,
      [...timeWaits(20, 55_000, {}, 20_000), ...timeWaits(80, 35_000, {}, 21_000)],
      { sysctls, counters: { activeOpens: 1000 + opens, timeWaitReused: 100 + reuses } },
    );
    expect(madeOf(now, before)).toBeCloseTo(made, 5);
  });

  test('a counter that was set back counts nothing', () => {
    const counters = { activeOpens: 1000, timeWaitReused: 100 };
    const before = after(0, timeWaits(20, 45_000, {}, 20_000), { sysctls: REUSED, counters });
    const now = after(10, timeWaits(20, 55_000, {}, 20_000), {
      sysctls: REUSED,
      counters: { activeOpens: 5, timeWaitReused: 1 },
    });
    expect(madeOf(now, before)).toBe(2);
  });
});

describe('opens that leave nothing to be seen', () => {
  const WITHOUT_COUNTERS = {};
  /** Whether more may have been made than the 80 connections of 10 s, where the kernel counts so many opens. */
  const isLowerBound = (now: Sample['counters'], before: Sample['counters']) => {
    const first = after(0, connections(10, {}, 20_000), { counters: before, sysctls: REUSED });
    const second = after(
      10,
      [...connections(10, {}, 20_000), ...timeWaits(80, 55_000, {}, 21_000)],
      { counters: now, sysctls: REUSED },
    );
    const made = connectionsMade(second, baselineOf(first));
    return made.get(second.groups[0]?.key ?? '')?.isLowerBound;
  };
  const counters = (opens: number, reuses = 0) => ({
    activeOpens: 1000 + opens,
    timeWaitReused: 100 + reuses,
  });

  test.for([
    // A fifth and more than 20, after those that took TIME_WAIT over.
    [100, 0, false],
    [101, 0, true],
    [101, 1, false],
    [1000, 700, true],
    [1000, 720, false],
    [1000, 719, true],
    // Fewer opens than seen: nothing is missing.
    [0, 0, false],
  ] as const)('%i opens, %i took TIME_WAIT over, 80 are seen: %s', ([opens, reuses, expected]) => {
    expect(isLowerBound(counters(opens, reuses), counters(0))).toBe(expected);
  });

  test('are not told where the kernel does not count', () => {
    expect(isLowerBound(WITHOUT_COUNTERS, WITHOUT_COUNTERS)).toBe(false);
    expect(isLowerBound(counters(5000), WITHOUT_COUNTERS)).toBe(false);
    expect(isLowerBound(counters(-500), counters(0))).toBe(false);
  });

  test.for([
    // So few are no share, though it is a quarter and more.
    [20, false],
    [21, true],
  ] as const)('%i, and none is seen: %s', ([opens, expected]) => {
    const [first, second] = [0, opens].map((more, index) =>
      after(10 * index, connections(1, {}, 20_000), { counters: counters(more) }),
    );
    if (first === undefined || second === undefined) throw new Error('no samples');
    const made = connectionsMade(second, baselineOf(first));
    expect([...made.values()].map((each) => each.isLowerBound)).toEqual([expected]);
  });

  test('are not those of other groups, or of none that is a group', () => {
    const first = after(0, connections(1, {}, 20_000), { counters: counters(0) });
    const second = after(
      10,
      [...connections(1, {}, 20_000), ...timeWaits(60, 55_000, { remote: '10.0.9.22' }, 21_000)],
      { counters: counters(75) },
    );
    const made = connectionsMade(second, baselineOf(first));
    expect([...made.values()].map((each) => each.isLowerBound)).toEqual([false, false]);
  });
});

test('closes within a time are those of whole seconds, and a part of one', () => {
  const schedule = Array.from({ length: 60 }, (_, second) => second);
  expect(closesWithin(schedule, 0)).toBe(0);
  expect(closesWithin(schedule, 1)).toBe(59);
  expect(closesWithin(schedule, 2.5)).toBe(59 + 58 + 28.5);
  expect(closesWithin(schedule, 60)).toBe((59 * 60) / 2);
  expect(closesWithin(schedule, 1000)).toBe((59 * 60) / 2);
});

describe('the busiest seconds', () => {
  const spurts = (perSecond: number, seconds: number) =>
    Array.from({ length: 60 }, (_, second) =>
      second >= 20 && second < 20 + seconds ? perSecond : 0,
    );

  const peakOf = (drainSchedule: readonly number[], overdueTimeWait = 0) =>
    peakClosesPerSecond({ drainSchedule, overdueTimeWait });

  test('do not have what is overdue', () => {
    const steady = Array.from({ length: 60 }, (_, second) => (second === 0 ? 300 : 100));
    expect(peakOf(steady, 200)).toBeLessThanOrEqual(100);
    expect(peakOf(steady, 0)).toBeGreaterThan(100);
  });

  test('are told whenever they were', () => {
    expect(peakOf(spurts(300, 4))).toBeGreaterThan(285);
    expect(peakOf(spurts(300, 4))).toBeLessThanOrEqual(300);
  });

  test('count for less where they may be chance', () => {
    expect(peakOf(spurts(1, 3))).toBeLessThan(0.5);
    expect(peakOf([])).toBe(0);
    expect(peakOf(spurts(0, 3))).toBe(0);
  });

  test('are 3', () => {
    expect(peakOf(spurts(300, 2))).toBeLessThan(200);
    expect(peakOf(spurts(300, 3))).toBe((900 - 30) / 3);
    expect(peakOf(spurts(300, 4))).toBe((900 - 30) / 3);
  });
});

describe('what is wanted', () => {
  const idle = Array.from({ length: 60 }, () => 0);
  const failures = (perSecond: number) => ({
    perSecond,
    lastMinute: 60 * perSecond,
    total: 60 * perSecond,
    processes: [],
  });
  const dry = (more: Partial<LimitState> = {}): LimitState => ({ ...limitReached(0), ...more });
  const before = (madeBeforePerSecond: number) => dry({ madeBeforePerSecond });
  const unseen = { drainSchedule: idle, overdueTimeWait: 0 };
  const seen = (perSecond: number) => ({ ...unseen, connectFailures: failures(perSecond) });
  /** What a group wants that makes so many; what is left out is as it is without a past. */
  const wantedBy = (
    group: Parameters<typeof demandOf>[0],
    madePerSecond: number | undefined,
    limit?: LimitState,
    isMadeLowerBound = false,
  ) => demandOf(group, { madePerSecond, isMadeLowerBound, limit });
  const UNKNOWN = { perSecond: null, isLowerBound: false, mostPerSecond: null };

  test('is what is made and what is refused, where that is seen', () => {
    expect(wantedBy(seen(85), 15, before(300))).toEqual({
      perSecond: 100,
      isLowerBound: false,
      mostPerSecond: 100,
    });
    expect(wantedBy(seen(85), undefined, dry())).toEqual(UNKNOWN);
  });

  test('is what is made, while there are ports', () => {
    const made = { perSecond: 15, isLowerBound: false, mostPerSecond: 15 };
    expect(wantedBy(unseen, 15)).toEqual(made);
    for (const stage of ['recovering', 'over'] as const)
      expect(wantedBy(unseen, 15, { ...before(300), stage })).toEqual(made);
    expect(wantedBy(unseen, undefined)).toEqual(UNKNOWN);
  });

  test('is at least what was made before the ports ran out, where refusals cannot be seen', () => {
    const atLeast = (perSecond: number) => ({
      perSecond,
      isLowerBound: true,
      mostPerSecond: perSecond,
    });
    expect(wantedBy(unseen, 15, before(300))).toEqual(atLeast(300));
    expect(wantedBy(unseen, 15, dry())).toEqual(atLeast(15));
    expect(wantedBy(unseen, 0, dry())).toEqual(atLeast(0));
    expect(wantedBy(unseen, undefined, before(300))).toEqual(atLeast(300));
    expect(wantedBy(unseen, undefined, dry())).toEqual(UNKNOWN);
  });

  test('is at least what was made in the busiest seconds of the last minute', () => {
    const drainSchedule = idle.map((_, second) => (second < 4 ? 300 : 0));
    const { perSecond } = wantedBy({ ...unseen, drainSchedule }, 15, dry());
    expect(perSecond).toBeGreaterThan(285);
    expect(perSecond).toBeLessThanOrEqual(300);
  });

  test('is a lower bound where connections may have been made that left no trace', () => {
    expect(wantedBy(unseen, 15, undefined, true)).toMatchObject({
      perSecond: 15,
      isLowerBound: true,
    });
    expect(wantedBy(seen(85), 15, dry(), true)).toMatchObject({
      perSecond: 100,
      isLowerBound: true,
    });
  });

  test.for([
    ['dry', 84, 84],
    ['dry', 240, 240],
    ['recovering', 240, 240],
    ['over', 240, 100],
  ] as const)(
    'keeps its highest of the episode: %s, %i/s wanted: %i/s',
    ([stage, most, wanted]) => {
      const limit = { ...dry({ mostWantedPerSecond: most }), stage };
      expect(wantedBy(seen(85), 15, limit)).toMatchObject({
        perSecond: 100,
        mostPerSecond: wanted,
      });
    },
  );
});
