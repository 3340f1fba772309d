import { describe, expect, test } from 'vitest';
import { PortHalves } from '../../../../src/model/sample/bound-ports/port-halves.ts';
import { numberedIn } from '../../../../src/model/sample/bound-ports/port-rows.ts';
import { portSteps } from '../../../../src/model/sample/bound-ports/port-steps.ts';
import { connections, socketTable, type TestSocket } from '../../../helpers/sockets.ts';

/** A range of 2,400 ports: a step is at most 100. */
const RANGE = { low: 40_000, high: 42_399 };

const MAP = new Uint8Array(65536).fill(1).fill(0, RANGE.low, RANGE.high + 1);

function stepsOf(sockets: readonly TestSocket[], takenOfFirst = 0) {
  const all = sockets.map((_, row) => row);
  const distinct = {
    all: () => all,
    live: () => all.filter((row) => sockets[row]?.state !== 'TIME_WAIT'),
  };
  return portSteps(socketTable(sockets), distinct, new PortHalves(RANGE, MAP), takenOfFirst);
}

/** Live sockets on these ports, made in this order. */
const live = (ports: readonly number[]) =>
  connections(ports.length).map((socket, index) => ({
    ...socket,
    localPort: ports[index] ?? 0,
    inode: 900 + 7 * index,
  }));
/** TIME_WAIT on these ports, closed in this order, so many ms apart. */
const closed = (ports: readonly number[], everyMs = 100) =>
  connections(ports.length).map((socket, index): TestSocket => ({
    ...socket,
    localPort: ports[index] ?? 0,
    state: 'TIME_WAIT',
    leftMs: 20_000 + everyMs * index,
  }));

const onward = (count: number, step: number, first = 40_001) =>
  Array.from({ length: count }, (_, index) => first + step * index);
/** No two near each other come close in time. */
const scattered = (count: number, first = 40_001) =>
  Array.from({ length: count }, (_, index) => first + 2 * ((index * 467) % 1200));

test.each([
  [383, false],
  [384, true],
])('ports that span %i tell that they are not in step: %s', (span, expected) => {
  expect(stepsOf(live([40_000, 40_000 + span - 1])).isTelling).toBe(expected);
});

describe.each([
  ['live sockets', live],
  ['TIME_WAIT', closed],
])('of %s', (_, made) => {
  test('all but the first are in step where each is a little further on', () => {
    expect(stepsOf(made(onward(40, 8))).second).toEqual({ count: 39, inStep: 39 });
  });

  test('none is where they are scattered', () => {
    const { second } = stepsOf(made(scattered(40)));
    expect(second.count).toBe(39);
    expect(second.inStep).toBeLessThan(6);
  });

  test('the way from the range’s end to its beginning is a step', () => {
    expect(stepsOf(made([40_000, 42_395, 42_399, 40_003])).second).toEqual({ count: 3, inStep: 2 });
  });

  test.each([
    [98, 1],
    [102, 0],
    [-2, 0],
  ])('a way of %i ports: %i step', (way, inStep) => {
    const whole = [40_000, 42_398];
    expect(stepsOf(made([...whole, 40_801, 40_801 + way])).second).toEqual({ count: 2, inStep });
  });

  test('one port of another CPU between two does not hide the step, two do', () => {
    const whole = [42_398, 40_000];
    expect(stepsOf(made([...whole, 40_201, 41_501, 40_209])).second.inStep).toBe(1);
    expect(stepsOf(made([...whole, 40_201, 41_501, 42_301, 40_209])).second.inStep).toBe(0);
  });
});

test('the order is that of the inodes, not of the rows', () => {
  expect(stepsOf(live(onward(40, 8)).toReversed()).second).toEqual({ count: 39, inStep: 39 });
});

test('the first half counts where the sockets live: closes come in any order', () => {
  expect(stepsOf(live(onward(40, 8, 40_000))).liveFirst).toEqual({ count: 39, inStep: 39 });
  expect(stepsOf(closed(onward(40, 8, 40_000))).liveFirst).toEqual({ count: 0, inStep: 0 });
});

test('what was closed at once is in no order by its ports', () => {
  const { second } = stepsOf(closed(onward(200, 10), 0));
  expect(second.inStep).toBeLessThan(0.25 * second.count);
});

