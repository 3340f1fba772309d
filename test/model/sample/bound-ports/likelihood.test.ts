import { describe, expect, test } from 'vitest';
import {
  hadNoRush,
  hasClearRoom,
  isBeyondPool,
  isBeyondShare,
  isConnectRun,
  isBeyondSurvivors,
  isDisjointByBind,
  isInOrderOfBind,
  isInStep,
  isInBatches,
  isTogether,
  isInTurn,
  isMostlyFree,
  isOutOfStep,
  isSharedByChance,
  isSharedByNumber,
  isStreamOfBinds,
  isUsedUp,
  isWithoutStep,
} from '../../../../src/model/sample/bound-ports/likelihood.ts';
import {
  chanceOfBlock,
  chanceOfRun,
  isChosenBlock,
  isConfined,
  isFilledBlock,
  isNextTo,
} from '../../../../src/model/sample/bound-ports/blocks.ts';

test.each([
  [25, 100, true],
  [24, 100, false],
  [1, 2, true],
  [0, 0, false],
])('%i of %i ports are clear room: %s', (room, usable, expected) => {
  expect(hasClearRoom(room, usable)).toBe(expected);
});

test.each([
  ['fewer have gone than the room takes', 10, 8, true],
  ['as many have gone, but for a tenth', 10, 9, false],
  ['there is no room', 0, 0, false],
  ['the last port of an odd-sized range is no room', 1, 0, false],
  ['two ports are', 2, 0, true],
  ['it is not told how many have gone', 10, undefined, false],
])('no rush: %s', (_, room, vanished, expected) => {
  expect(hadNoRush(room, vanished)).toBe(expected);
});

test('survivors of a rush are as many in both halves, within three standard deviations', () => {
  expect(isBeyondSurvivors(9, 0)).toBe(false);
  expect(isBeyondSurvivors(10, 0)).toBe(true);
  expect(isBeyondSurvivors(121, 79)).toBe(false);
  expect(isBeyondSurvivors(122, 78)).toBe(true);
});

describe('a block', () => {
  test('is unlikely by chance the smaller it is, and the more ports it has', () => {
    expect(chanceOfBlock(2, 0.5)).toBe(0.75);
    expect(chanceOfBlock(1, 0.1)).toBe(1);
    expect(chanceOfBlock(9, 1)).toBe(1);
    expect(chanceOfBlock(10, 0.5)).toBeCloseTo(11 / 1024, 10);
  });

  // 500 of the 2,000 ports of each half lie between the lowest and the highest.
  const block = { second: 350, first: 350, usableSecond: 500, usableFirst: 500 };
  test.each([
    ['both halves alike', {}, true],
    ['no port of the first half', { first: 0 }, false],
    ['far fewer of the first half', { first: 250 }, false],
    ['far more of it', { first: 450 }, false],
    ['three quarters of the range', { usableSecond: 1500, usableFirst: 1500 }, true],
    ['more than that', { usableSecond: 1501, usableFirst: 1501 }, false],
    ['one port', { second: 1, first: 1, usableSecond: 1, usableFirst: 1 }, false],
    ['two ports near each other', { second: 2, first: 2, usableSecond: 320 }, true],
    [
      'two further apart, which may lie there by chance',
      { second: 2, first: 2, usableSecond: 330 },
      false,
    ],
    ['five, which hardly do', { second: 5, first: 5 }, true],
    ['five further apart', { second: 5, first: 5, usableSecond: 700 }, false],
  ])('%s: %s', (_, changes, expected) => {
    expect(isChosenBlock({ ...block, ...changes }, 2000)).toBe(expected);
  });
});

test.for([
  [2, 40, 0.05],
  [39, 40, 0.05],
  [12, 16, 5 / 1820],
  [1, 40, 1],
  [40, 40, 1],
  [41, 40, 1],
] as const)(
  '%i ports anywhere among %i lie next to each other in %d of all cases',
  ([count, of, chance]) => {
    expect(chanceOfRun(count, of)).toBeCloseTo(chance, 10);
  },
);

describe('a block of which every port is taken was chosen, unless that may be chance', () => {
  const block = { second: 12, first: 11, usableSecond: 12, usableFirst: 13 };
  test.for([
    ['it is', {}, 16, true],
    ['a second port is free', { usableSecond: 13 }, 16, false],
    ['a first port is free', { usableFirst: 14 }, 16, false],
    ['nothing of the first half', { first: 0, usableFirst: 0 }, 16, false],
    [
      'two next to each other of 40',
      { second: 2, first: 1, usableSecond: 2, usableFirst: 3 },
      40,
      true,
    ],
    [
      'two next to each other of 39',
      { second: 2, first: 1, usableSecond: 2, usableFirst: 3 },
      39,
      false,
    ],
    ['all of the second half', {}, 12, false],
  ] as const)('%s', ([, changes, usableSecond, expected]) => {
    expect(isFilledBlock({ ...block, ...changes }, usableSecond)).toBe(expected);
  });
});

