/** How closely history is kept, and how much of each moment, from just below and from just above. */
import { expect, test } from 'vitest';
import { buildModel } from '../../src/model/model.ts';
import {
  historyTimes,
  jumpInHistory,
  type ModelHistory,
  NO_HISTORY,
  withModelKept,
} from '../../src/model/model-history.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const SOCKETS = Array.from({ length: 60 }, (_, index) =>
  connections(60 - index, { remotePort: 1000 + index }),
).flat();
const SAMPLE = sampleOfSockets(SOCKETS);

function historyOf(moments: readonly number[]): ModelHistory {
  return moments.reduce(
    (history, takenAtMs) => withModelKept(history, buildModel({ ...SAMPLE, takenAtMs })),
    NO_HISTORY,
  );
}

test.for([
  // A second apart, or a tenth less.
  [[0, 899], [0]],
  [
    [0, 900],
    [0, 900],
  ],
  // Older than two minutes: 5 s apart, or a tenth less.
  [
    [0, 4499, 124_499],
    [0, 4499, 124_499],
  ],
  [
    [0, 4499, 124_500],
    [0, 124_500],
  ],
  [
    [0, 4500, 124_501],
    [0, 4500, 124_501],
  ],
  // A quarter of an hour is the end.
  [
    [0, 899_999],
    [0, 899_999],
  ],
  [[0, 900_000], [900_000]],
] as const)('of %j ms %j are kept', ([moments, kept]) => {
  expect(historyTimes(historyOf(moments))).toEqual(kept);
});

test('of each moment 50 groups are kept, and the ports of 4', () => {
  const past = jumpInHistory(historyOf([0, 1000]), 1000, -1000);
  const drawn = past?.sample.groups.filter(({ portUse }) => portUse !== undefined);
  expect(past?.sample.groups).toHaveLength(50);
  expect(past?.sample.remainder.groups).toBe(10);
  expect(drawn?.map(({ used }) => used)).toEqual([60, 59, 58, 57]);
});
