import { expect, test } from 'vitest';
import type { TupleGroup } from '../../../src/model/sample/tuple-group.ts';
import { reuseRule } from '../../../src/model/sample/time-wait.ts';
import { changedGroup, changedPorts } from '../../../src/model/what-if/changed-group.ts';
import { scaleOf, type WhatIf } from '../../../src/model/what-if/changes.ts';
import { connections, sampleOfSockets, SMALL_RANGE, timeWaits } from '../../helpers/sockets.ts';

/** A group after these changes; it has 10 live connections, and 20 in TIME_WAIT. */
function changed(changes: WhatIf, more: Partial<TupleGroup> = {}): TupleGroup {
  const sample = sampleOfSockets([...connections(10), ...timeWaits(20, 30_000, {}, 40_010)]);
  const [group] = sample.groups;
  if (group === undefined) throw new Error('no group');
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': `${changes.reuse ?? 2}` };
  const ports = changedPorts(sample, changes.range);
  const change = { ...ports, rule: reuseRule(sysctls), scale: scaleOf(changes) };
  return changedGroup({ ...group, ...more }, change);
}

const PARITY = { first: { usable: 50, used: 3 }, second: { usable: 50, used: 27 } };

test.for<[string, WhatIf, number]>([
  ['nothing changes', {}, 3],
  ['there are more connections', { rateFactor: 2 }, 50],
  ['both halves are larger', { range: { low: 40_000, high: 40_199 } }, 30],
  ['the second half is smaller', { range: { low: 40_000, high: 40_098 } }, 30],
  ['the first half is smaller', { range: { low: 40_001, high: 40_099 } }, 30],
])('where %s, the first half has %i', ([, changes, first]) => {
  expect(changed(changes, { parity: PARITY }).parity.first.used).toBe(first);
});

test.for<[WhatIf, number]>([
  [{}, 10],
  [{ range: { low: 1024, high: 65_534 } }, 10],
  [{ range: { low: 1026, high: 65_535 } }, 10],
  [{ range: { low: 1024, high: 65_535 } }, 15],
])('after %j there are %i live: ports outside the range count in the widest', ([changes, live]) => {
  expect(changed(changes, { fullRangeUsed: 35 }).liveUsed).toBe(live);
});

test.for([
  [undefined, 20, 0, undefined],
  [0, 20, 0, undefined],
  [1, 0, 20, 1000],
] as const)(
  'with reuse %j, %i ports wait and %i are reusable',
  ([reuse, waiting, reusable, age]) => {
    expect(changed(reuse === undefined ? {} : { reuse })).toMatchObject({
      timeWaitUsed: waiting,
      reusable,
      reusableFromAgeMs: age,
    });
  },
);
