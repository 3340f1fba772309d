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
  const first = half(
    40_000,
    times(10, () => 12_000),
  );
  return poolIn([...first, ...half(40_001, ages)], 100);
}

/** A pool of 48 connections beside these sockets, on a machine that has taken over so many of TIME_WAIT. */
function poolIn(rush: readonly TestSocket[], timeWaitReused: number) {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' };
  const pool = connections(48, POOL);
  const { groups } = modelOf([...rush, ...pool], {
    sysctls,
    counters: { activeOpens: 1000, timeWaitReused },
  });
  const group = groups.find(({ remoteAddress }) => remoteAddress === POOL.remote);
  if (group === undefined) throw new Error('no pool');
  return group;
}

describe('ports of the second half that were bound, or a rush took', () => {
  test('no alarm where all are in TIME_WAIT, and none was closed lately: nothing speaks for bind()', () => {
    const group = poolBeside(times(45, () => 12_000));
    expect(group).toMatchObject({ free: 52, freeAtLeast: 7, unsupportedDoubt: 45 });
    expect(group).toMatchObject({ headroomPercentAtLeast: 7, judgedHeadroomPercent: 52 });
    expect(group.uncertain).toMatch(
      /^45 ports in TIME_WAIT were bound before connect\(\), or opened/,
    );
    expect([group.passingDoubt, group.severity]).toEqual([undefined, 'info']);
  });

  test.for([
    [30_000, 'warning'],
    [12_000, 'info'],
  ] as const)('closed %d ms ago, the first half 12 s ago: %s', ([age, severity]) => {
    const first = times(30, () => 12_000);
    const second = times(45, () => age);
    const group = poolIn([...half(40_000, first), ...half(40_001, second)], 0);
    expect(group).toMatchObject({ free: 52, severity });
    expect(group.freeAtLeast).toBeLessThan(8);
  });

  test('critical where they are live: a pool that binds looks like that', () => {
    const group = poolBeside(times(45, () => undefined));
    expect(group).toMatchObject({ free: 52, freeAtLeast: 7 });
    expect([group.passingDoubt, group.severity]).toEqual([undefined, 'critical']);
  });

  test('no alarm where they are live, and follow each other as connect() takes them', () => {
    const rush = connections(45).map((socket, index) => ({
      ...socket,
      localPort: 40_001 + 2 * index,
      inode: 100 + index,
    }));
    const inTurn = poolIn(rush, 100);
    expect(inTurn).toMatchObject({ freeAtLeast: 7, unsupportedDoubt: 45, severity: 'info' });
    // Six of them do not.
    const out = rush.map((socket, index) =>
      index % 8 === 7 ? { ...socket, inode: 1000 - index } : socket,
    );
    expect(poolIn(out, 100)).toMatchObject({ freeAtLeast: 7, severity: 'critical' });
  });

  test.for([
    [29, { passingDoubt: 16, unsupportedDoubt: undefined }],
    [28, { passingDoubt: undefined, unsupportedDoubt: 17 }],
  ] as const)('%d live ones are more than a rush leaves, or not', ([live, doubts]) => {
    const ages = times(45, (index) => (index < live ? undefined : 12_000));
    const { freeAtLeast, severity, passingDoubt, unsupportedDoubt } = poolBeside(ages);
    expect({ freeAtLeast, severity }).toEqual({ freeAtLeast: 7, severity: 'warning' });
    expect({ passingDoubt, unsupportedDoubt }).toEqual(doubts);
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
    [1001, 'info'],
  ] as const)('the last one closed %d ms ago: %s', ([age, severity]) => {
    expect(poolBeside(times(45, () => age)).severity).toBe(severity);
  });

  test.for([
    [5000, 'critical'],
    [5100, 'info'],
  ] as const)('one closed each second, the last one %d ms ago: %s', ([age, severity]) => {
    expect(poolBeside(times(45, (index) => age + 1000 * index)).severity).toBe(severity);
  });
});
