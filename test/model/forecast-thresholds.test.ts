/** The limits of the forecast, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { forecastGroup, forecastUsed, heldSeconds } from '../../src/model/forecast.ts';
import { isBeyondChance } from '../../src/model/live-growth.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const MINUTE = Array.from({ length: 60 }, () => 0);

function groupWith(changes: Partial<TupleGroup>): TupleGroup {
  const [group] = sampleOfSockets(connections(1)).groups;
  if (group === undefined) throw new Error('no group');
  return { ...group, drainSchedule: MINUTE, timeWaitUsed: 0, overdueTimeWait: 0, ...changes };
}

test.for([
  [0, 60],
  [30, 63],
  [59, 65.9],
  [60, 66],
  [61, 66],
  [600, 66],
] as const)('%i overdue at 10 closes/s: a port is held for %d s', ([overdueTimeWait, seconds]) => {
  const group = groupWith({ drainSchedule: MINUTE.map(() => 10), overdueTimeWait });
  expect(heldSeconds(group)).toBeCloseTo(seconds, 9);
});

test('how late timers are is told by the five seconds after the first', () => {
  const first = [1000, 10, 10, 10, 10, 10, 1000];
  const group = groupWith({ drainSchedule: [...first, ...MINUTE.slice(7)], overdueTimeWait: 20 });
  expect(heldSeconds(group)).toBe(62);
});

test.for([
  [70, 100, false],
  [69, 100, true],
  [100, 70, false],
  [100, 69, true],
  [0, 9, false],
  [0, 10, true],
] as const)('from %i to %i is beyond chance: %j', ([before, now, beyond]) => {
  expect(isBeyondChance(before, now)).toBe(beyond);
});

describe('a leak of a port a second', () => {
  const leaking = (free: number) =>
    forecastGroup(groupWith({ usable: 1000 + free, used: 1000, liveUsed: 1000, free }), 1);

  test.for([
    [86_400, 86_400],
    [86_401, null],
  ] as const)('with %i ports left runs out in %j s: a day is as far as it goes', ([free, eta]) => {
    expect(leaking(free).etaSeconds).toBe(eta);
  });

  test('peaks at what it has in ten minutes, or has run out', () => {
    expect(leaking(86_400).peakUsed).toBe(1600);
    expect(leaking(600).peakUsed).toBe(1600);
    expect(leaking(599).peakUsed).toBe(1599);
  });
});

describe('of 20 s of steady closes, and a leak beside them', () => {
  const forecastOf = (rate: number) => {
    const used = 21 * rate;
    const drainSchedule = MINUTE.map((_, second) => (second < 39 ? 0 : rate));
    const group = groupWith({ drainSchedule, timeWaitUsed: used, used, liveUsed: 0 });
    return forecastGroup({ ...group, usable: used + 100, free: 100 }, 1);
  };

  test.for([
    // Two standard errors are 2, and 2.05.
    [20, true],
    [21, false],
  ] as const)('%i/s swing by a tenth: a range is given (%j)', ([rate, hasRange]) => {
    expect(forecastOf(rate).etaRangeSeconds !== null).toBe(hasRange);
  });

  test('the range is two standard errors wide on either side', () => {
    // 100 ports at 22, 20 and 18 closes/s, and a leak a second more.
    const { etaSeconds, etaRangeSeconds } = forecastOf(20);
    expect(etaSeconds).toBeCloseTo(100 / 21, 9);
    expect(etaRangeSeconds?.[0]).toBeCloseTo(100 / 23, 9);
    expect(etaRangeSeconds?.[1]).toBeCloseTo(100 / 19, 9);
  });
});

test.for([
  // Bursts of 100 come in 0.5, 20.5 ... 120.5 s.
  [19, 1, [0, 1]],
  [19, 6, [100, 101]],
  [19, 7, [120, 125]],
  // In 19.5 ... 119.5, 139.5 s.
  [0, 6, [119, 120]],
  [0, 7, [135, 140]],
] as const)(
  '%i s after a burst every 20 s, burst %i comes in %j s',
  ([ago, bursts, [from, to]]) => {
    const drainSchedule = MINUTE.map((_, second) => ((59 - second) % 20 === ago ? 100 : 0));
    // Half of the last burst is enough, so that the end is half-way between the moments that are looked at.
    const free = 100 * bursts - 50;
    const group = groupWith({ drainSchedule, usable: 100 + free, used: 100, liveUsed: 100, free });
    // What is closed holds its port throughout.
    const { etaSeconds } = forecastGroup({ ...group, reusableFromAgeMs: 600_000 }, 0);
    expect(etaSeconds).toBe((from + to) / 2);
  },
);

test('the wheel is followed turn by turn for two minutes, and later by the tips of its saw', () => {
  const drainSchedule = MINUTE.map(() => 10);
  const group = groupWith({ drainSchedule, timeWaitUsed: 600, used: 600, liveUsed: 0 });
  const used = forecastUsed(group, 0, { stepSeconds: 8, sinceLastSeconds: 0 });
  expect(used(120)).toBeCloseTo(600, 6);
  expect(used(120.001)).toBeCloseTo(680, 6);
});
