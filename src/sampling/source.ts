import type { Clock } from '../source/clock.ts';
import type { CpuBudget } from './cpu-budget.ts';

/** Where samples come from: this kernel, another machine, a recording, a test. */
export interface Source<Sample> {
  /** Samples until the signal is aborted or the source ends. Throws SourceError when it cannot go on. */
  samples(signal?: AbortSignal): AsyncIterable<Sample>;
}

/** Shortest and longest time between two samples that make sense, in ms. */
export const INTERVAL_LIMITS_MS = { shortest: 50, longest: 3_600_000 } as const;

/** How often to sample, in ms; the value may be changed between two samples. */
export interface Pace {
  intervalMs: number;
  /** The least time until the next sample, where there is no hurry. */
  restMs?: () => number;
}

/** How the sampling goes, as it was before the sample that is about to be taken. */
export interface Pacing {
  /** Ms between two samples: what was asked for, or more where the CPU budget wants it. */
  readonly intervalMs: number;
  /** Share of one core that the whole process uses, 0–1 and more; undefined: not known yet. */
  readonly cpuShare: number | undefined;
}

/** A change of the pace is noticed within this time. */
const LONGEST_NAP_MS = 1000;

/**
 * Calls `take` at the pace until the signal is aborted, within the CPU budget where there is one. Each tick
 * is planned from the one before, so that the pace does not drift; ticks that were missed (a slow sample,
 * SIGSTOP, a suspended laptop) are left out, not made up for.
 */
export function pacedSource<Sample>(
  take: (pacing: Pacing) => Sample,
  clock: Clock,
  pace: Pace,
  budget?: CpuBudget,
): Source<Sample> {
  const intervalMs = () => budget?.stretched(pace.intervalMs) ?? pace.intervalMs;
  return {
    async *samples(signal) {
      let tickMs = clock.monotonicMs();
      const isAborted = () => signal?.aborted === true;
      while (!isAborted()) {
        yield take({ intervalMs: intervalMs(), cpuShare: budget?.usedShare() });
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
