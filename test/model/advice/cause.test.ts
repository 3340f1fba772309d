import { describe, expect, test } from 'vitest';
import { isPile, pressureOn } from '../../../src/model/advice/cause.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { connections, modelOf, SMALL_RANGE } from '../../helpers/sockets.ts';

/** The pressure on a group of a machine of so many ports, of which bind() in other groups has taken some. */
function pressure(lost: number, changes: Partial<GroupModel>, size = 100) {
  const range = `40000 ${39_999 + size}`;
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': range };
  const { sample, groups } = modelOf(connections(1), { sysctls });
  const [group] = groups;
  if (group === undefined) throw new Error('no group');
  const bound = { ...group.bindBeforeConnect, ports: 7 };
  return pressureOn(sample, {
    ...group,
    usable: size - lost,
    bindBeforeConnect: bound,
    ...changes,
  });
}

describe('a pile', () => {
  test.for([
    [4, 4, 100, false],
    [5, 5, 100, true],
    // A quarter of what is taken,
    [24, 100, 100, false],
    [25, 100, 100, true],
    // and a hundredth of what is usable.
    [9, 9, 1000, false],
    [10, 10, 1000, true],
    [5, 5, 501, false],
    [5, 5, 500, true],
    // Fifty are in any range.
    [49, 100, 28_232, false],
    [50, 100, 28_232, true],
  ] as const)('%i of %i that are taken, of %i: %j', ([stuck, taken, usable, expected]) => {
    expect(isPile(stuck, taken, usable)).toBe(expected);
  });
});

test.for([
  [0, 0],
  [99, 99],
  [100, 100 + 7],
  [101, 101 + 7],
] as const)(
  "bind() that costs %i of 1000 ports: it holds %i, the group's own among them from a tenth on",
  ([lost, ports]) => {
    expect(pressure(lost, {}, 1000).ports.bind).toBe(ports);
  },
);

describe('TIME_WAIT that connect() would take over, had bind() not taken its ports', () => {
  const drainSchedule = [50, ...Array.from({ length: 58 }, () => 0), 10];
  const kept = (changes: Partial<GroupModel>) => {
    const bindBeforeConnect = { suspected: true, certain: true, ports: 55 };
    const counts = { used: 60, liveUsed: 0, timeWaitUsed: 60, reusableFromAgeMs: 1000 };
    const { cause, ports } = pressure(0, {
      ...counts,
      drainSchedule,
      bindBeforeConnect,
      ...changes,
    });
    return [cause, ports.bind, ports.TIME_WAIT];
  };

  test.for([
    ['older than the delay', {}, ['bind', 50, 10]],
    [
      'within two seconds',
      { reusableFromAgeMs: 1001, drainSchedule: [45, ...drainSchedule.slice(2), 5] },
      ['bind', 45, 15],
    ],
    [
      'no more than are bound',
      { bindBeforeConnect: { suspected: true, certain: true, ports: 20 } },
      ['TIME_WAIT', 20, 40],
    ],
    [
      'not for sure',
      { bindBeforeConnect: { suspected: true, certain: false, ports: 55 } },
      ['TIME_WAIT', 0, 60],
    ],
    ['reuse is off', { reusableFromAgeMs: undefined }, ['TIME_WAIT', 0, 60]],
    [
      'reuse does not work',
      { reuse: { works: false, expected: 9, seen: 0, evidence: 'counter' } },
      ['TIME_WAIT', 0, 60],
    ],
  ] as const)('%s', ([, changes, expected]) => {
    expect(kept(changes as Partial<GroupModel>)).toEqual(expected);
  });
});

describe('what bind() wastes is the cause', () => {
  test.for([
    // A quarter of all that is taken: 8 of 32, and of 33.
    [24, 'bind'],
    [25, 'live'],
  ] as const)('beside %i connections in use: %s', ([used, cause]) => {
    expect(pressure(8, { used, liveUsed: used, byState: { ESTABLISHED: used } })).toMatchObject({
      cause,
      taken: used + 8,
    });
  });

  test('not where it costs nothing', () => {
    expect(pressure(0, { used: 0, liveUsed: 0 })).toMatchObject({ cause: 'live', taken: 0 });
  });
});

test('a state of the group that holds no port is no pressure', () => {
  const byState = { ESTABLISHED: 10, CLOSE_WAIT: 40, SYN_SENT: 3, FIN_WAIT2: 2, LAST_ACK: 4 };
  expect(pressure(0, { used: 50, liveUsed: 44, timeWaitUsed: 6, byState }).ports).toEqual({
    CLOSE_WAIT: 40,
    SYN_SENT: 3,
    FIN_WAIT2: 1,
    unacknowledged: 0,
    bind: 0,
    TIME_WAIT: 6,
    live: 0,
  });
});

test('FIN_WAIT1, LAST_ACK and CLOSING are one cause: the peer does not answer a FIN', () => {
  const byState = { ESTABLISHED: 12, FIN_WAIT1: 10, LAST_ACK: 20, CLOSING: 3 };
  const found = pressure(0, { used: 45, liveUsed: 45, byState });
  expect(found.ports).toMatchObject({ unacknowledged: 33, live: 12 });
  expect(found.cause).toBe('unacknowledged');
});
