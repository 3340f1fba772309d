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
    [1, 1],
    [16, 16],
    [17, 0],
  ] as const)(
    '%d of them, of which one follows none: for %d nothing speaks but that nobody saw them taken',
    ([count, unsupportedDoubt]) => {
      const other = otherOf([...fullFirstHalf(), ...second(count, true)]);
      expect(other?.freeAtLeast).toBe(399 - count);
      expect(other?.unsupportedDoubt ?? 0).toBe(unsupportedDoubt);
    },
  );

  test('a few scattered ones are in doubt beside those of a rush', () => {
    const bound = second(6, true, { localPort: 0 }).map((socket, index) => ({
      ...socket,
      localPort: 40_001 + 2 * ((index * 29) % 47),
      inode: 5000 + index,
    }));
    const rush = second(40, false);
    expect(otherOf([...fullFirstHalf(), ...rush])?.freeAtLeast).toBe(399);
    // One of them may by chance have been the last of the row, or the first.
    expect(otherOf([...fullFirstHalf(), ...rush, ...bound])).toMatchObject({
      free: 399,
      freeAtLeast: 399 - 6 - 2,
      unsupportedDoubt: 8,
    });
  });

  test.for([
    [3, 3],
    [4, 0],
  ] as const)('%d that follow each other: %d in doubt', ([count, unsupportedDoubt]) => {
    const other = otherOf([...fullFirstHalf(), ...second(count, false)]);
    expect(other?.freeAtLeast).toBe(399 - unsupportedDoubt);
    expect(other?.unsupportedDoubt ?? 0).toBe(unsupportedDoubt);
  });

  test('in a range as narrow as a few steps nothing tells', () => {
    const half = connections(191).map((socket, index) => ({
      ...socket,
      localPort: 40_000 + 2 * index,
      inode: 500 + index,
    }));
    const narrow = (high: number) =>
      otherOf([...half, ...second(1, true, { localPort: high })], {
        ...SYSCTLS,
        'net.ipv4.ip_local_port_range': `40000 ${high}`,
      });
    expect(narrow(40_381)).toMatchObject({ free: 381, freeAtLeast: 381 });
    expect(narrow(40_383)).toMatchObject({ free: 383, freeAtLeast: 382 });
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

  test('TIME_WAIT beside them belongs to the rush, or does not', () => {
    const closed = second(90, true, { state: 'TIME_WAIT', leftMs: 40_000 }).slice(60);
    const other = otherOf([...fullFirstHalf(), ...second(60, true), ...closed]);
    expect(other).toMatchObject({ freeAtLeast: 309, unsupportedDoubt: 30 });
  });

  describe('in TIME_WAIT', () => {
    /** 30 of them, 16 ports apart, which is a step of connect(). */
    const closed = (turnOf: (index: number) => number) =>
      connections(30).map((socket, index) => ({
        ...socket,
        localPort: 40_001 + 16 * index,
        state: 'TIME_WAIT' as const,
        leftMs: 30_000 + 100 * turnOf(index),
      }));
    const WIDE = { ...SYSCTLS, 'net.ipv4.ip_local_port_range': '40000 43999' };
    const wideFirst = connections(2000).map((socket, index) => ({
      ...socket,
      localPort: 40_000 + 2 * index,
    }));
    const inDoubt = (sockets: readonly TestSocket[]) => {
      const other = otherOf([...wideFirst, ...sockets], WIDE);
      expect(3999 - (other?.freeAtLeast ?? 0)).toBe(other?.unsupportedDoubt ?? 0);
      return other?.unsupportedDoubt ?? 0;
    };

    test.for([
      ['in turn', (index: number) => index, 0],
      ['in turn back', (index: number) => 30 - index, 0],
      ['in any order', (index: number) => (index * 7) % 30, 30],
    ] as const)('closed %s', ([, turnOf, doubtful]) => {
      expect(inDoubt(closed(turnOf))).toBe(doubtful);
    });

    test('one that is far from the others breaks their row', () => {
      const sockets = closed((index) => index).map((socket, index) =>
        index === 0 ? { ...socket, localPort: 40_001 + 3000 } : socket,
      );
      expect(inDoubt(sockets)).toBe(1 + 2);
    });

    test.for([
      // With the ends of their row.
      [5, 32],
      [6, 0],
    ] as const)(
      'in any order, but %d live ones follow each other: %d in doubt',
      ([count, doubtful]) => {
        const live = connections(count).map((socket, index) => ({
          ...socket,
          localPort: 42_001 + 16 * index,
          inode: 9000 + index,
        }));
        expect(inDoubt([...closed((index) => (index * 7) % 30), ...live])).toBe(doubtful);
      },
    );
  });

  test.for([
    [9, 389],
    [10, 0],
  ] as const)(
    '%d of its ports older than those of the second half: %d in doubt',
    ([older, inDoubt]) => {
      // bind() would have begun with the second half. One port is the other group's too: connect() took it.
      const first = connections(190).map((socket, index) => ({
        ...socket,
        localPort: 40_000 + 2 * index,
        inode: index < older ? 500 + index : 2000 + index,
      }));
      const other = otherOf([...first, ...second(200, true)]);
      expect(other?.freeAtLeast).toBe(399 - inDoubt);
      expect(other?.unsupportedDoubt ?? 0).toBe(inDoubt);
    },
  );

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
