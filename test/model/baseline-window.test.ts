import { expect, test } from 'vitest';
import { BaselineWindow } from '../../src/model/baseline-window.ts';
import { sampleOfSockets } from '../helpers/sockets.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const SAMPLE = sampleOfSockets([]);

/** Ages in ms of the references that a sample at `nowMs` is given, after samples of these ages. */
function agesAfter(agesMs: readonly number[], nowMs = NOW_MS, window = new BaselineWindow()) {
  for (const ageMs of agesMs) window.push({ ...SAMPLE, takenAtMs: NOW_MS - ageMs });
  return window.push({ ...SAMPLE, takenAtMs: nowMs }).map(({ takenAtMs }) => nowMs - takenAtMs);
}

test.for([
  [10_000, 5000],
  [30_000, 20_000],
  [60_000, 40_000],
  [180_000, 100_000],
  [300_000, 200_000],
] as const)(
  'a reference is %i ms old at most, where there is a younger one',
  ([ageMs, younger]) => {
    expect(agesAfter([ageMs, younger])).toEqual([ageMs]);
    expect(agesAfter([ageMs + 1, younger])).toEqual([younger, ageMs + 1]);
  },
);

test('nothing is compared with what is older than 10 minutes', () => {
  expect(agesAfter([600_000])).toEqual([600_000]);
  expect(agesAfter([600_001])).toEqual([]);
});

test('what is older than 10 minutes does not keep what came soon after it away', () => {
  const window = new BaselineWindow();
  agesAfter([601_000, 581_000], NOW_MS, window);
  expect(agesAfter([], NOW_MS + 1000, window)).toEqual([1000, 582_000]);
});

test('the recent ones are those of the last 10 s', () => {
  const window = new BaselineWindow();
  agesAfter([10_001, 3000], NOW_MS, window);
  expect(window.recent.map(({ takenAtMs }) => NOW_MS - takenAtMs)).toEqual([3000]);
  expect(agesAfter([], NOW_MS + 7000, window)).toEqual([10_000, 17_001]);
  expect(window.recent.map(({ takenAtMs }) => NOW_MS - takenAtMs)).toEqual([0, 3000]);
});

test('references are a second apart, however many samples come', () => {
  const window = new BaselineWindow();
  for (let seconds = 0; seconds <= 60; seconds += 0.25) {
    window.push({ ...SAMPLE, takenAtMs: NOW_MS + 1000 * seconds });
    expect(window.recent.length).toBeLessThanOrEqual(10);
  }
  expect(window.recent.length).toBe(10);
});
