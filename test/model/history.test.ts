import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History } from '../../src/model/history.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf(connections(1));

/** A model of that moment, with so many ports in use by each group. */
function at(seconds: number, used: Record<string, number>) {
  const [group] = MODEL.groups;
  if (group === undefined) throw new Error('no group');
  const groups = Object.entries(used).map(([label, count]) => ({ ...group, label, used: count }));
  return { sample: { ...MODEL.sample, takenAtMs: seconds * 1000 }, groups };
}

test('keeps the last value of each second, and knows what it has not seen', () => {
  const history = new History();
  for (const [seconds, used] of [
    [100, 1],
    [100.6, 2],
    [101, 3],
    [104, 6],
  ] as const)
    history.push(at(seconds, { a: used }));
  expect(history.used('a', 104_900, 6)).toEqual([undefined, 2, 3, undefined, undefined, 6]);
  expect(history.used('a', 101_000, 2)).toEqual([2, 3]);
  expect(history.used('b', 104_000, 2)).toEqual([undefined, undefined]);
});

test('forgets what is older than a quarter of an hour, and begins anew when the clock is set back', () => {
  const history = new History();
  history.push(at(0, { a: 1 }));
  history.push(at(899, { a: 2 }));
  expect(history.used('a', 899_000)[0]).toBe(1);
  history.push(at(900, { a: 3 }));
  expect(history.used('a', 900_000).filter((value) => value !== undefined)).toEqual([2, 3]);
  history.push(at(50, { a: 9 }));
  expect(history.used('a', 50_000).filter((value) => value !== undefined)).toEqual([9]);
});

test('is what a list of all that was pushed would say, and makes room for new groups', () => {
  const push = fc.record({ wait: fc.nat(400), group: fc.nat(300), used: fc.nat(1000) });
  fc.assert(
    fc.property(fc.array(push, { maxLength: 60 }), (pushes) => {
      const history = new History();
      const all = new Map<string, number>();
      let now = 1_000_000;
      for (const { wait, group, used } of pushes) {
        now += wait;
        history.push(at(now, { [`g${group}`]: used }));
        all.set(`g${group} ${now}`, used);
      }
      for (const { group } of pushes) {
        const expected = Array.from({ length: 900 }, (_, index) =>
          all.get(`g${group} ${now - 899 + index}`),
        );
        expect(history.used(`g${group}`, now * 1000)).toEqual(expected);
      }
    }),
  );
});
