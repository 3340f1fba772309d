import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GroupOrder, SORT_COLUMNS, sortGroups } from '../../../src/model/query/order.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { stableOrder } from '../../../src/model/query/stable-order.ts';
import { connections, modelOf } from '../../helpers/sockets.ts';

const [GROUP] = modelOf(connections(3)).groups;

function group(label: string, changes: Partial<GroupModel> = {}): GroupModel {
  if (GROUP === undefined) throw new Error('no group');
  return { ...GROUP, key: label, label, ...changes };
}

const labels = (groups: readonly GroupModel[]) => groups.map(({ label }) => label);

const HEADROOM: GroupOrder = { column: 'headroom', inverted: false };

/** Labels in order, of groups that have this headroom in percent. */
function byHeadroom(previous: string, headrooms: Record<string, number>, order = HEADROOM): string {
  const groups = Object.entries(headrooms).map(([label, headroomPercent]) =>
    group(label, { headroomPercent }),
  );
  return labels(stableOrder([...previous], groups, order)).join('');
}

describe('by headroom', () => {
  test.for<[string, string, Record<string, number>, string]>([
    ['a small difference moves nothing', 'abcd', { a: 5, b: 50, c: 49, d: 51 }, 'abcd'],
    ['a real one does', 'abcd', { a: 5, b: 50, c: 47.9, d: 51 }, 'acbd'],
    ['the fullest is the very first', 'abcd', { a: 50, b: 49.9, c: 49.8, d: 51 }, 'cabd'],
    ['the first stays where another is as full', 'abc', { a: 9, b: 9, c: 9 }, 'abc'],
    [
      'many small ones do not hide a real one',
      'xabcd',
      { x: 0, a: 14, b: 12.5, c: 11, d: 9.5 },
      'xcdab',
    ],
    ['a new one finds its place', 'abc', { a: 5, b: 20, c: 50, n: 30 }, 'abnc'],
    ['without a last picture all are sorted', '', { a: 50, b: 49.9, c: 49.8 }, 'cba'],
  ])('%s', ([, previous, headrooms, expected]) => {
    expect(byHeadroom(previous, headrooms)).toBe(expected);
  });

  test('inverted as well, where none has to be first', () => {
    const inverted = { column: 'headroom', inverted: true } as const;
    expect(byHeadroom('abc', { a: 50, b: 51, c: 10 }, inverted)).toBe('abc');
    expect(byHeadroom('abc', { a: 50, b: 53, c: 10 }, inverted)).toBe('bac');
  });
});

test('by rate and time, a tenth is no difference, and never is after any time', () => {
  const closes = (rates: Record<string, number>) =>
    labels(
      stableOrder(
        ['a', 'b', 'c'],
        Object.entries(rates).map(([label, closeRate]) => group(label, { closeRate })),
        { column: 'closes', inverted: false },
      ),
    ).join('');
  expect(closes({ a: 100, b: 109, c: 0 })).toBe('abc');
  expect(closes({ a: 100, b: 115, c: 0 })).toBe('bac');
  expect(closes({ a: 0.1, b: 0.4, c: 0 })).toBe('abc');
  const eta = stableOrder(
    ['a', 'b', 'c'],
    [
      group('a', { etaSeconds: null }),
      group('b', { etaSeconds: 100 }),
      group('c', { etaSeconds: 95 }),
    ],
    { column: 'eta', inverted: false },
  );
  expect(labels(eta).join('')).toBe('cba');
});

