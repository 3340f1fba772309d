import { expect, test } from 'vitest';
import { BaselineWindow } from '../../src/model/baseline-window.ts';
import { sampleOfSockets } from '../helpers/sockets.ts';

const SAMPLE = sampleOfSockets([]);

/** How old the references are, in seconds, of samples taken at these moments. */
function ages(seconds: readonly number[]): number[] {
  const window = new BaselineWindow();
  let found: number[] = [];
  for (const second of seconds) {
    const references = window.push({ ...SAMPLE, takenAtMs: 1000 * second });
    found = references.map(({ takenAtMs }) => second - takenAtMs / 1000);
  }
  return found;
}

const everySecond = (last: number) => Array.from({ length: last + 1 }, (_, second) => second);

test('references are as old as 10 s, 30 s, 1, 3, 5 and 10 minutes', () => {
  // 5 s apart beyond 12 s, 30 s beyond 75 s.
  expect(ages(everySecond(1200))).toEqual([10, 30, 60, 180, 300, 600]);
});

test.for([
  [10, [10]],
  [30, [30]],
  [60, [60]],
  [180, [180]],
  [300, [300]],
  [600, [600]],
  [600.001, []],
] as const)('a single earlier sample, %d s ago, is a reference of %j', ([ago, expected]) => {
  expect(ages([0, ago])).toEqual(expected);
});

test.for([
  // The second sample is a second younger than the first: kept up to an age of 12 s.
  [
    [0, 1, 13, 31],
    [30, 31],
  ],
  [
    [0, 1, 13.001, 31],
    [17.999, 31],
  ],
  // 5 s younger: up to 75 s.
  [
    [0, 5, 80, 185],
    [180, 185],
  ],
  [
    [0, 5, 80.001, 185],
    [104.999, 185],
  ],
] as const)('of samples at %j, references are %j s old', ([seconds, expected]) => {
  expect(ages(seconds)).toEqual(expected.map((age) => expect.closeTo(age, 6)));
});

test('a sample of the same moment is no reference', () => {
  expect(ages([0, 0])).toEqual([]);
  expect(ages([0, 5, 5])).toEqual([5]);
});

test.for([
  // Of two, the older one is taken that is not too old.
  [10, 11],
  [30, 31],
  [60, 61],
  [180, 181],
  [300, 301],
  [600, 601],
])('%d s are young enough for a reference, %d s are not', ([within, beyond]) => {
  const [old = 0, young = 0] = [beyond, within];
  const now = 1000;
  expect(ages([now - old, now - young, now])[0]).toBe(within);
});
