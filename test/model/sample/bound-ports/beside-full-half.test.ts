import { describe, expect, test } from 'vitest';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
} from '../../../helpers/sockets.ts';

const OTHER = { remote: '10.0.9.22' };
const SYSCTLS = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40399' };
const COUNTERS = { activeOpens: 5000, timeWaitReused: 0 };

/** The first half in TIME_WAIT, but for `room` of its 200 ports. */
const fullFirstHalf = (room = 0): TestSocket[] =>
  connections(200 - room).map((socket, index) => ({
    ...socket,
    localPort: 40_000 + 2 * index,
    state: 'TIME_WAIT',
    leftMs: 30_000,
  }));

/** Ports of the second half in the order in which they were taken. */
const second = (count: number, isScattered: boolean, more: Partial<TestSocket> = {}) =>
  connections(count).map((socket, index) => ({
    ...socket,
    localPort: 40_001 + 2 * (isScattered ? (index * 89 + 15) % 200 : (index + 150) % 200),
    inode: 1000 + index,
    ...more,
  }));

function otherOf(sockets: readonly TestSocket[], sysctls = SYSCTLS) {
  const { groups } = sampleOfSockets([...sockets, ...connections(1, OTHER)], {
    sysctls: { ...sysctls, 'net.ipv4.tcp_tw_reuse': '0' },
    counters: COUNTERS,
  });
  return groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote);
}

describe('live ports of the second half beside a full first half', () => {
  test('that are scattered are bound, or not', () => {
    expect(otherOf([...fullFirstHalf(), ...second(60, true)])).toMatchObject({
      free: 399,
      freeAtLeast: 339,
      uncertain:
        '60 ports of the half that connect() takes last were bound before connect(), or opened one by one while the other half was full.',
    });
  });

  test('that follow each other are connect()s', () => {
    const other = otherOf([...fullFirstHalf(), ...second(60, false)]);
    expect(other).toMatchObject({ free: 399, freeAtLeast: 399 });
    expect(other?.uncertain).toBeUndefined();
  });

  test.for([
    [16, 399],
    [17, 382],
  ] as const)('%d of them, of which one follows none: %d free for sure', ([count, atLeast]) => {
    expect(otherOf([...fullFirstHalf(), ...second(count, true)])?.freeAtLeast).toBe(atLeast);
  });

  test.for([
    [120, 279],
    [121, 399],
  ] as const)(
    '%d of 200, where bind() goes from gap to gap: %d free for sure',
    ([count, atLeast]) => {
      expect(otherOf([...fullFirstHalf(), ...second(count, true)])?.freeAtLeast).toBe(atLeast);
    },
  );

  test('TIME_WAIT beside them belongs to the rush', () => {
    const closed = second(90, true, { state: 'TIME_WAIT', leftMs: 40_000 }).slice(60);
    const other = otherOf([...fullFirstHalf(), ...second(60, true), ...closed]);
    expect(other?.freeAtLeast).toBe(339);
  });

  test('beside a first half that is nearly full, too', () => {
    expect(otherOf([...fullFirstHalf(49), ...second(60, true)])?.freeAtLeast).toBe(339);
  });
});

describe('a group that has every port of a block in a range of few usable ports', () => {
  const FEW = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40031' };
  const block = (from: number, count: number) =>
    connections(count).map((socket, index) => ({ ...socket, localPort: from + index }));

  test('chose them by number', () => {
    expect(otherOf(block(40_006, 24), FEW)).toMatchObject({
      free: 31,
      freeAtLeast: 7,
      uncertain:
        'Ports 40006–40029 were bound by number, or belong to a program with a port range of its own.',
    });
  });

  test('and connect() gave it another port beside', () => {
    const beside = connections(1).map((socket) => ({ ...socket, localPort: 40_000 }));
    expect(otherOf([...block(40_006, 22), ...beside], FEW)).toMatchObject({
      free: 31,
      freeAtLeast: 9,
    });
  });

  test('and one that lacks a port of it does not', () => {
    const bound = block(40_006, 24).filter(({ localPort }) => localPort !== 40_015);
    expect(otherOf(bound, FEW)?.uncertain ?? '').not.toMatch('by number');
  });
});
