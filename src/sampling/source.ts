import type { Clock } from '../source/clock.ts';
import type { CpuBudget } from './cpu-budget.ts';

/** Where samples come from: this kernel, another machine, a recording, a test. */
export interface Source<Sample> {
  /** Samples until the signal is aborted or the source ends. Throws SourceError when it cannot go on. */
  samples(signal?: AbortSignal): AsyncIterable<Sample>;
}

/** Shortest and longest time between two samples that make sense, in ms. */
export const INTERVAL_LIMITS_MS = { shortest: 50, longest: 3_600_000 } as const;

/** How often to sample, in ms; may change between two samples. */
export interface Pace {
  intervalMs: number;
  /** Minimum time until the next sample while nothing happens. */
  restMs?: () => number;
}

/** State of the sampling just before the next sample is taken. */
export interface Pacing {
  /** Ms between two samples: the requested interval, or longer to keep the CPU budget. */
  readonly intervalMs: number;
  /** Share of one core used by the whole process; may exceed 1. Undefined: not known yet. */
  readonly cpuShare: number | undefined;
}

/**
 * The budget stretches an interval to so much of the one that the last sample told of, or to this long: whoever waits for the
 * next sample goes by what it was told.
 */
const MOST_STRETCH = { times: 2, leastMs: 4000 } as const;

/** A change of the pace is noticed within this time. */
const LONGEST_NAP_MS = 1000;

/**
 * Calls `take` at the given pace until the signal is aborted, within the CPU budget if there is one. Each tick
 * is scheduled from the one before, so the pace does not drift. Missed ticks (a slow sample, SIGSTOP, a
 * suspended laptop) are skipped, not made up for.
 */
export function pacedSource<Sample>(
  take: (pacing: Pacing) => Sample,
  clock: Clock,
  pace: Pace,
  budget?: CpuBudget,
): Source<Sample> {
  let toldMs = 0;
  const intervalMs = () => {
    const neededMs = budget?.stretched(pace.intervalMs) ?? pace.intervalMs;
    const mostMs = Math.max(MOST_STRETCH.times * toldMs, MOST_STRETCH.leastMs, pace.intervalMs);
    return Math.min(neededMs, mostMs);
  };
  return {
    async *samples(signal) {
      let tickMs = clock.monotonicMs();
      const isAborted = () => signal?.aborted === true;
      while (!isAborted()) {
        toldMs = intervalMs();
        yield take({ intervalMs: toldMs, cpuShare: budget?.usedShare() });
        budget?.sampleTaken();
        const missed = Math.floor((clock.monotonicMs() - tickMs) / intervalMs());
        tickMs += Math.max(0, missed) * intervalMs();
        const untilNextMs = () => Math.max(intervalMs(), pace.restMs?.() ?? 0);
        for (;;) {
          const leftMs = tickMs + untilNextMs() - clock.monotonicMs();
          if (leftMs <= 0 || isAborted()) break;
          await clock.sleep(Math.min(leftMs, LONGEST_NAP_MS), signal);
        }
        tickMs += untilNextMs();
      }
    },
  };
}

/** The same samples; `close` is called when there are no more of them, or no more are asked for. */
export function closingSource<Sample>(source: Source<Sample>, close: () => void): Source<Sample> {
  return {
    async *samples(signal) {
      try {
        yield* source.samples(signal);
      } finally {
        close();
      }
    },
  };
}