test('an orphan without an inode is left out', () => {
  const orphans = live(onward(40, 8)).map((socket) => ({ ...socket, inode: 0 }));
  expect(stepsOf(orphans).second).toEqual({ count: 0, inStep: 0 });
});

test('ports of a narrow part of the range are measured by that part', () => {
  // 20 scattered ports among 100 are near each other in a range of 2,400.
  const ports = Array.from({ length: 20 }, (_, index) => 40_001 + 2 * ((17 * index) % 50));
  expect(stepsOf(live(ports)).second.inStep).toBeLessThan(5);
});

describe('rows of connect()’s steps in the second half', () => {
  const whole = [40_000, 42_398];
  /** A row that begins with eight steps of so many ports, and goes on with one of `way`. */
  const row = (step: number, way: number) => {
    const begun = onward(9, step);
    const on = (begun.at(-1) ?? 0) + way;
    return [...begun, on, ...onward(8, step, on + step)];
  };

  test.for([
    [8, 32, 18],
    // Both parts without their ends.
    [8, 34, 0],
    [2, 16, 18],
    [2, 18, 0],
  ] as const)('steps of %d, and one of %d: %d ports in one row', ([step, way, ports]) => {
    const { secondRuns } = stepsOf(live([...whole, ...row(step, way), 41_801]));
    // The stray at the end hides the ends of the rows.
    expect(secondRuns.size).toBe(ports === 18 ? 16 : 14);
    expect(secondRuns.has(40_001 + 8 * step + way)).toBe(ports === 18);
  });

  test('one that a stray ends has lost its ends, a whole one has not', () => {
    expect(stepsOf(live([...whole, ...onward(12, 8)])).secondRuns.size).toBe(12);
    expect(stepsOf(live([...whole, ...onward(12, 8), 41_801])).secondRuns.size).toBe(10);
  });

  test('what was closed in the same tick may have been so in the order of ports', () => {
    const ticks = (perTick: number, ports: readonly number[]) =>
      closed(ports, 0).map((socket, index) => ({
        ...socket,
        leftMs: 20_000 - 10 * Math.floor(index / perTick),
      }));
    // Closed in turn back: the latest has most time left.
    expect(stepsOf([...live(whole), ...ticks(5, onward(40, 8))]).secondRuns.size).toBe(40);
    expect(stepsOf([...live(whole), ...ticks(5, scattered(40))]).secondRuns.size).toBe(0);
    // All in one tick, any ports would be in order.
    expect(stepsOf([...live(whole), ...ticks(40, onward(40, 8))]).secondRuns.size).toBe(0);
  });

  test.for([
    [8, 0],
    [16, 28],
    [18, 36],
  ] as const)('steps of %d leave room for %d others', ([step, skipped]) => {
    const { liveRuns } = stepsOf(live([...whole, ...onward(37, step)]));
    expect(liveRuns).toEqual({ ports: 37, isWhole: true, skipped });
  });

  // What has closed has no option to show: that others have it tells nothing of how it was taken.
  test.for([true, false])(
    'a stray leaves closed ports in doubt, with IP_BIND_ADDRESS_NO_PORT or without: %s',
    (hasOption) => {
      const sockets = live([...onward(37, 16), 41_001]);
      const { liveRuns } = stepsOf(
        sockets.map((socket) => ({ ...socket, bindAddressNoPort: hasOption })),
      );
      expect(liveRuns.isWhole).toBe(false);
    },
  );

  test('those that were made first tell alone', () => {
    const { firstMade } = stepsOf(live([...whole, ...onward(20, 8), ...scattered(10, 41_001)]));
    expect(firstMade(20)).toEqual({ isWhole: true, ports: new Set(onward(20, 8).slice(1, -1)) });
    expect(firstMade(21).isWhole).toBe(false);
  });

  test('those that were made later are counted by their steps, the first of them by the one before', () => {
    const { lastMade } = stepsOf(live([...whole, ...onward(20, 8), ...scattered(10, 41_001)]));
    expect(lastMade(12)).toMatchObject({ count: 18 });
    expect(lastMade(12).inStep).toBe(8 + lastMade(20).inStep);
    expect(lastMade(20)).toMatchObject({ count: 10 });
    expect(lastMade(20).inStep).toBeLessThan(3);
    expect(lastMade(30)).toEqual({ count: 0, inStep: 0 });
  });
});

