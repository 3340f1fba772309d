import { describe, expect, test } from 'vitest';
import { buildModel } from '../../../src/model/model.ts';
import {
  closesWithin,
  closesPerSecond,
  drainSecond,
  emptySchedule,
  timeWaitAgeMs,
} from '../../../src/model/sample/time-wait.ts';
import { sampleOfSockets, SMALL_RANGE, timeWaits } from '../../helpers/sockets.ts';

const BIG_RANGE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '20000 59999' };

/** Sockets of a client that closes 200 connections a second, on a kernel whose TIME_WAIT lasts so long. */
function steadyCloses(lengthSeconds: number, perSecond = 200) {
  return Array.from({ length: lengthSeconds }, (_, second) =>
    timeWaits(perSecond, second * 1000 + 500, {}, 20_000 + second * perSecond),
  ).flat();
}

describe("TIME_WAIT's length", () => {
  const lengthOf = (leftMs: number, timeout: string | null = null) =>
    sampleOfSockets(timeWaits(1, leftMs), {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_timeout': timeout },
    }).timeWaitSeconds;

  test.for<[leftMs: number, timeout: string | null, seconds: number]>([
    [0, null, 60],
    [60_000, null, 60],
    [61_000, null, 60],
    [61_001, null, 62],
    [119_400, null, 120],
    [3_000_000, null, 600],
    [59_000, '120', 120],
    [1000, '20', 20],
    [21_001, '20', 22],
    [1000, '0', 1],
    [1000, '9999', 600],
    [1000, 'x', 60],
  ])('%i ms left, tcp_tw_timeout %s: %i s', ([leftMs, timeout, seconds]) => {
    expect(lengthOf(leftMs, timeout)).toBe(seconds);
  });

  test('120 s: closes are counted over their own last 10 s, and the ports are enough for them', () => {
    const sample = sampleOfSockets(steadyCloses(120, 100), { sysctls: BIG_RANGE });
    const [group] = buildModel(sample).groups;
    expect(sample.timeWaitSeconds).toBe(120);
    expect(group).toMatchObject({ closeRate: 100, etaSeconds: null, steadyStateUsed: 12_000 });
    expect(group?.drainSchedule).toEqual(Array.from({ length: 120 }, () => 100));
  });

  test('20 s, by the sysctl', () => {
    const sysctls = { ...BIG_RANGE, 'net.ipv4.tcp_tw_timeout': '20' };
    const [group] = buildModel(sampleOfSockets(steadyCloses(20), { sysctls })).groups;
    expect(group).toMatchObject({ closeRate: 200, etaSeconds: null, steadyStateUsed: 4000 });
  });
});

test.for([
  [59_999, 60, 1, 59],
  [60_000, 60, 0, 59],
  [0, 60, 60_000, 0],
  [999, 120, 119_001, 0],
  [1000, 120, 119_000, 1],
  [119_999, 120, 1, 119],
] as const)('%i ms left of %i s', ([leftMs, seconds, ageMs, second]) => {
  expect(timeWaitAgeMs(leftMs, seconds)).toBe(ageMs);
  expect(drainSecond(leftMs, seconds)).toBe(second);
});

test('closes per second are those of the last 10 s, or of all TIME_WAIT where it is shorter', () => {
  const schedule = (length: number) => emptySchedule(length).map((_, second) => second);
  expect(closesPerSecond(schedule(60))).toBe(54.5);
  expect(closesPerSecond(schedule(120))).toBe(114.5);
  expect(closesPerSecond(schedule(4))).toBe(1.5);
  expect(closesPerSecond([])).toBe(0);
});

test.each([
  ['whole seconds', [9, 40, 40, 40], 2, 80],
  ['a part of a second that closes went on through', [9, 40, 40, 40], 2.25, 90],
  // Begun within it as fast as they went on: 10 of them in its last quarter.
  ['the part that they began in', [0, 10, 40, 40], 2.25, 90],
  ['and less of it than that', [0, 10, 40, 40], 2.125, 85],
  ['and more', [0, 10, 40, 40], 2.5, 90],
  ['as many as in the second after', [0, 40, 40, 40], 2.25, 90],
  ['faster than in the second after', [0, 60, 40, 40], 2.25, 95],
  ['after a long rest', [1, 0, 10, 40], 1.25, 42.5],
  ['all there is', [0, 10, 40, 40], 9.5, 90],
  ['nothing', [0, 0, 0, 0], 2.5, 0],
] as const)('closes within the last seconds: %s', (_, schedule, seconds, expected) => {
  expect(closesWithin(schedule, seconds)).toBeCloseTo(expected);
});
