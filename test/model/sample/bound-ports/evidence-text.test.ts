import { expect, test } from 'vitest';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import {
  disjointText,
  noRushText,
  stepsText,
} from '../../../../src/model/sample/bound-ports/evidence-text.ts';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const RANGE = { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 41999' } };
const LONG_UP = { ...RANGE, counters: { activeOpens: 50_000, timeWaitReused: 0 } };

const on = (ports: readonly number[], socket: Partial<TestSocket> = {}) =>
  connections(ports.length, socket).map((each, index) => ({
    ...each,
    localPort: ports[index] ?? 0,
  }));
/** Odd ports here and there: no two series with a start of their own have one in common. */
const scattered = (count: number, start = 0) =>
  Array.from({ length: count }, (_, index) => 40_001 + 2 * (((start + index) * 389) % 1000));
const closed = (sockets: readonly TestSocket[], leftMs: (index: number) => number) =>
  sockets.map((socket, index) => ({
    ...socket,
    state: 'TIME_WAIT' as const,
    leftMs: leftMs(index),
  }));

const evidenceOf = (sockets: readonly TestSocket[], overrides = {}) =>
  sampleOf(reading(sockets, overrides)).groups.find(
    ({ remoteAddress }) => remoteAddress === '10.0.9.21',
  )?.bindBeforeConnect.evidence;

test('of a rush that cannot have been', () => {
  expect(evidenceOf(on(scattered(40)), { ...RANGE, counters: { activeOpens: 42 } })).toBe(
    'The other half has never been full: 1,000 ports of it are free, and only 2 connections have gone since the counters began.',
  );
  expect(noRushText(1, 1)).toContain('1 port of it is free, and only 1 connection has gone');
});

test('of what earlier samples saw', () => {
  const witnesses = new WitnessMemory();
  for (const count of [0, 40, 60]) {
    const counters = { ...LONG_UP.counters, activeOpens: 1_000_000 + count };
    const sample = sampleOf(reading(on(scattered(count)), { ...LONG_UP, counters }), { witnesses });
    witnesses.push(sample);
  }
  const [group] = sampleOf(reading(on(scattered(60)), LONG_UP), { witnesses }).groups;
  expect(group?.bindBeforeConnect.evidence).toBe(
    'They were taken while the other half had room, as earlier samples saw.',
  );
});

test('of ports that are shared by number', () => {
  const ports = scattered(50);
  const sockets = [...on(ports), ...on(ports, { remote: '10.0.9.22' })];
  expect(evidenceOf(sockets, LONG_UP)).toBe(
    '50 of 50 are used for other destinations too, where chance gives 3: a program chose them by number.',
  );
});

test('of ports that are not shared, with the chance of that', () => {
  const sockets = [...on(scattered(120)), ...on(scattered(120, 120), { remote: '10.0.9.22' })];
  expect(evidenceOf(sockets, LONG_UP)).toBe(
    'None of them is used for another destination from this address. Independent searches would share 11; none at all is a chance of 1 in 78,000.',
  );
  expect(disjointText(10)).toContain('a chance of 1 in 22,000.');
  expect(disjointText(18)).toContain('a chance of 1 in 66,000,000.');
  expect(disjointText(18.1)).toContain('a chance of 1 in over 60 million.');
});

test('of the order of closes', () => {
  const sockets = [
    ...closed(on(scattered(300)), () => 10_000),
    ...closed(on(Array.from({ length: 300 }, (_, index) => 40_000 + 2 * index)), () => 11_000),
  ];
  // Enough has gone for the free ports of the first half, but not for all of it.
  const counters = { activeOpens: 600 + 800, timeWaitReused: 0 };
  expect(evidenceOf(sockets, { ...RANGE, counters })).toBe(
    'Their TIME_WAIT is older than that of the half that connect() takes first, in 100 % of all pairs.',
  );
});

test('of a stream of closes', () => {
  expect(
    evidenceOf(
      closed(on(scattered(30)), (index) => 59_900 - 1000 * index),
      LONG_UP,
    ),
  ).toBe(
    '30 of them were closed one after another over 29 s, up to now, while the other half had room.',
  );
});

test('of more ports than a rush leaves', () => {
  expect(evidenceOf(on(scattered(40)), RANGE)).toBe(
    'A rush would leave as many ports of both halves; there are 40 beside 0.',
  );
});

test('against bind(): ports that follow each other', () => {
  const sockets = on(Array.from({ length: 360 }, (_, index) => 40_000 + 5 * index)).map(
    (socket, index) => ({ ...socket, inode: 1 + index }),
  );
  expect(evidenceOf(sockets, { ...RANGE, counters: { activeOpens: 360 } })).toBe(
    '180 of 180 follow the one before step by step, where bind() of port 0 gives 15 by chance.',
  );
  expect(stepsText({ inStep: 9, count: 12 }, 1 / 12)).toContain('gives 1 by chance');
});

test('none where nothing is decided', () => {
  expect(
    evidenceOf(
      closed(on(scattered(30)), () => 25_000),
      LONG_UP,
    ),
  ).toBeUndefined();
  expect(evidenceOf(connections(30), RANGE)).toBeUndefined();
});
