/** The limits of the forecast, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { forecastGroup, heldSeconds } from '../../src/model/forecast.ts';
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

test.for([
  [39, true],
  [40, true],
  [41, false],
] as const)('%i closes/s swing by a tenth of that: a range is given (%j)', ([rate, hasRange]) => {
  const drainSchedule = MINUTE.map(() => rate);
  const used = 60 * rate;
  const group = groupWith({ drainSchedule, timeWaitUsed: used, used, liveUsed: 0 });
  // A leak beside them, so that there is a time of which to give a range.
  const usable = used + 100;
  const { etaRangeSeconds } = forecastGroup({ ...group, usable, free: 100 }, 1);
  expect(etaRangeSeconds !== null).toBe(hasRange);
});
