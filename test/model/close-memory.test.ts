import { describe, expect, test } from 'vitest';
import { CloseMemory } from '../../src/model/close-memory.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const [GROUP] = sampleOfSockets(connections(1)).groups;
const KEY = GROUP?.key ?? '';
const BASE = sampleOfSockets(connections(1));
const START = BASE.takenAtMs;

/** A sample `atSeconds`: closes by age, the youngest first, those beyond are 0. */
function sample(
  atSeconds: number,
  byAge: readonly number[],
  { reused = 0, canReuse = true }: { reused?: number | null; canReuse?: boolean } = {},
): Sample {
  const drainSchedule = Array.from({ length: 60 }, (_, second) => byAge[59 - second] ?? 0);
  const closeRate = drainSchedule.slice(-10).reduce((sum, count) => sum + count, 0) / 10;
  return {
    ...BASE,
    takenAtMs: START + 1000 * atSeconds,
    counters: { timeWaitReused: reused ?? undefined },
    groups: BASE.groups.map((group) => ({
      ...group,
      drainSchedule,
      closeRate,
      reusableFromAgeMs: canReuse ? 1000 : undefined,
    })),
  };
}

const even = Array.from({ length: 60 }, () => 12);
/** What is left of an even rate after takeovers. */
const eroded = even.map((closes, age) => (age === 0 ? closes : Math.round(closes * 0.95 ** age)));

test('where nothing is taken over, the ages tell', () => {
  const memory = new CloseMemory();
  expect(memory.push(sample(0, even)).size).toBe(0);
  expect(memory.push(sample(1, even)).size).toBe(0);
  // Elsewhere: this group's TIME_WAIT cannot be.
  const other = new CloseMemory();
  other.push(sample(0, even, { canReuse: false }));
  expect(other.push(sample(1, even, { reused: 9, canReuse: false })).size).toBe(0);
});

test('from the first takeover on, closes are counted; those before are known by their ages', () => {
  const memory = new CloseMemory();
  memory.push(sample(0, even, { canReuse: false }));
  for (let second = 1; second <= 50; second++) {
    const closes = memory.push(sample(second, eroded, { reused: 12 * second }));
    expect(closes.get(KEY)).toEqual(even);
  }
});

test('a rate that changes is seen as it was, look by look', () => {
  const memory = new CloseMemory();
  memory.push(sample(0, even, { canReuse: false }));
  for (let second = 1; second <= 3; second++) memory.push(sample(second, [12], { reused: second }));
  memory.push(sample(4, [30], { reused: 4 }));
  const closes = memory.push(sample(5, [31], { reused: 5 })).get(KEY);
  expect(closes?.slice(0, 7)).toEqual([31, 30, 12, 12, 12, 12, 12]);
});

test.for([
  ['reuse is switched off', { canReuse: false }],
  ['nothing more is taken over', { canReuse: true }],
] as const)('the counts hold for a minute after %s', ([, settings]) => {
  const memory = new CloseMemory();
  memory.push(sample(0, even));
  memory.push(sample(1, eroded, { reused: 5 }));
  expect(memory.push(sample(61, eroded, { ...settings, reused: 5 })).has(KEY)).toBe(true);
  expect(memory.push(sample(61.1, even, { ...settings, reused: 5 })).has(KEY)).toBe(false);
});

describe('a process that begins while TIME_WAIT is taken over', () => {
  test('knows the newest rate, with no trend, and counts from the third second on', () => {
    const memory = new CloseMemory();
    const first = memory.push(sample(0, eroded, { reused: 1000 })).get(KEY);
    expect(new Set(first).size).toBe(1);
    expect(first?.[0]).toBeCloseTo(eroded.slice(0, 10).reduce((sum, n) => sum + n, 0) / 10);
    expect(new Set(memory.push(sample(1, eroded, { reused: 1012 })).get(KEY)).size).toBe(1);
    expect(memory.push(sample(2, eroded, { reused: 1024 })).get(KEY)).toEqual([12, 12, 12]);
  });

  test('a counter that cannot be read may have counted some', () => {
    const memory = new CloseMemory();
    expect(memory.push(sample(0, eroded, { reused: null })).has(KEY)).toBe(true);
  });
});

test('looks at any distance: each second has those of the nearest', () => {
  const memory = new CloseMemory();
  memory.push(sample(0, even, { canReuse: false }));
  for (let at = 0.25; at <= 4; at += 0.25) memory.push(sample(at, [at * 4], { reused: at * 4 }));
  expect(
    memory
      .push(sample(4.6, [99], { reused: 99 }))
      .get(KEY)
      ?.slice(0, 5),
  ).toEqual([99, 14, 10, 6, 2]);
});

test('after the clock was set back, all begins anew', () => {
  const memory = new CloseMemory();
  memory.push(sample(0, even));
  memory.push(sample(1, eroded, { reused: 5 }));
  expect(memory.push(sample(-100, even, { canReuse: false, reused: 5 })).size).toBe(0);
});
