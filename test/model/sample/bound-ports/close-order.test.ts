import { describe, expect, test } from 'vitest';
import { closeOrder } from '../../../../src/model/sample/bound-ports/close-order.ts';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
} from '../../../helpers/sockets.ts';

/** How many closes there are at each of these ages, in steps of 10 ms. */
const at = (closes: Readonly<Record<number, number>>) =>
  Uint32Array.from({ length: 101 }, (_, age) => closes[age] ?? 0);

test.for([
  ['the second half first', { 100: 20 }, { 60: 20 }, { secondIsOlder: 400, pauseMs: 400 }],
  ['the first half first', { 60: 20 }, { 100: 20 }, { secondIsOlder: 0, pauseMs: 0 }],
  ['one of the first before', { 90: 20 }, { 100: 1, 60: 19 }, { secondIsOlder: 380, pauseMs: 300 }],
  ['two of the first before', { 90: 20 }, { 100: 2, 60: 18 }, { secondIsOlder: 360, pauseMs: 0 }],
  ['two ticks of the first', { 90: 20 }, { 60: 1, 59: 19 }, { secondIsOlder: 400, pauseMs: 300 }],
  ['one of the second after', { 90: 19, 50: 1 }, { 60: 20 }, { secondIsOlder: 380, pauseMs: 300 }],
] as const)('%s', ([, second, first, expected]) => {
  expect(closeOrder(at(first), at(second), 10)).toMatchObject({
    first: 20,
    second: 20,
    ...expected,
  });
});

test.for([
  ['at once', { 60: 40 }, 0],
  ['one by one', Object.fromEntries(Array.from({ length: 40 }, (_, step) => [step, 1])), 350],
  ['all but a few', { 100: 2, 60: 18, 40: 18, 0: 2 }, 200],
  ['a few more', { 100: 3, 60: 17, 40: 17, 0: 3 }, 1000],
] as const)('nearly all of them were closed %s', ([, second, mostMs]) => {
  expect(closeOrder(at({}), at(second), 10).mostMs).toBe(mostMs);
});

test('the usual time between two is that of all of them', () => {
  expect(closeOrder(at({ 10: 2 }), at({ 70: 2 }), 10).usualMs).toBe(200);
  expect(closeOrder(at({ 10: 1 }), at({}), 10)).toMatchObject({ usualMs: 0, pauseMs: 0 });
});

/** bind() takes odd ports first, wherever in the range; connect() even ones. */
const odd = (count: number) =>
  connections(count).map((each, index) => ({
    ...each,
    localPort: 40_001 + 2 * ((17 * index) % 50),
  }));
const even = (count: number) =>
  connections(count).map((each, index) => ({ ...each, localPort: 40_000 + 2 * index }));

describe('TIME_WAIT of the second half that is older than the first', () => {
  const closed = (sockets: TestSocket[], leftMs: number) =>
    sockets.map((socket) => ({ ...socket, state: 'TIME_WAIT' as const, leftMs }));
  const byBind = [...closed(odd(50), 10_000), ...closed(even(50), 11_000)];
  const groupOf = (given: TestSocket[], gone: number, timeWaitReused = 0) =>
    sampleOfSockets(given, {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' },
      counters: { activeOpens: 100 + gone, timeWaitReused },
    }).groups[0];

  test('was bound, and the first too, where too few have gone to have filled the first', () => {
    expect(groupOf(byBind, 44)).toMatchObject({
      free: 0,
      freeAtLeast: 0,
      reusable: 0,
      freedByReuse: 0,
    });
  });

  test('may have been bound where the first was closed after a pause: all of it may have been one pool', () => {
    const later = (leftMs: number) => [...closed(odd(50), 10_000), ...closed(even(50), leftMs)];
    expect(groupOf(later(15_000), 0)).toMatchObject({ free: 0, freeAtLeast: 0 });
    expect(groupOf(later(15_010), 0)).toMatchObject({ free: 100, freeAtLeast: 0 });
    // Two of 50 that are out of order do not hide it.
    const early = (count: number) => closed(even(count), 9000);
    const apart = (count: number) => [...early(count), ...later(20_000).slice(0, 100 - count)];
    expect(groupOf(apart(2), 0)).toMatchObject({ free: 100, freeAtLeast: 0 });
  });

  test('may have been bound where enough have gone: the first half was taken again since', () => {
    expect(groupOf(byBind, 45)).toMatchObject({ free: 100, freeAtLeast: 0 });
    expect(groupOf(byBind, 45)?.uncertain).toMatch(/^100 ports in TIME_WAIT were bound/);
  });

  test('tells nothing where connect() has taken TIME_WAIT over', () => {
    expect(groupOf(byBind, 5000, 50)).toMatchObject({ free: 100 });
  });

  test('is not what connect() leaves, which has passed over what it might have taken over', () => {
    const others = [...closed(even(50), 10_000), ...closed(odd(50), 40_000)];
    expect(groupOf(others, 4900)).toMatchObject({
      free: 100,
      freeAtLeast: 0,
      reuse: { expected: 50, seen: 0 },
      bindBeforeConnect: { suspected: false },
    });
  });
});
