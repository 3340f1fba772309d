/** How what is counted for the whole machine is shared among groups, and what share of connections is closed here. */
import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../src/model/baseline-window.ts';
import { connectionsMade, type Made } from '../../src/model/demand.ts';
import { peakClosesPerSecond } from '../../src/model/peak-closes.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const SCHEDULE = Array.from({ length: 60 }, () => 0);
const BARE = {
  drainSchedule: SCHEDULE,
  liveUsed: 0,
  timeWaitUsed: 0,
  reusable: 0,
  reusableFromAgeMs: undefined,
};

/** What groups like these made within 10 s in which `reuses` sockets were taken over, by a thousand opens. */
function madeBy(reuses: number, groups: readonly Partial<TupleGroup>[]): (Made | undefined)[] {
  const sample = sampleOfSockets(connections(1), { takenAtMs: 10_000 });
  const [base] = sample.groups;
  if (base === undefined) throw new Error('no group');
  const all = groups.map((changes, index) => ({
    ...base,
    ...BARE,
    ...changes,
    key: `group ${index}`,
  }));
  const [opens, before] = [1000, baselineOf({ ...sample, takenAtMs: 0, groups: [] })];
  const counters = { ...sample.counters, activeOpens: opens, timeWaitReused: reuses };
  const counted = { ...before, activeOpens: 0, timeWaitReused: 0 };
  const made = connectionsMade({ ...sample, groups: all, counters }, counted);
  return all.map(({ key }) => made.get(key));
}

describe('TIME_WAIT sockets that were taken over', () => {
  const CAN = { reusableFromAgeMs: 1000 };

  test('belong to the groups whose sockets can be, by how many they have', () => {
    const groups = [
      { ...CAN, timeWaitUsed: 30 },
      { ...CAN, timeWaitUsed: 20, reusable: 40 },
      { timeWaitUsed: 500 },
    ];
    expect(madeBy(90, groups).map((made) => made?.perSecond)).toEqual([3, 6, 0]);
  });

  test('belong to any group where none can be: reuse was on a moment ago', () => {
    const groups = [{ timeWaitUsed: 30 }, { timeWaitUsed: 60 }];
    expect(madeBy(90, groups).map((made) => made?.perSecond)).toEqual([3, 6]);
  });

  test('belong to nobody where no group has any', () => {
    expect(madeBy(90, [CAN, {}]).map((made) => made?.perSecond)).toEqual([0, 0]);
  });
});

test.for([
  [0, 0, 0, undefined],
  [10, 0, 0, 0],
  [0, 10, 0, 1],
  [30, 10, 0, 0.25],
  // One that was taken over had been closed here.
  [30, 10, 20, 0.5],
] as const)(
  '%i opened, %i closed, %i taken over: %j are closed',
  ([live, closed, reuses, share]) => {
    const drainSchedule = SCHEDULE.with(55, closed);
    const group = { liveUsed: live, drainSchedule, timeWaitUsed: 1, reusableFromAgeMs: 1000 };
    expect(madeBy(reuses, [group])[0]?.closedShare).toBe(share);
  },
);

test.for([
  [57, (900 - 30) / 3],
  [0, (900 - 30) / 3],
  // The busiest seconds are partly beyond the last minute.
  [58, (600 - Math.sqrt(600)) / 3],
] as const)('the busiest three seconds may be those from %i on', ([from, peak]) => {
  const drainSchedule = SCHEDULE.map((_, second) =>
    second >= from && second < from + 3 ? 300 : 0,
  );
  expect(peakClosesPerSecond({ drainSchedule, overdueTimeWait: 0 })).toBeCloseTo(peak, 9);
});
