import { expect, test } from 'vitest';
import { IdleSampler } from '../../src/sampling/idle-sampler.ts';
import { stoppedClock } from '../helpers/fixture.ts';

/** A machine with news at these times, looked at as often as the sampler wants, at most every 250 ms. */
function watch(newsAtMs: readonly number[], untilMs: number) {
  let nowMs = 0;
  let seenMs = -1;
  const looks: number[] = [];
  const handedOut: string[] = [];
  const sampler = new IdleSampler<string>({
    hasNews: () => newsAtMs.some((atMs) => atMs > seenMs && atMs <= nowMs),
    take: () => {
      seenMs = nowMs;
      return `taken ${nowMs}`;
    },
    renew: (last) => `${last.split(',')[0]}, as of ${nowMs}`,
    clock: { ...stoppedClock, monotonicMs: () => nowMs },
  });
  const pacing = { intervalMs: 250, cpuShare: undefined };
  for (; nowMs <= untilMs; nowMs += Math.max(250, sampler.restMs())) {
    looks.push(nowMs);
    const sample = sampler.next(pacing);
    if (sample !== undefined) handedOut.push(sample);
  }
  return { looks, handedOut };
}

test('without news the last sample is handed out again once a second, and looks get rare', () => {
  const { looks, handedOut } = watch([], 5000);
  expect(handedOut).toEqual([
    'taken 0',
    'taken 0, as of 1000',
    'taken 0, as of 2000',
    'taken 0, as of 3000',
    'taken 0, as of 4000',
    'taken 0, as of 5000',
  ]);
  expect(looks).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000, 3000, 4000, 5000]);
});

test('news wake it up', () => {
  const { looks, handedOut } = watch([3400, 4300], 5000);
  expect(handedOut).toEqual([
    'taken 0',
    'taken 0, as of 1000',
    'taken 0, as of 2000',
    'taken 0, as of 3000',
    'taken 4000',
    'taken 4500',
  ]);
  expect(looks.filter((ms) => ms >= 3000)).toEqual([3000, 4000, 4250, 4500, 4750, 5000]);
});