test.for([
  ['headroom', 'headroomPercent', 12, 10, false],
  ['headroom', 'headroomPercent', 12, 9.9, true],
  ['used', 'used', 1, 2, true],
  ['used', 'used', 100, 110, false],
  ['used', 'used', 100, 112, true],
  ['live', 'liveUsed', 1, 2, true],
  ['live', 'liveUsed', 100, 110, false],
  ['live', 'liveUsed', 100, 112, true],
  ['tw', 'timeWaitUsed', 1, 2, true],
  ['tw', 'timeWaitUsed', 100, 110, false],
  ['tw', 'timeWaitUsed', 100, 112, true],
  ['closes', 'closeRate', 1, 1.5, false],
  ['closes', 'closeRate', 1, 1.54, true],
  ['closes', 'closeRate', 100, 110, false],
  ['closes', 'closeRate', 100, 112, true],
  ['eta', 'etaSeconds', 5, 4, false],
  ['eta', 'etaSeconds', 5, 3.9, true],
  ['eta', 'etaSeconds', 110, 100, false],
  ['eta', 'etaSeconds', 112, 100, true],
] as const)(
  'by %s, a row passes another (%s) of %d with %d: %j',
  ([column, figure, a, b, passes]) => {
    // The first is the worst by time and headroom, and stays the first whatever the others have.
    const first = { headroomPercent: 0, used: 1e4, liveUsed: 1e4, timeWaitUsed: 1e4 };
    const groups = [
      group('w', { ...first, closeRate: 1e4, etaSeconds: 0 }),
      group('a', { reusable: 0, [figure]: a }),
      group('b', { reusable: 0, [figure]: b }),
    ];
    const order = { column, inverted: false };
    const ordered = labels(stableOrder(['w', 'a', 'b'], groups, order)).join('');
    expect(ordered).toBe(passes ? 'wba' : 'wab');
  },
);

describe('for any groups', () => {
  const orders = fc.record({ column: fc.constantFrom(...SORT_COLUMNS), inverted: fc.boolean() });
  const figures = fc.record({
    headroomPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    used: fc.nat(1000),
    liveUsed: fc.nat(1000),
    closeRate: fc.double({ min: 0, max: 500, noNaN: true }),
    etaSeconds: fc.option(fc.double({ min: 0, max: 600, noNaN: true })),
  });
  const groups = fc
    .array(figures, { maxLength: 20 })
    .map((all) => all.map((changes, index) => group(`g${index}`, changes)));
  /** Some of the groups' labels, and one that has gone. */
  const previous = fc.shuffledSubarray(Array.from({ length: 21 }, (_, index) => `g${index}`));

  test('the outcome has each of them once, and stays when it is the last picture', () => {
    fc.assert(
      fc.property(previous, groups, orders, (before, all, order) => {
        const ordered = stableOrder(before, all, order);
        expect(labels(ordered).toSorted()).toEqual(labels(all).toSorted());
        expect(stableOrder(labels(ordered), all, order)).toEqual(ordered);
        expect(stableOrder(labels(ordered), all.toReversed(), order)).toEqual(ordered);
      }),
    );
  });

  test('clear differences are sorted as ever, whatever was before', () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
    fc.assert(
      fc.property(previous, values, orders, (before, steps, order) => {
        const all = steps.map((step, index) => {
          const value = Math.round(10 * 1.2 ** step);
          return group(`g${index}`, {
            headroomPercent: 3 * step,
            used: value,
            liveUsed: value,
            timeWaitUsed: value,
            reusable: 0,
            closeRate: value,
            etaSeconds: value,
          });
        });
        expect(stableOrder(before, all, order)).toEqual(sortGroups(all, order));
      }),
    );
  });

  test('no two stand the wrong way round by more than the difference that counts', () => {
    fc.assert(
      fc.property(previous, groups, (before, all) => {
        const ordered = stableOrder(before, all, HEADROOM);
        let most = 0;
        for (const { headroomPercent } of ordered) {
          expect(headroomPercent).toBeGreaterThanOrEqual(most - 2);
          most = Math.max(most, headroomPercent);
        }
        expect(ordered[0]?.headroomPercent ?? 0).toBe(
          all.length === 0 ? 0 : Math.min(...all.map((one) => one.headroomPercent)),
        );
      }),
    );
  });
});
