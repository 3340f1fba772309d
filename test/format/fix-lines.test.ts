import { expect, test } from 'vitest';
import { bestFix } from '../../src/format/best-fix.ts';
import { fixLines } from '../../src/format/fix-lines.ts';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf([...connections(4), ...closedLately(90, {}, 40_004)]);
const at = (width: number, most: number) => fixLines(MODEL, width, { most, withBest: true });

test('one line is that of the fix, whose title may be cut', () => {
  for (const width of [36, 57, 77, 117]) expect(at(width, 1)).toEqual([bestFix(MODEL, width)]);
});

test('of two, none is cut where both have room for it', () => {
  expect(at(117, 2)).toEqual([bestFix(MODEL, 117)]);
  const lines = at(77, 2);
  expect(lines).toHaveLength(2);
  expect(lines.join(' ')).toBe(bestFix(MODEL, 2 * 77));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(77);
  const [first = '', last = ''] = at(36, 2);
  expect(first.length).toBeLessThanOrEqual(36);
  expect(`${first} ${last}`).toBe(bestFix(MODEL, 36));
});

test('nothing on a healthy machine, nor without the best where nothing was done', () => {
  expect(fixLines(modelOf(connections(4)), 77, { most: 2, withBest: true })).toEqual([]);
  expect(fixLines(MODEL, 77, { most: 2, withBest: false })).toEqual([]);
});
