import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { dueFirst, type PlaceState, readEveryMs } from '../../src/sampling/round-plan.ts';

const QUIET: PlaceState = {
  readMs: 0,
  sockets: 10,
  socketsRead: 10,
  rangeSize: 1000,
  usedShare: 0,
  hasNews: false,
};
const stateOf = (changes: Partial<PlaceState>): PlaceState => ({ ...QUIET, ...changes });

describe('how often the sockets of a place are read', () => {
  test.each<[string, Partial<PlaceState>, number]>([
    ['half of the range: at the full pace', { sockets: 500, socketsRead: 500 }, 0],
    ['just below, unchanged', { sockets: 499, socketsRead: 499 }, 5000],
    ['just below, changed', { sockets: 499, socketsRead: 498 }, 1000],
    ['a tenth of the range', { sockets: 100, socketsRead: 99 }, 1000],
    ['fewer than can be wrong, changed', { sockets: 99, socketsRead: 98 }, 10_000],
    ['fewer than can be wrong, unchanged', { sockets: 99, socketsRead: 99 }, 60_000],
    ['few sockets, but half of what is usable in one group', { usedShare: 0.5 }, 0],
    ['the same, just below', { usedShare: 0.49 }, 5000],
    ['none, and none before', { sockets: 0, socketsRead: 0 }, Infinity],
    ['none any more', { sockets: 0, socketsRead: 1 }, 10_000],
    ['few, with news', { hasNews: true }, 1000],
    ['none, with news: a refusal', { sockets: 0, socketsRead: 0, hasNews: true }, 1000],
  ])('%s', (_, changes, everyMs) => {
    expect(readEveryMs(stateOf(changes))).toBe(everyMs);
  });
});

describe('what is read now', () => {
  it('is what was never read, the most sockets first, before all that is late', () => {
    const places: [string, PlaceState][] = [
      ['late', stateOf({ sockets: 900, readMs: 0 })],
      ['few', stateOf({ readMs: undefined, sockets: 1 })],
      ['many', stateOf({ readMs: undefined, sockets: 2 })],
    ];
    expect(dueFirst(places, 100_000, 250)).toEqual(['many', 'few', 'late']);
  });

  it('is late by its own interval, and a near-to-full place by that of the samples', () => {
    const full = stateOf({ sockets: 900, readMs: 1000 });
    const quiet = stateOf({ readMs: 1000 });
    const due = (nowMs: number) =>
      dueFirst(
        [
          ['full', full],
          ['quiet', quiet],
        ],
        nowMs,
        250,
      );
    expect(due(1224)).toEqual([]);
    expect(due(1225)).toEqual(['full']);
    expect(due(1000 + 53_999)).toEqual(['full']);
    expect(due(1000 + 54_000)).toEqual(['full', 'quiet']);
  });

  it('is every place with sockets in turn, if only the first of each round is read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
        (sockets) => {
          const states = sockets.map((each) => stateOf({ sockets: each, socketsRead: each }));
          const readAt = states.map(() => 0);
          for (let nowMs = 0; nowMs < 900_000; nowMs += 250) {
            const places = states.map(
              (state, at) => [at, { ...state, readMs: readAt[at] }] as const,
            );
            const [first] = dueFirst(places, nowMs, 250);
            if (first !== undefined) readAt[first] = nowMs;
          }
          // Each is late by as much of its own interval as the others.
          const longestMs = 60_000 * (states.length + 1);
          for (const readMs of readAt) expect(readMs).toBeGreaterThan(900_000 - longestMs);
        },
      ),
    );
  });
});
