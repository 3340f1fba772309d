import { describe, expect, it } from 'vitest';
import { CpuBudget } from '../../src/sampling/cpu-budget.ts';
import { stoppedClock } from '../helpers/fixture.ts';

/** A process that samples at the pace of its budget, for `seconds`; CPU in ms. */
function run(
  { share = 0.1, askedMs = 250, seconds = 30 },
  cost: { perSampleMs: (atMs: number) => number; othersShare?: (atMs: number) => number },
) {
  let [nowMs, threadMs, processMs] = [0, 0, 0];
  const clock = { ...stoppedClock, monotonicMs: () => nowMs };
  const budget = new CpuBudget(share, clock, {
    processMs: () => processMs,
    threadMs: () => threadMs,
  });
  const intervals: number[] = [];
  while (nowMs < seconds * 1000) {
    const sampleMs = cost.perSampleMs(nowMs);
    threadMs += sampleMs;
    budget.sampleTaken();
    const intervalMs = budget.stretched(askedMs);
    intervals.push(intervalMs);
    nowMs += intervalMs;
    processMs += sampleMs + intervalMs * (cost.othersShare?.(nowMs) ?? 0);
  }
  return { intervals, last: intervals.at(-1), usedShare: budget.usedShare() ?? NaN };
}

describe('the interval', () => {
  it('is what was asked for while samples are cheap', () => {
    const { intervals, usedShare } = run({}, { perSampleMs: () => 10 });
    expect(new Set(intervals)).toEqual(new Set([250]));
    expect(usedShare).toBeCloseTo(0.04, 2);
  });

  it.each([
    [50, 500],
    [300, 3000],
    [51, 550], // in steps of 50 ms
  ])('is stretched where a sample takes %i ms', (sampleMs, intervalMs) => {
    const { last, usedShare } = run({}, { perSampleMs: () => sampleMs });
    expect(last).toBe(intervalMs);
    expect(usedShare).toBeLessThanOrEqual(0.101);
  });

  it('leaves room for the rest of the process', () => {
    const { last } = run({}, { perSampleMs: () => 20, othersShare: () => 0.05 });
    expect(last).toBe(400);
  });

  it('goes on even where the rest uses up everything', () => {
    const { last } = run({}, { perSampleMs: () => 20, othersShare: () => 0.5 });
    expect(last).toBe(800); // a quarter of the budget
  });

  it('does not take the start of the process for its habit', () => {
    const start = (atMs: number) => (atMs < 1000 ? 0.6 : 0.01);
    const { intervals } = run({ seconds: 2 }, { perSampleMs: () => 10, othersShare: start });
    expect(new Set(intervals)).toEqual(new Set([250]));
  });

  it('waits no longer than 5 s for what the first three samples take', () => {
    const { intervals } = run({ seconds: 40 }, { perSampleMs: () => 1000 });
    expect(intervals.slice(0, 4)).toEqual([250, 5000, 5000, 10_000]);
    const { intervals: asked } = run({ seconds: 40, askedMs: 6000 }, { perSampleMs: () => 1000 });
    expect(asked.slice(0, 4)).toEqual([6000, 6000, 6000, 10_000]);
  });

  it('comes back when samples get cheap again', () => {
    const { intervals } = run(
      { seconds: 60 },
      { perSampleMs: (atMs) => (atMs < 20_000 ? 200 : 5) },
    );
    expect(Math.max(...intervals)).toBe(2000);
    expect(intervals.at(-1)).toBe(250);
  });
});

it('the share is unknown until the start is over', () => {
  expect(run({ seconds: 1 }, { perSampleMs: () => 10 }).usedShare).toBeNaN();
});