test('ports of one address that should be shared by chance, and are not, were bound', () => {
  expect(isDisjointByBind(10, 0)).toBe(true);
  expect(isDisjointByBind(9.9, 0)).toBe(false);
  expect(isDisjointByBind(1000, 1)).toBe(false);
});

test('nearly all ports in common are by number, as many as chance has them by connect()', () => {
  expect(isSharedByNumber(600, 600, 360)).toBe(true);
  expect(isSharedByNumber(600, 539, 360)).toBe(false);
  expect(isSharedByNumber(600, 600, 421)).toBe(false);
  expect(isSharedByNumber(4, 4, 0)).toBe(false);
  expect(isSharedByChance(5, 10)).toBe(true);
  expect(isSharedByChance(4, 10)).toBe(false);
  expect(isSharedByChance(0, 0)).toBe(false);
});

test('closes of ten seconds and more up to now, of short connections of one half, are a stream', () => {
  const closes = { count: 10, youngestMs: 1000, oldestMs: 11_000 };
  const stream = { closes, live: 2, first: 0 };
  expect(isStreamOfBinds(stream)).toBe(true);
  expect(isStreamOfBinds({ ...stream, live: 3 })).toBe(false);
  expect(isStreamOfBinds({ ...stream, first: 1 })).toBe(false);
  expect(isStreamOfBinds({ ...stream, closes: { ...closes, count: 9 } })).toBe(false);
  expect(isStreamOfBinds({ ...stream, closes: { ...closes, youngestMs: 1001 } })).toBe(false);
  expect(isStreamOfBinds({ ...stream, closes: { ...closes, oldestMs: 10_999 } })).toBe(false);
});

test('bind() fills the second half first', () => {
  expect(isInOrderOfBind({ first: 20, second: 20, secondIsOlder: 381 })).toBe(true);
  expect(isInOrderOfBind({ first: 20, second: 20, secondIsOlder: 380 })).toBe(false);
  expect(isInOrderOfBind({ first: 19, second: 20, secondIsOlder: 380 })).toBe(false);
});

test('a half is used up when hardly a port of it is left', () => {
  expect(isUsedUp(95, 100)).toBe(true);
  expect(isUsedUp(94, 100)).toBe(false);
  expect(isUsedUp(0, 0)).toBe(false);
});

test.for([
  // 5 ports are within 39 % of a half by chance in 1 of 14, within 34 % in 1 of 21.
  [5, 195, 1, 0, false],
  [5, 170, 1, 0, true],
  [4, 100, 1, 0, false],
  // bind() with SO_REUSEADDR keeps to half of the range, from the bottom on.
  [20, 199, 1, 0, true],
  [20, 200, 1, 0, false],
  // 69 of 500 are below by chance in 1 of 19 cases, 70 in 1 of 20.
  [20, 374, 1, 69, false],
  [20, 374, 1, 70, true],
  [20, 376, 1, 70, false],
  // A narrower range would have left some of the first half.
  [20, 199, 0, 0, false],
] as const)(
  '%i ports within %i of 500, with %i of the first half, and %i below, are confined: %s',
  ([second, usableSecond, first, usableBelow, expected]) => {
    const block = { second, first, usableSecond, usableFirst: usableSecond };
    expect(isConfined(block, 500, usableBelow)).toBe(expected);
  },
);

test.each([
  ['five of five', 5, 5, true],
  ['four of four', 4, 4, false],
  // By chance 100/12 ± 2.8.
  ['six deviations above chance', 100, 25, true],
  ['a little less', 100, 24, false],
  ['none', 0, 0, false],
])('ports are in step: %s', (_, count, inStep, expected) => {
  expect(isInStep({ count, inStep }, 1 / 12)).toBe(expected);
});

test.each([
  // 13 / 24 ** 3 = 0.00094
  [4, 13, true],
  [4, 14, false],
  [5, 331, true],
  [5, 332, false],
  [1, 0, false],
])('%i ports in a row, of %i, are by connect(): %s', (ports, count, expected) => {
  expect(isConnectRun(ports, count, 1 / 24)).toBe(expected);
});

