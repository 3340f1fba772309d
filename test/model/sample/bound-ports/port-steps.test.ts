import { describe, expect, test } from 'vitest';
import { PortHalves } from '../../../../src/model/sample/bound-ports/port-halves.ts';
import { portSteps } from '../../../../src/model/sample/bound-ports/port-steps.ts';
import { connections, socketTable, type TestSocket } from '../../../helpers/sockets.ts';

/** A range of 2,400 ports: a step is at most 100. */
const RANGE = { low: 40_000, high: 42_399 };

function stepsOf(sockets: readonly TestSocket[]) {
  const rows = sockets.map((_, row) => row);
  return portSteps(socketTable(sockets), rows, new PortHalves(RANGE, new Uint8Array(65536)));
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
