import { expect, test } from 'vitest';
import { baselineOf } from '../../src/model/baseline-window.ts';
import { buildModel } from '../../src/model/model.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

/** The model of ten connections more, so many seconds after an earlier look. */
function modelAfter(seconds: number, opensBefore?: number, opensNow?: number) {
  const sampleAt = (takenAtMs: number, count: number, activeOpens: number | undefined) =>
    sampleOfSockets(connections(count), {
      takenAtMs,
      counters: activeOpens === undefined ? {} : { activeOpens },
    });
  const before = sampleAt(0, 1, opensBefore);
  const now = sampleAt(1000 * seconds, 11, opensNow);
  return buildModel(now, { baselines: [baselineOf(before)] });
}

test.for([
  [0, null],
  [0.899, null],
  [0.9, 10 / 0.9],
  [1, 10],
] as const)('ten connections within %d s are %j a second', ([seconds, perSecond]) => {
  expect(modelAfter(seconds).groups[0]?.madePerSecond).toBe(perSecond);
});

test.for([
  [10, 100, 150, 5],
  [10, 100, 100, 0],
  // The counter was set back.
  [10, 100, 99, undefined],
  [10, undefined, 150, undefined],
  [10, 100, undefined, undefined],
  [0, 100, 150, undefined],
] as const)('within %i s from %j opens to %j: %j a second', ([seconds, before, now, perSecond]) => {
  expect(modelAfter(seconds, before, now).opensPerSecond).toBe(perSecond);
});