describe('ports closed in batches', () => {
  const batchesLeft = (ports: readonly number[], leftMs: (index: number) => number) =>
    stepsOf([
      ...live([40_000, 42_398]),
      ...closed(ports, 0).map((socket, index) => ({ ...socket, leftMs: leftMs(index) })),
    ]).closedSecond.batches;
  const batches = (atOnce: number, ports: readonly number[]) =>
    batchesLeft(ports, (index) => 20_000 + 30 * Math.floor(index / atOnce));

  test.for([
    [3, 0],
    [4, 240],
    [20, 240],
  ] as const)('of %d along the range: %d lie close together', ([atOnce, together]) => {
    const ports = onward(240, 4).toReversed();
    expect(batches(atOnce, ports)).toEqual({ ports: together, together });
  });

  // Read in the order of ports while the kernel's clock goes on, at whatever time of it.
  test.for([0, 5, 9, 10, 11, 15, 19, 20, 29])(
    'at once, and read as of two times: %d ms',
    (from) => {
      const asOfTwo = (index: number) => 20_000 + from + (index < 120 ? 10 : 0);
      expect(batchesLeft(onward(240, 10), asOfTwo)).toEqual({ ports: 240, together: 0 });
      const asOfThree = (index: number) => 20_000 + from + 5 * Math.floor(index / 80);
      expect(batchesLeft(onward(240, 10), asOfThree)).toEqual({ ports: 240, together: 0 });
    },
  );

  test.for([
    [602, 5],
    [606, 0],
  ] as const)('that span %d of 2,400 ports', ([way, together]) => {
    const ports = [41_901, 41_905, 42_001, 42_101, 41_901 + way].map((port) =>
      port > 42_399 ? port - 2400 : port,
    );
    expect(batches(5, ports)).toEqual({ ports: 5, together });
  });
});

describe('ports that a program numbers', () => {
  test.for([
    // Ten ports: six steps of 1/8 by chance after the first, 10 * 8 ** -5.
    [7, 80, 7],
    [6, 80, 0],
    // As dense as this, even steps are no wonder.
    [10, 20, 0],
    [10, 80, 10],
  ] as const)('%d one step apart, among ten in a half of %d: %d', ([count, usable, numbered]) => {
    const others = [40_401, 40_403, 40_411, 40_429].slice(0, 10 - count);
    const ports = [...others, ...onward(count, 4).toReversed()];
    expect(numberedIn(ports, usable).size).toBe(numbered);
  });

  /** So many ports of the first half, by steps of 2 to 16 as connect()'s are. */
  const first = (count: number, isRandom: boolean) => {
    let port = 40_000;
    return Array.from(
      { length: count },
      (_, index) => (port += isRandom ? 2 + 2 * ((5 * index) % 8) : 2),
    );
  };

  test.for([
    ['random steps', 16, true, 0],
    ['too few to tell', 15, true, 10],
    ['steps of 2, as before Linux 5.18', 16, false, 10],
  ] as const)(
    'are connect()’s or not by its steps in the first half: %s',
    ([, count, isRandom, size]) => {
      // The stray at the end hides the ends of a row.
      const sockets = live([...first(count, isRandom), ...onward(12, 2, 41_001), 42_399]);
      expect(stepsOf(sockets).secondRuns.size).toBe(size);
    },
  );

  test('are told in whatever order they were taken, and where others were in the way', () => {
    const numbered = onward(20, 2, 41_001);
    const skipping = numbered.filter((_, index) => index !== 5 && index !== 9);
    for (const ports of [skipping, numbered.toReversed()])
      expect(stepsOf(live([...first(40, true), ...ports])).secondRuns.size).toBe(0);
    expect(stepsOf([...live(first(40, true)), ...closed(numbered)]).secondRuns.size).toBe(0);
  });
});

test.for([
  [720, 8, 8],
  // More than six of ten of the half: from gap to gap, so many follow each other by chance.
  [721, 8, 0],
  [721, 10, 10],
] as const)(
  'an address has %i ports of the first half: %i that follow each other, %i of them connect()’s',
  ([takenOfFirst, count, size]) => {
    const { firstRuns } = stepsOf(
      live([...scattered(100, 40_000), ...onward(count, 10, 41_000)]),
      takenOfFirst,
    );
    expect(onward(count, 10, 41_000).filter((port) => firstRuns.has(port))).toHaveLength(size);
  },
);
