import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/model/model.ts';
import {
  historyBytes,
  historyTimes,
  jumpInHistory,
  type ModelHistory,
  NO_HISTORY,
  withModelKept,
} from '../../src/model/model-history.ts';
import { usedInHistory } from '../../src/model/used-in-history.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets, timeWaits } from '../helpers/sockets.ts';

const SAMPLE = sampleOfSockets([
  ...connections(3),
  ...timeWaits(20, 12_000, { remote: '10.0.9.22' }),
]);
const START_MS = SAMPLE.takenAtMs;

function modelAt(second: number, changes: Partial<Sample> = {}): Model {
  return buildModel({ ...SAMPLE, takenAtMs: START_MS + 1000 * second, ...changes });
}

function historyOf(seconds: readonly number[]): ModelHistory {
  return seconds.map((second) => modelAt(second)).reduce(withModelKept, NO_HISTORY);
}

const range = (first: number, last: number, step = 1) =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);

const secondsOf = (history: ModelHistory) =>
  historyTimes(history).map((timeMs) => (timeMs - START_MS) / 1000);

const secondOf = (model: Model | undefined) => model && (model.sample.takenAtMs - START_MS) / 1000;

/** Where a jump of so many seconds leads; a sample where it is ±0.001. */
const jumped = (history: ModelHistory, from: number, by: number) =>
  secondOf(jumpInHistory(history, START_MS + 1000 * from, 1000 * by));

const SAMPLE_STEP = 0.001;

