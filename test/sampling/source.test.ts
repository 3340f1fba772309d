import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/source/clock.ts';
import { CpuBudget } from '../../src/sampling/cpu-budget.ts';
import { type Pace, pacedSource, type Pacing } from '../../src/sampling/source.ts';

/** A clock that moves only when somebody sleeps, or when the test says so. */
function fakeClock(startMs = 1000) {
  let nowMs = startMs;
  const sleeps: number[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => nowMs,
    sleep: (durationMs, signal) => {
      sleeps.push(durationMs);
      if (signal?.aborted !== true) nowMs += durationMs;
      return Promise.resolve();
    },
  };
  return { clock, sleeps, advance: (durationMs: number) => (nowMs += durationMs) };
}

/** Takes `count` samples; `onSample` spends the time that the n-th one takes. Returns when each began. */
async function ticks(
  count: number,
  pace: Pace,
  onSample: (index: number, fake: ReturnType<typeof fakeClock>) => void,
) {
  const fake = fakeClock();
  const began: number[] = [];
  const stop = new AbortController();
  const take = () => {
    began.push(fake.clock.monotonicMs() - 1000);
    onSample(began.length - 1, fake);
  };
  for await (const _ of pacedSource(take, fake.clock, pace).samples(stop.signal)) {
    if (began.length === count) break;
  }
  return { began, sleeps: fake.sleeps };
}

describe('pacedSource', () => {
  it('takes the first sample at once', async () => {
    expect(await ticks(1, { intervalMs: 250 }, () => undefined)).toEqual({
      began: [0],
      sleeps: [],
    });
  });

  it('does not drift, however long each sample takes', async () => {
    const { began } = await ticks(6, { intervalMs: 250 }, (index, { advance }) => {
      advance([3, 249, 1, 120, 0, 7][index] ?? 0);
    });
    expect(began).toEqual([0, 250, 500, 750, 1000, 1250]);
  });

  it.each([
    ['a slow sample', 251, 500],
    ['one that takes several intervals', 1130, 1250],
    ['a jump of the clock, as when a laptop was asleep', 3_600_010, 3_600_250],
  ])('leaves out the ticks missed by %s', async (_, tookMs, nextMs) => {
    const { began, sleeps } = await ticks(4, { intervalMs: 250 }, (index, { advance }) => {
      if (index === 0) advance(tookMs);
    });
    expect(began).toEqual([0, nextMs, nextMs + 250, nextMs + 500]);
    for (const sleep of sleeps) expect(sleep).toBeGreaterThan(0);
  });

  it('takes a new pace between two samples', async () => {
    const pace = { intervalMs: 250 };
    const { began } = await ticks(5, pace, (index) => {
      if (index === 1) pace.intervalMs = 1000;
      if (index === 3) pace.intervalMs = 100;
    });
    expect(began).toEqual([0, 250, 1250, 2250, 2350]);
  });

  it('tells how long the next sample will take, however far the budget stretches the interval', async () => {
    const { clock, advance } = fakeClock();
    let spentMs = 0;
    const meter = { processMs: () => spentMs, threadMs: () => spentMs };
    const told: number[] = [];
    const began: number[] = [];
    const take = ({ intervalMs }: Pacing) => {
      told.push(intervalMs);
      began.push(clock.monotonicMs());
      const tookMs = told.length > 6 ? 3000 : 10;
      spentMs += tookMs;
      advance(tookMs);
    };
    const budget = new CpuBudget(0.1, clock, meter);
    for await (const _ of pacedSource(take, clock, { intervalMs: 250 }, budget).samples())
      if (told.length === 16) break;
    const gaps = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    for (const [index, gap] of gaps.entries())
      expect(gap).toBeLessThanOrEqual(Math.max(2 * (told[index] ?? 0), 4000));
    // It keeps the budget all the same: 3 s of a tenth of a core.
    expect(told.at(-1)).toBe(30_000);
  });

  it('hands over what was taken', async () => {
    let taken = 0;
    const seen: number[] = [];
    const source = pacedSource(() => ++taken, fakeClock().clock, { intervalMs: 250 });
    for await (const sample of source.samples(new AbortController().signal)) {
      if (seen.push(sample) === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
  });
});

async function collected<Sample>(samples: AsyncIterable<Sample>): Promise<Sample[]> {
  const all: Sample[] = [];
  for await (const sample of samples) all.push(sample);
  return all;
}

describe('pacedSource, when it is aborted', () => {
  it('ends before the first sample', async () => {
    let taken = 0;
    const source = pacedSource(() => ++taken, fakeClock().clock, { intervalMs: 250 });
    expect(await collected(source.samples(AbortSignal.abort()))).toEqual([]);
    expect(taken).toBe(0);
  });

  it('ends while it sleeps', async () => {
    let taken = 0;
    const stop = new AbortController();
    const { clock } = fakeClock();
    const sleepy: Clock = {
      ...clock,
      // Resolves with the abort alone.
      sleep: (_, signal) =>
        new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
    };
    const source = pacedSource(() => ++taken, sleepy, { intervalMs: 250 });
    const samples = source.samples(stop.signal)[Symbol.asyncIterator]();
    expect(await samples.next()).toEqual({ done: false, value: 1 });
    const next = samples.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(taken).toBe(1);
  });

  it('passes on what a sample throws', async () => {
    const take = () => {
      throw new RangeError('no such thing');
    };
    const source = pacedSource(take, fakeClock().clock, { intervalMs: 250 });
    const samples = source.samples(new AbortController().signal);
    await expect(collected(samples)).rejects.toThrow('no such thing');
  });
});