test.each([
  // 144 / 12 = 12 by chance, with a deviation of 3.3.
  [144, 25, true],
  [144, 26, false],
  [29, 8, true],
  [29, 9, false],
])('of %i ports, %i in step are no more than by chance: %s', (count, inStep, expected) => {
  expect(isWithoutStep({ count, inStep }, 1 / 12)).toBe(expected);
});

test.each([
  [60, 100, true],
  [61, 100, false],
])('a half of which %i of %i ports are taken is mostly free: %s', (taken, usable, expected) => {
  expect(isMostlyFree(taken, usable)).toBe(expected);
});

test.each([
  ['half of them onward', 100, 50, 50, true],
  ['half of them back', 100, 20, 50, true],
  ['a little less, and more than a tenth of that the other way', 100, 49, 5, false],
  ['a fifth onward, and a tenth of that back', 100, 20, 2, true],
  ['a fifth onward, and more than a tenth of that back', 100, 20, 3, false],
  ['less than a fifth', 100, 19, 0, false],
  ['none', 0, 0, 0, false],
])('ports were closed in turn: %s', (_, count, onward, back, expected) => {
  expect(isInTurn({ count, inStep: onward }, { count, inStep: back })).toBe(expected);
});

test.each([
  [4, 0.17, true],
  [4, 0.18, false],
  [12, 0.55, true],
  [12, 0.57, false],
  [40, 0.6, true],
  [40, 0.61, false],
])('%i ports in %f of the range are together: %s', (ports, part, expected) => {
  expect(isTogether(ports, part)).toBe(expected);
});

test.each([
  ['all of half of them and one', 100, 51, 51, true],
  ['of half of them', 100, 50, 50, false],
  ['most of them', 100, 100, 70, true],
  ['fewer', 100, 100, 69, false],
])('batches lie close together: %s', (_, count, ports, together, expected) => {
  expect(isInBatches({ ports, together }, count)).toBe(expected);
});

test.each([
  [16, 7, true],
  [16, 8, false],
  [15, 0, false],
])('%i ports of which %i are in step are out of step: %s', (count, inStep, expected) => {
  expect(isOutOfStep({ count, inStep })).toBe(expected);
});

test.each([
  ['as many as the others make likely', 25, false],
  ['three deviations more', 40, false],
  ['one more than that', 41, true],
])('ports of the first half, %s', (_, first, expected) => {
  expect(isBeyondShare(first, 100, 0.25)).toBe(expected);
});

test.each([
  ['the only one, beside one of two', { second: 1, first: 1 }, 2, 14, true],
  ['by a chance of more than 3 in 10', { second: 1, first: 1 }, 2, 13, false],
  ['beside one of three', { second: 1, first: 1 }, 3, 1000, false],
  ['beside none', { second: 1, first: 0 }, 1, 1000, false],
  ['between two of five', { second: 1, first: 2 }, 5, 20, true],
  ['the same by a chance of more than 1 in 20', { second: 1, first: 2 }, 5, 19, false],
  ['one of two between them', { second: 2, first: 2 }, 5, 1000, false],
  ['one of two', { second: 2, first: 1 }, 1, 1000, false],
  ['none', { second: 0, first: 0 }, 1, 1000, false],
])('a port of the second half next to the first: %s', (_, block, first, usable, expected) => {
  expect(isNextTo({ ...block, usableSecond: 1, usableFirst: 2 }, first, usable)).toBe(expected);
});

const ORDER = { first: 50, second: 50, secondIsOlder: 2500 };
test.each([
  ['at once', 0, 0.1, 100, false],
  ['over a while', 0, 20, 4990, false],
  ['as a stream', 0, 20, 5000, true],
  ['half by half', 100, 2, 300, true],
  ['half by half, nearly at once', 90, 1.8, 300, false],
  ['with a gap that is usual', 100, 2.01, 300, false],
  ['after a pause, as a pool may be', 5010, 2, 9000, false],
])('TIME_WAIT closed %s', (_, pauseMs, usualMs, mostMs, expected) => {
  const order = { ...ORDER, pauseMs, usualMs, mostMs };
  const steps = (inBatches: number, count = 100) => ({
    onward: { count, inStep: 0 },
    batches: { ports: inBatches, together: 0 },
  });
  expect(isBeyondPool(order, steps(51))).toBe(expected);
  // Where they are seen one by one, only a pause leaves room for a pool.
  expect(isBeyondPool(order, steps(50))).toBe(pauseMs < 5000);
  expect(isBeyondPool(order, steps(32, 64))).toBe(pauseMs < 5000);
  expect(isBeyondPool(order, steps(31, 63))).toBe(expected);
});
