import { describe, expect, test } from 'vitest';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../../helpers/sockets.ts';

/** The sockets on every second port from this one on. */
const spaced = (firstPort: number, sockets: readonly TestSocket[]): TestSocket[] =>
  sockets.map((socket, index) => ({ ...socket, localPort: firstPort + 2 * index }));
/** bind() takes odd ports first, connect() even ones. */
const odd = (count: number, socket: Partial<TestSocket> = {}) =>
  spaced(40_001, connections(count, socket));
const even = (count: number, socket: Partial<TestSocket> = {}) =>
  spaced(40_000, connections(count, socket));
const OTHER = { remote: '10.0.9.22' };

function groupsOf(sockets: readonly TestSocket[], sysctls: Partial<typeof SMALL_RANGE> = {}) {
  const sample = sampleOfSockets(sockets, { sysctls: { ...SMALL_RANGE, ...sysctls } });
  const group = (remote: string) =>
    sample.groups.find(({ remoteAddress }) => remoteAddress === remote);
  return { sample, first: group('10.0.9.21'), other: group('10.0.9.22') };
}

describe('ports that bind() took', () => {
  test('are lost to every other destination, and used by their own', () => {
    const { sample, first, other } = groupsOf([...odd(30), ...even(5, OTHER)]);
    expect(first).toMatchObject({
      usable: 100,
      used: 30,
      free: 70,
      bindBeforeConnect: { suspected: true, ports: 30, certain: true },
    });
    expect(other).toMatchObject({
      usable: 70,
      used: 5,
      free: 65,
      bindBeforeConnect: { suspected: false, ports: 0 },
    });
    expect(sample.portSpace).toMatchObject({ held: 30, usable: 70 });
  });

  test('stay lost in TIME_WAIT, reuse or not', () => {
    const bound = spaced(40_001, timeWaits(20, 30_000));
    expect(groupsOf(bound, { 'net.ipv4.tcp_tw_reuse': '1' }).first).toMatchObject({
      used: 20,
      reusable: 0,
      free: 80,
    });
  });

  test('are told from connect()s beside them', () => {
    const { first, other } = groupsOf([...odd(10), ...even(20), ...even(1, OTHER)]);
    expect(first).toMatchObject({ used: 30, free: 70, bindBeforeConnect: { ports: 10 } });
    expect(other).toMatchObject({ usable: 90, free: 89 });
  });

  test('follow the parity of the range', () => {
    const sockets = [...spaced(40_002, connections(10)), ...spaced(40_001, connections(1, OTHER))];
    const { other } = groupsOf(sockets, { 'net.ipv4.ip_local_port_range': '40001 40100' });
    expect(other).toMatchObject({ usable: 90, used: 1 });
  });
});

describe('no bind() is suspected', () => {
  test.each<[string, TestSocket[]]>([
    [
      'while the first half is in use, as it is once connect() has filled it',
      [...even(50), ...odd(30)],
    ],
    ['with small gaps in the first half', [...even(42), ...odd(30)]],
    ['where two destinations share the ports', [...odd(10), ...odd(10, OTHER)]],
    ['for even ports', even(40)],
    ['for ports outside the range', connections(9, {}, 50_001)],
  ])('%s', (_, sockets) => {
    expect(groupsOf(sockets).first?.bindBeforeConnect.suspected).toBe(false);
    expect(groupsOf(sockets).sample.portSpace.held).toBe(0);
  });
});

test('the survivors of a rush never make a healthy group look exhausted', () => {
  // 30 odd ports beside 30 even ones: bound, or left over from a time when all even ones were taken.
  const { first, other } = groupsOf([
    ...even(30),
    ...odd(30),
    ...even(50, OTHER),
    ...spaced(40_061, connections(15, OTHER)),
  ]);
  expect(first?.bindBeforeConnect).toMatchObject({ suspected: true, certain: false });
  expect(other).toMatchObject({ usable: 100, free: 35 });
});

test('the halves of a group', () => {
  const listener: TestSocket = { local: '0.0.0.0', localPort: 40_051, state: 'LISTEN' };
  const { first } = groupsOf([...even(50), ...odd(3), listener]);
  expect(first?.parity).toEqual({
    first: { usable: 50, used: 50 },
    second: { usable: 49, used: 3 },
  });
});

test('ports of a full range that has been widened since were not bound', () => {
  const widened = { 'net.ipv4.ip_local_port_range': '1024 65535' };
  const all = connections(95, {}, 40_000).map((socket, index) => ({
    ...socket,
    localPort: index < 50 ? 40_000 + 2 * index : 40_001 + 2 * (index - 50),
  }));
  expect(groupsOf([...all, ...even(3, OTHER)], widened)).toMatchObject({
    first: { bindBeforeConnect: { suspected: false } },
    other: { usable: 64_512 },
  });
  // Without the first half beside them they stand out.
  expect(groupsOf(odd(45), widened).first?.bindBeforeConnect).toMatchObject({ ports: 45 });
});

describe('the limits of the inference', () => {
  const WIDE = { 'net.ipv4.ip_local_port_range': '32768 60999' };
  const oddAt = (...ports: readonly number[]) =>
    ports.flatMap((localPort) => connections(1, { localPort }));
  const suspected = (sockets: readonly TestSocket[], sysctls = {}) =>
    groupsOf(sockets, sysctls).first?.bindBeforeConnect.suspected;

  // A quarter of 50 has to be free.
  test.for([
    [37, true],
    [38, false],
  ] as const)('beside %i connections of the first half: %j', ([used, expected]) => {
    expect(suspected([...even(used), ...odd(1)])).toBe(expected);
  });

  // Between the lowest suspect and the highest one.
  test.for([
    [29, 29, true],
    [30, 30, false],
    [30, 28, false],
    [30, 27, true],
    [100, 91, false],
    [100, 90, true],
  ] as const)('where of %i ports among them %i are taken: %j', ([ports, taken, expected]) => {
    const first = spaced(40_002, connections(taken));
    const sockets = [...first, ...oddAt(40_001, 40_001 + 2 * ports)];
    expect(suspected(sockets, WIDE)).toBe(expected);
  });

  test.for([
    [9, 0, false],
    [10, 0, true],
    [19, 4, true],
    [18, 4, false],
  ] as const)('%i beside %i of the first half are certain: %j', ([bound, used, certain]) => {
    const { first } = groupsOf([...even(used), ...odd(bound)]);
    expect(first?.bindBeforeConnect).toMatchObject({ suspected: true, certain });
  });
});