describe('what is kept', () => {
  test('is one model a second, however many come', () => {
    expect(secondsOf(historyOf(range(0, 3, 0.25)))).toEqual([0, 1, 2, 3]);
    // Timers are a little early at times.
    expect(secondsOf(historyOf([0, 0.98, 1.99, 2.97]))).toEqual([0, 0.98, 1.99, 2.97]);
  });

  test('goes back 15 minutes: a second apart for two minutes, then 5 s', () => {
    const seconds = secondsOf(historyOf(range(0, 2000)));
    expect(seconds.at(-1)).toBe(2000);
    expect(seconds[0]).toBeGreaterThan(1100);
    expect(seconds[0]).toBeLessThanOrEqual(1105);
    expect(seconds.slice(-121)).toEqual(range(1880, 2000));
    const old = seconds.filter((second) => second < 1880);
    expect(old.slice(1).every((second, index) => second - (old[index] ?? 0) === 5)).toBe(true);
  });

  test('is nothing of the future once the clock was set back, and what was before it stays', () => {
    expect(secondsOf(historyOf([0, 10, 20, 30, 12, 13]))).toEqual([0, 10, 12, 13]);
    expect(secondsOf(historyOf([0, 1, -5000]))).toEqual([-5000]);
    expect(secondsOf(historyOf([0, 1, 90_000]))).toEqual([90_000]);
  });

  const MANY = buildModel(
    sampleOfSockets(
      Array.from({ length: 100 }, (_, index) =>
        connections(1, { remotePort: 1000 + index }),
      ).flat(),
    ),
  );
  const manyAt = (second: number, changes: Partial<Sample> = {}): Model => ({
    ...MANY,
    sample: { ...MANY.sample, takenAtMs: START_MS + 1000 * second, ...changes },
  });

  test('is a quarter of an hour for as many groups as are kept', () => {
    let history = NO_HISTORY;
    for (const second of range(0, 1000)) history = withModelKept(history, manyAt(second));
    expect(secondsOf(history)[0]).toBeLessThanOrEqual(105);
    expect(historyBytes(history)).toBeLessThanOrEqual(15_000_000);
  });

  test('has its size, whatever comes', () => {
    let history = NO_HISTORY;
    for (const second of range(0, 60)) {
      // 0.5 MB each.
      history = withModelKept(history, manyAt(second, { heldPorts: range(second, 60_000) }));
      expect(historyBytes(history)).toBeLessThanOrEqual(15_000_000);
    }
    expect(historyTimes(history).length).toBeGreaterThan(20);
  });

  test.for([
    [
      [0, 899.999],
      [0, 899.999],
    ],
    [[0, 900], [900]],
    // A tenth of a second early is a second still.
    [
      [0, 0.9],
      [0, 0.9],
    ],
    [[0, 0.8995], [0]],
    // For two minutes, and 5 s apart, or 4.5, before that.
    [
      [0, 4, 124],
      [0, 4, 124],
    ],
    [
      [0, 4, 124.001],
      [0, 124.001],
    ],
    [
      [0, 4.5, 200],
      [0, 4.5, 200],
    ],
    [
      [0, 4.4995, 200],
      [0, 200],
    ],
  ] as const)('of looks at %j s is %j', ([looks, kept]) => {
    expect(secondsOf(historyOf(looks))).toEqual(kept);
  });

  /** A model of one group and no lists, whose ports take so many bytes to draw. */
  const drawnIn = (second: number, bytes: number, color = 0): Model => {
    const { sample } = modelAt(second);
    const portUse = { slices: 1, counts: new Uint8Array(bytes).fill(color) };
    const groups = sample.groups.slice(0, 1).map((group) => ({ ...group, portUse }));
    return buildModel({ ...sample, groups, heldPorts: [], listeningPorts: [] });
  };

  test.for([
    [0, 2],
    [1, 1],
  ] as const)('is 15 MB and %i bytes: %i entries', ([more, entries]) => {
    const bytes = 7_500_000 - 4000 - 850;
    const history = [drawnIn(0, bytes), drawnIn(1, bytes + more, 1)].reduce(
      withModelKept,
      NO_HISTORY,
    );
    expect(historyTimes(history)).toHaveLength(entries);
  });

  test('takes bytes for each entry, group and port', () => {
    const { sample } = drawnIn(0, 0);
    const sizeOf = (changes: Partial<Sample>) =>
      historyBytes(withModelKept(NO_HISTORY, buildModel({ ...sample, ...changes })));
    expect(sizeOf({ groups: [] })).toBe(4000);
    expect(sizeOf({})).toBe(4850);
    expect(sizeOf({ heldPorts: range(1, 10), listeningPorts: range(1, 5) })).toBe(4850 + 8 * 15);
  });

  test('is in order, and never closer than it should be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20_000, max: 60_000 }), { maxLength: 60 }),
        (steps) => {
          let history = NO_HISTORY;
          let nowMs = 0;
          for (const step of steps) {
            nowMs += step;
            history = withModelKept(history, modelAt(nowMs / 1000));
            const times = historyTimes(history);
            const gaps = times.slice(1).map((timeMs, index) => timeMs - (times[index] ?? 0));
            expect(Math.min(900, ...gaps)).toBe(900);
            expect(times.at(-1)).toBeGreaterThan(START_MS + nowMs - 900);
            expect(times.at(-1)).toBeLessThanOrEqual(START_MS + nowMs);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('going through time', () => {
  const history = historyOf([...range(0, 60), ...range(300, 360)]);

  test('goes from one kept model to the next, over gaps too', () => {
    expect(jumped(history, 360, -SAMPLE_STEP)).toBe(359);
    expect(jumped(history, 359.5, -SAMPLE_STEP)).toBe(359);
    expect(jumped(history, 300, -SAMPLE_STEP)).toBe(60);
    expect(jumped(history, 60, SAMPLE_STEP)).toBe(300);
    expect(jumped(history, 300, SAMPLE_STEP)).toBe(301);
  });

  test('goes by 30 s, or to the next beyond', () => {
    expect(jumped(history, 360, -30)).toBe(330);
    expect(jumped(history, 330, 30)).toBe(360);
    expect(jumped(history, 310, -30)).toBe(60);
    expect(jumped(history, 60, 30)).toBe(300);
  });

  test('ends at the oldest, and is over beyond the newest', () => {
    expect(jumped(history, 10, -30)).toBe(0);
    expect(jumped(history, 0, -30)).toBeUndefined();
    expect(jumped(history, 0, -SAMPLE_STEP)).toBeUndefined();
    expect(jumped(history, 360, SAMPLE_STEP)).toBeUndefined();
    expect(jumped(history, 350, 30)).toBeUndefined();
    expect(jumpInHistory(NO_HISTORY, START_MS, -1)).toBeUndefined();
  });
});

test('a model comes back as it was', () => {
  const growing = buildModel(
    { ...SAMPLE, takenAtMs: START_MS + 20_000 },
    {
      baselines: [
        {
          takenAtMs: START_MS,
          activeOpens: undefined,
          timeWaitReused: undefined,
          liveByGroup: new Map(),
        },
      ],
    },
  );
  const history = withModelKept(historyOf([0]), growing);
  expect(jumpInHistory(history, START_MS + 1000, -1)).toEqual(modelAt(0));
  expect(jumpInHistory(history, START_MS + 1000, 1)).toEqual(growing);
});

test('the ports of the four fullest groups can be drawn', () => {
  const many = Array.from({ length: 6 }, (_, index) =>
    connections(9 - index, { remotePort: index + 1 }),
  );
  const model = buildModel(sampleOfSockets(many.flat()));
  const portUse = { slices: 1, counts: new Uint8Array(1) };
  const groups = model.sample.groups.map((group) => ({ ...group, portUse }));
  const history = withModelKept(NO_HISTORY, buildModel({ ...model.sample, groups }));
  const kept = jumpInHistory(history, model.sample.takenAtMs - 1, 1);
  expect(kept?.sample.groups.map((group) => group.portUse !== undefined)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('of very many groups the fullest and the worst are kept, the others in sum', () => {
  const many = Array.from({ length: 70 }, (_, index) => [
    ...connections(5, { remotePort: 1000 + index }),
    ...timeWaits(1, 30_500, { remotePort: 1000 + index }, 40_050),
  ]).flat();
  const model = buildModel(sampleOfSockets(many));
  const history = withModelKept(NO_HISTORY, model);
  const kept = jumpInHistory(history, model.sample.takenAtMs - 1, 1);
  expect(kept?.groups.length).toBe(50);
  expect(kept?.sample.remainder).toMatchObject({ groups: 20, sockets: 120, timeWait: 20 });
  expect(kept?.drainSchedule).toEqual(model.drainSchedule);
  expect(kept?.closeRate).toBe(model.closeRate);
  expect(kept?.worst?.label).toBe(model.worst?.label);
});

describe('ports used before', () => {
  const [other] = modelAt(0).groups;
  const pushed = (history: ModelHistory, second: number, used: Record<string, number>) => {
    const { sample } = modelAt(second);
    if (other === undefined) throw new Error('no group');
    const groups = Object.entries(used).map(([key, count]) => ({ ...other, key, used: count }));
    return withModelKept(history, buildModel({ ...sample, groups }));
  };

  test('are told for each second; a value holds until the next look', () => {
    let history = pushed(NO_HISTORY, 100, { a: 1 });
    history = pushed(history, 101, { a: 2, b: 7 });
    history = pushed(history, 104, { a: 3 });
    history = pushed(history, 105, { a: 4 });
    const start = modelAt(0).sample.takenAtMs;
    expect(usedInHistory(history, 'a', start + 105_900)).toEqual([1, 2, 2, 2, 3, 4]);
    expect(usedInHistory(history, 'a', start + 104_000)).toEqual([1, 2, 2, 2, 3]);
    expect(usedInHistory(history, 'b', start + 105_000)).toEqual([
      undefined,
      7,
      7,
      7,
      undefined,
      undefined,
    ]);
    expect(usedInHistory(history, 'a', start)).toEqual([]);
  });

  test('are not known while there was no sample; a slow link has no gaps', () => {
    const historyAt = (seconds: readonly number[]) =>
      seconds.reduce((history, second) => pushed(history, second, { a: 9 }), NO_HISTORY);
    const shown = (seconds: readonly number[]) => {
      const history = historyAt(seconds);
      const untilMs = modelAt(seconds.at(-1) ?? 0).sample.takenAtMs;
      return usedInHistory(history, 'a', untilMs)
        .map((used) => (used === undefined ? '.' : used))
        .join('');
    };
    expect(shown([0, 1, 2, 12, 13])).toBe('9'.repeat(14));
    expect(shown([0, 1, 2, 13, 14])).toBe(`999${'.'.repeat(10)}99`);
    expect(shown([0, 8, 16, 24])).toBe('9'.repeat(25));
    expect(shown([0, 8, 16, 40, 48])).toBe('9'.repeat(49));
    expect(shown([0, 8, 16, 41, 49])).toBe(`${'9'.repeat(24)}${'.'.repeat(17)}${'9'.repeat(9)}`);
    expect(shown([0, 30])).toBe('9'.repeat(31));
  });

  test('go back a quarter of an hour', () => {
    let history = NO_HISTORY;
    for (let second = 0; second <= 1200; second++) history = pushed(history, second, { a: second });
    const used = usedInHistory(history, 'a', modelAt(1200).sample.takenAtMs);
    expect(used.length).toBeGreaterThan(890);
    expect(used.length).toBeLessThanOrEqual(901);
    expect(used.at(-1)).toBe(1200);
    expect(used[0]).toBeGreaterThanOrEqual(300);
  });
});
