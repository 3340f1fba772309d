import { describe, expect, test } from 'vitest';
import { connections, modelOf, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const POOL = { remote: '10.0.9.22' };

/** Ports of one half, out of turn: so many connections with these ages in TIME_WAIT, in ms, or live. */
const half = (first: number, ages: readonly (number | undefined)[]): TestSocket[] =>
  connections(ages.length).map((socket, index) => {
    const age = ages[index];
    const localPort = first + 2 * ((17 * index) % 50);
    return age === undefined
      ? { ...socket, localPort }
      : { ...socket, localPort, state: 'TIME_WAIT', leftMs: 60_000 - age };
  });

const times = <Value>(count: number, value: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => value(index));

/** A pool of 48 connections beside a group with these ports of the second half, and ten closed ones of the first. */
function poolBeside(ages: readonly (number | undefined)[]) {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' };
  const rush = [
    ...half(
      40_000,
      times(10, () => 12_000),
    ),
    ...half(40_001, ages),
  ];
  const pool = connections(48, POOL);
  const { groups } = modelOf([...rush, ...pool], {
    sysctls,
    counters: { activeOpens: 1000, timeWaitReused: 100 },
  });
  const group = groups.find(({ remoteAddress }) => remoteAddress === POOL.remote);
  if (group === undefined) throw new Error('no pool');
  return group;
}

describe('ports of the second half that were bound, or a rush took', () => {
  test('a warning where all are in TIME_WAIT, and none was closed lately', () => {
    const group = poolBeside(times(45, () => 12_000));
    expect(group).toMatchObject({ free: 52, freeAtLeast: 7, passingDoubt: 45 });
    expect(group.severity).toBe('warning');
  });

  test('critical where they are live: a pool that binds looks like that', () => {
    const group = poolBeside(times(45, () => undefined));
    expect(group).toMatchObject({ free: 52, freeAtLeast: 7 });
    expect([group.passingDoubt, group.severity]).toEqual([undefined, 'critical']);
  });

  test.for([
    [44, 'critical'],
    [34, 'warning'],
  ] as const)('%d live of 45: %s', ([live, severity]) => {
    const ages = times(45, (index) => (index < live ? undefined : 12_000));
    expect(poolBeside(ages)).toMatchObject({ freeAtLeast: 7, passingDoubt: 45 - live, severity });
  });

  test.for([
    [1000, 'critical'],
    [1001, 'warning'],
  ] as const)('the last one closed %d ms ago: %s', ([age, severity]) => {
    expect(poolBeside(times(45, () => age)).severity).toBe(severity);
  });

  test.for([
    [5000, 'critical'],
    [5100, 'warning'],
  ] as const)('one closed each second, the last one %d ms ago: %s', ([age, severity]) => {
    expect(poolBeside(times(45, (index) => age + 1000 * index)).severity).toBe(severity);
  });
});
