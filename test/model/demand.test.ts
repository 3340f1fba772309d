import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../src/model/baseline-window.ts';
import { demandOf, madePerSecond, peakClosesPerSecond } from '../../src/model/demand.ts';
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
  madePerSecond(now, baselineOf(before)).get(now.groups[0]?.key ?? '');

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
    expect(madePerSecond(sample, baselineOf(sample)).size).toBe(0);
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
  const dry = (madeBeforePerSecond?: number, isDry = true) => ({
    isDry,
    sinceMs: 0,
    lastMs: 0,
    madeBeforePerSecond,
    refusedWithFree: undefined,
  });

  test('is what is made and what is refused, where that is seen', () => {
    const group = { drainSchedule: idle, overdueTimeWait: 0, connectFailures: failures(85) };
    expect(demandOf(group, 15, dry(300))).toEqual({ perSecond: 100, isLowerBound: false });
    expect(demandOf(group, undefined, dry())).toEqual({ perSecond: null, isLowerBound: false });
  });

  test('is what is made, while there are ports', () => {
    const group = { drainSchedule: idle, overdueTimeWait: 0 };
    expect(demandOf(group, 15, undefined)).toEqual({ perSecond: 15, isLowerBound: false });
    expect(demandOf(group, 15, dry(300, false))).toEqual({ perSecond: 15, isLowerBound: false });
    expect(demandOf(group, undefined, undefined)).toEqual({ perSecond: null, isLowerBound: false });
  });

  test('is at least what was made before the ports ran out, where refusals cannot be seen', () => {
    const group = { drainSchedule: idle, overdueTimeWait: 0 };
    expect(demandOf(group, 15, dry(300))).toEqual({ perSecond: 300, isLowerBound: true });
    expect(demandOf(group, 15, dry())).toEqual({ perSecond: 15, isLowerBound: true });
    expect(demandOf(group, 0, dry())).toEqual({ perSecond: 0, isLowerBound: true });
    expect(demandOf(group, undefined, dry())).toEqual({ perSecond: null, isLowerBound: true });
  });

  test('is at least what was made in the busiest seconds of the last minute', () => {
    const group = {
      drainSchedule: idle.map((_, second) => (second < 4 ? 300 : 0)),
      overdueTimeWait: 0,
    };
    const { perSecond } = demandOf(group, 15, dry());
    expect(perSecond).toBeGreaterThan(285);
    expect(perSecond).toBeLessThanOrEqual(300);
  });
});
