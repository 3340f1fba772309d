import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carriedOn, secondsLeft } from '../../src/model/carried-on.ts';
import type { Model } from '../../src/model/model.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const TAKEN_AT_MS = 1_000_000;

/** A model with these countdowns. */
function counting(
  etaSeconds: number | null,
  etaRangeSeconds: Model['groups'][number]['etaRangeSeconds'] = null,
): Model {
  const model = modelOf(connections(4), { takenAtMs: TAKEN_AT_MS });
  const groups = model.groups.map((group) => ({ ...group, etaSeconds, etaRangeSeconds }));
  return { ...model, groups, worst: groups[0] };
}

test.each([
  ['goes on by the time that has passed', 14, 3, 11],
  ['never', null, 3, null],
  ['has one second left', 4, 3, 1],
  ['ends at less than a second, as no sample says that ports have run out', 3, 3, 0.1],
  ['stays there', 1, 60, 0.1],
  ['is just above its end', 3.11, 3, 0.11],
  ['stays at "now", which a sample has said', 0, 3, 0],
] as const)('a countdown that %s', (_, etaSeconds, seconds, left) => {
  const { groups } = carriedOn(counting(etaSeconds), TAKEN_AT_MS + 1000 * seconds);
  if (left === null) expect(groups[0]?.etaSeconds).toBeNull();
  else expect(groups[0]?.etaSeconds).toBeCloseTo(left, 9);
});

test.each([
  [null, null],
  [
    [10, 20],
    [7, 17],
  ],
  [
    [2, null],
    [0.1, null],
  ],
] as const)('its range %j becomes %j after three seconds', (range, after) => {
  const { groups } = carriedOn(counting(14, range), TAKEN_AT_MS + 3000);
  expect(groups[0]?.etaRangeSeconds).toEqual(after);
});

test('the clock goes on, the age is told, and what was counted stays', () => {
  const model = counting(14);
  const carried = carriedOn(model, TAKEN_AT_MS + 2100);
  expect(carried.sample).toEqual({ ...model.sample, takenAtMs: TAKEN_AT_MS + 2100 });
  expect(carried.ageMs).toBe(2100);
  expect(carried.worst).toBe(carried.groups[0]);
  expect(carried.groups).toEqual([{ ...model.groups[0], etaSeconds: 14 - 2.1 }]);
});

test.each([0, -1])('%i ms after its sample, a model is the same', (afterMs) => {
  const model = counting(14);
  expect(carriedOn(model, TAKEN_AT_MS + afterMs)).toBe(model);
});

test('a countdown never rises and never ends by itself', () => {
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(seconds, seconds, seconds, (eta, passed, more) => {
      const left = secondsLeft(eta, passed);
      expect(left).toBeLessThanOrEqual(eta);
      expect(left > 0).toBe(eta > 0);
      expect(secondsLeft(eta, passed + more)).toBeLessThanOrEqual(left);
    }),
  );
});
