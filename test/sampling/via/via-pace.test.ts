import { describe, expect, test } from 'vitest';
import { pauseMs, ViaPace } from '../../../src/sampling/via/via-pace.ts';

function intervalAfter(
  cost: { tookMs?: number; bytes?: number; cpuThereMs?: number },
  askedMs = 250,
) {
  const pace = new ViaPace(0.1);
  pace.sampleTaken({ tookMs: 0, bytes: 0, cpuThereMs: undefined, ...cost });
  return pace.intervalMs(askedMs);
}

describe('samples are taken as often as', () => {
  test.each([
    ['asked for, where the link carries it', { tookMs: 125, bytes: 250_000, cpuThereMs: 25 }, 250],
    ['the link is busy half of the time', { tookMs: 126 }, 300],
    ['1 MB a second allows', { bytes: 4_200_000 }, 4200],
    ['a tenth of a core there allows', { cpuThereMs: 80 }, 800],
    ['the dearest of these allows', { tookMs: 300, bytes: 2_000_000, cpuThereMs: 10 }, 2000],
  ])('%s', (_, cost, expected) => {
    expect(intervalAfter(cost)).toBe(expected);
  });

  test('and no more often than asked for', () => {
    expect(intervalAfter({ tookMs: 10 }, 5000)).toBe(5000);
  });

  test('one dear sample is forgotten', () => {
    const pace = new ViaPace(0.1);
    pace.sampleTaken({ tookMs: 5000, bytes: 0, cpuThereMs: undefined });
    for (let count = 0; count < 20; count++)
      pace.sampleTaken({ tookMs: 10, bytes: 0, cpuThereMs: undefined });
    expect(pace.intervalMs(250)).toBe(250);
  });
});

test('a lost link is tried again after 1, 2, 4, … 30 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(pauseMs)).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]);
});
