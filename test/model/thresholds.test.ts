/** Limits of the model that have no file of their own, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../src/model/baseline-window.ts';
import { withHostName } from '../../src/model/host-name.ts';
import { buildModel } from '../../src/model/model.ts';
import { reuseRule } from '../../src/model/sample/time-wait.ts';
import { timerWheel, wheelStepSeconds } from '../../src/model/timer-wheel.ts';
import { connections, sampleOfSockets, SMALL_RANGE, socketTable } from '../helpers/sockets.ts';

test.for([
  [6000, 10],
  [6001, 0],
] as const)(
  'a growth seen for 10 s is believed for ten minutes: with %i ports left it is %i a second',
  ([free, growth]) => {
    const before = baselineOf(sampleOfSockets([], { takenAtMs: 0 }));
    const sample = sampleOfSockets(connections(100), { takenAtMs: 10_000 });
    const groups = sample.groups.map((group) => ({ ...group, free }));
    const [group] = buildModel({ ...sample, groups }, { baselines: [before] }).groups;
    expect(group?.growthPerSecond).toBe(growth);
  },
);

test('of host names the 4096 latest are kept', () => {
  const many = new Map(Array.from({ length: 4095 }, (_, index) => [`a${index}`, 'known.example']));
  const full = withHostName(many, 'b', 'b.example');
  expect(full.size).toBe(4096);
  expect(full.has('a0')).toBe(true);
  const next = withHostName(full, 'c', 'c.example');
  expect(next.size).toBe(4096);
  expect([next.has('a0'), next.has('a1'), next.has('c')]).toEqual([false, true, true]);
});

test('the ports of the 20 largest groups are drawn', () => {
  const sockets = Array.from({ length: 22 }, (_, index) =>
    connections(22 - index, { remotePort: 1000 + index }),
  ).flat();
  const drawn = sampleOfSockets(sockets).groups.map(({ portUse }) => portUse !== undefined);
  expect(drawn.indexOf(false)).toBe(20);
  expect(drawn.lastIndexOf(true)).toBe(19);
});

describe('connections that end at one local port', () => {
  test.for([
    [32_767, 2],
    [32_768, 0],
  ] as const)("from port %i on are a service's: %i groups", ([from, count]) => {
    const sockets = [0, 1].map((index) => ({
      local: '10.0.3.7',
      localPort: 40_000,
      remote: `10.0.9.${index}`,
      remotePort: from + index,
    }));
    expect(sampleOfSockets(sockets).groups).toHaveLength(count);
  });
});

test('a kernel without tcp_tw_reuse_delay waits a second', () => {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse_delay': null };
  expect(reuseRule(sysctls).delayMs).toBe(1000);
});

describe('the timer wheel', () => {
  const stepOf = (values: number, rowsBefore = 0) =>
    wheelStepSeconds(
      socketTable([
        ...connections(rowsBefore, { localPort: 1 }),
        ...Array.from({ length: values }, (_, index) => ({
          local: '10.0.3.7',
          localPort: 40_000 + index,
          state: 'TIME_WAIT' as const,
          leftMs: 1000 + 4 * index,
        })),
      ]),
    );

  test('is told by 32 timers among the first 5000 sockets', () => {
    expect(stepOf(31)).toBeUndefined();
    expect(stepOf(32)).toBe(2.048);
    expect(stepOf(32, 4968)).toBe(2.048);
    // Of twice as many, every other one is looked at as well: too few here.
    expect(stepOf(32, 4970)).toBeUndefined();
  });

  test('stands where what is overdue says, by what leaves in the four seconds after the first', () => {
    const drainSchedule = [1000, 10, 10, 10, 30, 1000, ...Array.from({ length: 54 }, () => 0)];
    const wheel = timerWheel([{ drainSchedule, overdueTimeWait: 15 }], 2.048);
    expect(wheel?.sinceLastSeconds).toBe(1);
    const late = timerWheel([{ drainSchedule, overdueTimeWait: 150 }], 2.048);
    expect(late?.sinceLastSeconds).toBe(2.048);
  });
});
