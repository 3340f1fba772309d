import { expect, test } from 'vitest';
import { Recent } from '../../src/terminal/recent.ts';

/** A map of three, and the keys that it had to compute. */
function counted() {
  const recent = new Recent<number, string>(3);
  const computed: number[] = [];
  const of = (key: number) =>
    recent.of(key, () => {
      computed.push(key);
      return `${key}`;
    });
  return { of, computed };
}

test('what is known is not computed again', () => {
  const { of, computed } = counted();
  expect([of(1), of(1)]).toEqual(['1', '1']);
  expect(computed).toEqual([1]);
});

test('what is asked for again outlives what comes once', () => {
  const { of, computed } = counted();
  for (let once = 10; once < 40; once++) {
    of(1);
    of(once);
  }
  expect(computed.filter((key) => key === 1)).toEqual([1]);
});

test('what nobody asked for while twice as many came is forgotten', () => {
  const { of, computed } = counted();
  [1, 2, 3, 4, 5, 6, 2].forEach(of);
  expect(computed).toEqual([1, 2, 3, 4, 5, 6]);
  [7, 1].forEach(of);
  expect(computed).toEqual([1, 2, 3, 4, 5, 6, 7, 1]);
});
