import { describe, expect, test } from 'vitest';
import { scatteredBeside } from '../../../../src/model/sample/bound-ports/beside-full-half.ts';
import type { GroupEvidence } from '../../../../src/model/sample/bound-ports/evidence.ts';
import {
  connections,
  IPV4,
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
    [120, 0],
    [121, 121],
  ] as const)(
    '%d of 200, where bind() goes from gap to gap: %d without evidence',
    ([count, unsupported]) => {
      const other = otherOf([...fullFirstHalf(), ...second(count, true)]);
      expect(other?.freeAtLeast).toBe(399 - count);
      expect(other?.unsupportedDoubt ?? 0).toBe(unsupported);
    },
  );

  test.for([
    [119, 180 - 117],
    [120, 180 - 118],
  ] as const)(
    '180 of 200, of which the first %d follow each other, and the others do not: %d in doubt',
    ([count, inDoubt]) => {
      const inStep = second(count, false);
      const taken = new Set(inStep.map(({ localPort }) => localPort));
      const rest = second(200, true)
        .filter(({ localPort }) => !taken.has(localPort))
        .map((socket, index) => ({ ...socket, inode: 5000 + index }))
        .slice(0, 180 - count);
      const other = otherOf([...fullFirstHalf(), ...inStep, ...rest]);
      expect(other?.freeAtLeast).toBe(399 - inDoubt);
      expect(other?.unsupportedDoubt ?? 0).toBe(inDoubt);
    },
  );

  test.for([
    [4, 0, true],
    [5, 2, false],
    [6, 3, true],
    [60, 29, false],
    [60, 30, true],
  ] as const)(
    'the first 120 of 200 follow each other, and of %d made later %d: connect() took them, %s',
    ([count, inStep, isByConnect]) => {
      const steps = {
        isTelling: true,
        firstMade: () => ({ isWhole: true, ports: new Set<number>() }),
        lastMade: () => ({ count, inStep }),
      };
      const group = { second: 180, live: 180, steps: () => steps } as unknown as GroupEvidence;
      expect(scatteredBeside(group, 180, 200) === undefined).toBe(isByConnect);
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
      [26, 32],
      // They leave room for 30 others.
      [27, 0],
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
      const other = otherOf([...first, ...second(200, false)]);
      expect(other?.freeAtLeast).toBe(399 - inDoubt);
      expect(other?.unsupportedDoubt ?? 0).toBe(inDoubt);
    },
  );

  test.for([
    [120, 120],
    [121, 121 + 189],
  ] as const)(
    '%d of its ports all made before it: with the first half %d in doubt, as bind() may have gone on to it',
    ([count, inDoubt]) => {
      const first = connections(190).map((socket, index) => ({
        ...socket,
        localPort: 40_000 + 2 * index,
        inode: 2000 + index,
      }));
      expect(otherOf([...first, ...second(count, false)])?.freeAtLeast).toBe(399 - inDoubt);
    },
  );

  test('orphans, of unknown order, are in doubt', () => {
    const orphans = [40_001, 40_021, 40_041].map((localPort) => ({
      ...IPV4,
      remotePort: 8080,
      localPort,
      state: 'FIN_WAIT2' as const,
      inode: 0,
    }));
    expect(otherOf([...fullFirstHalf(), ...second(40, false), ...orphans])).toMatchObject({
      freeAtLeast: 396,
      unsupportedDoubt: 3,
    });
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

describe('a group that bind() gave a few ports, beside one that connect() has filled the range with', () => {
  const binder = { remote: '10.0.9.23' };
  const few = (count: number) => second(count, true, binder);
  /** All ports that the others have left. */
  const filled = (bound: readonly TestSocket[], free = 0) => {
    const taken = new Set(bound.map(({ localPort }) => localPort));
    const rest = second(200, false).filter(({ localPort }) => !taken.has(localPort));
    return [...fullFirstHalf(), ...rest.slice(free)].map((socket, index) => ({
      ...socket,
      state: 'ESTABLISHED' as const,
      inode: 1000 + index,
    }));
  };

  test.for([
    [1, 0],
    [6, 0],
    [20, 0],
    [20, 10],
  ] as const)(
    '%d ports, %d of the range free: others are in doubt without evidence',
    ([count, free]) => {
      const bound = few(count);
      const other = otherOf([...bound, ...filled(bound, free)]);
      const truth = 399 - count;
      expect(other?.free).toBeGreaterThanOrEqual(truth);
      expect(other?.freeAtLeast).toBeLessThanOrEqual(truth);
      expect(399 - count - (other?.freeAtLeast ?? 0)).toBeLessThanOrEqual(
        other?.unsupportedDoubt ?? 0,
      );
    },
  );
});
