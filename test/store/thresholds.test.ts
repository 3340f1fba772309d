/** The limits of what the view remembers and steps through, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { fadeGroups } from '../../src/store/fading.ts';
import { reduce } from '../../src/store/reducer.ts';
import { replayFaster, startReplay, tenthMs } from '../../src/store/replay.ts';
import { initialViewState, samplingIntervalMs } from '../../src/store/view-state.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

describe('a group that has gone', () => {
  const of = (count: number) =>
    modelOf(
      Array.from({ length: count }, (_, index) =>
        connections(1, { remotePort: 1000 + index }),
      ).flat(),
      { takenAtMs: 0 },
    );
  const nothing = (takenAtMs: number) => modelOf([], { takenAtMs });

  test.for([
    [0, 1],
    [4999, 1],
    [5000, 0],
    // Time that was set back.
    [-1, 0],
  ] as const)('%i ms ago fades: %i', ([afterMs, count]) => {
    const gone = fadeGroups([], of(1), nothing(0));
    expect(gone).toHaveLength(1);
    expect(fadeGroups(gone, nothing(0), nothing(afterMs))).toHaveLength(count);
  });

  test.for([
    [19, 19],
    [20, 20],
    [21, 20],
  ] as const)('of %i that go at once %i fade', ([count, fading]) => {
    expect(fadeGroups([], of(count), nothing(0))).toHaveLength(fading);
  });
});

describe('the interval', () => {
  test.for([
    [250, 2, 500],
    [250, 0.5, 125],
    [201, 0.5, 101],
    [200, 0.5, 100],
    [199, 0.5, 100],
    [29_999, 2, 59_998],
    [30_000, 2, 60_000],
    [30_001, 2, 60_000],
  ] as const)('of %i ms, times %d, is %i', ([intervalMs, factor, stepped]) => {
    const state = { ...initialViewState(), intervalMs };
    expect(reduce(state, { type: 'interval', factor }).intervalMs).toBe(stepped);
  });

  test.for([
    [999, 1000],
    [1000, 1000],
    [1001, 1001],
  ] as const)('of %i ms is %i behind other windows', ([intervalMs, unfocused]) => {
    const state = { ...initialViewState(), intervalMs };
    expect(samplingIntervalMs(state)).toBe(intervalMs);
    expect(samplingIntervalMs({ ...state, focused: false })).toBe(unfocused);
  });
});

describe('a recording', () => {
  const replay = startReplay({ index: 0, elapsedMs: 0, durationMs: 5000, isLast: false });

  test.for([
    [1, 2, 2],
    [32, 2, 64],
    [64, 2, 64],
    [0.25, 0.5, 0.125],
    [0.125, 0.5, 0.125],
  ] as const)('played %d times as fast, times %d, is at %d', ([speed, factor, expected]) => {
    expect(replayFaster({ ...replay, speed }, factor).speed).toBe(expected);
  });

  test('is crossed in ten steps', () => {
    expect(tenthMs({ replay, history: initialViewState().history })).toBe(500);
  });
});
