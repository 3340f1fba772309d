import { describe, expect, test } from 'vitest';
import { ModelFeed } from '../../src/store/model-feed.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

/** When models come out, of samples with so many connections that come in at these moments, in ms. */
function shown(samples: readonly (readonly [atMs: number, connections: number])[]): number[] {
  const moments: number[] = [];
  const feed = new ModelFeed(({ sample }) => moments.push(sample.takenAtMs));
  for (const [takenAtMs, count] of samples)
    feed.push(sampleOfSockets(connections(count), { takenAtMs }));
  return moments;
}

describe('the screen takes a model', () => {
  test.for([
    [449, false],
    [450, true],
    [500, true],
  ] as const)('%i ms after the last one, where something has moved: %j', ([afterMs, isShown]) => {
    expect(
      shown([
        [0, 1],
        [afterMs, 2],
      ]),
    ).toEqual(isShown ? [0, afterMs] : [0]);
  });

  test.for([
    [899, false],
    [900, true],
  ] as const)('%i ms after the last one, where nothing has: %j', ([afterMs, isShown]) => {
    expect(
      shown([
        [0, 1],
        [afterMs, 1],
      ]),
    ).toEqual(isShown ? [0, afterMs] : [0]);
  });

  test('at once where the clock was set back', () => {
    expect(
      shown([
        [1000, 1],
        [999, 1],
      ]),
    ).toEqual([1000, 999]);
  });
});
