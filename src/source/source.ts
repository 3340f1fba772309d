import type { Clock } from './clock.ts';

/** Where samples come from: this kernel, another machine, a recording, a test. */
export interface Source<Sample> {
  /** Samples until the signal is aborted or the source ends. Throws SourceError when it cannot go on. */
  samples(signal: AbortSignal): AsyncIterable<Sample>;
}

/** A source that cannot work here. Its message is one sentence that says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** Shortest and longest time between two samples that make sense, in ms. */
export const INTERVAL_LIMITS_MS = { shortest: 50, longest: 3_600_000 } as const;

/** How often to sample, in ms; the value may be changed between two samples. */
export interface Pace {
  intervalMs: number;
}

/**
 * Calls `take` at the pace until the signal is aborted. Each tick is planned from the one before, so
 * that the pace does not drift; ticks that were missed (a slow sample, SIGSTOP, a suspended laptop) are
 * left out, not made up for.
 */
export function pacedSource<Sample>(take: () => Sample, clock: Clock, pace: Pace): Source<Sample> {
  return {
    async *samples(signal) {
      let plannedMs = clock.monotonicMs();
      while (!signal.aborted) {
        yield take();
        const nowMs = clock.monotonicMs();
        plannedMs += pace.intervalMs;
        if (plannedMs < nowMs)
          plannedMs = nowMs + pace.intervalMs - ((nowMs - plannedMs) % pace.intervalMs);
        await clock.sleep(plannedMs - nowMs, signal);
      }
    },
  };
}
