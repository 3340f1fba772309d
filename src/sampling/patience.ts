import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';

/** A failure that lasts this long ends the run. */
export const LONGEST_FAILURE_MS = 10_000;

/**
 * Keeps sampling through temporary failures, such as a kernel short of memory: a failed sample is skipped, and the next
 * one has a warning. A failure of the first sample is thrown, since the source cannot work here; so is one that lasts.
 */
export class Patience {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #trace: Trace | undefined;
  #hasWorked = false;
  #failure: { readonly sinceMs: number; readonly message: string } | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>, trace: Trace | undefined) {
    this.#clock = clock;
    this.#trace = trace;
  }

  /** True from a failed sample until the next successful one. */
  get isFailing(): boolean {
    return this.#failure !== undefined;
  }

  /** What `take` takes; undefined also where it throws a SourceError that may pass. */
  attempt(take: () => Sample | undefined): Sample | undefined {
    const nowMs = this.#clock.monotonicMs();
    try {
      const sample = take();
      this.#hasWorked = true;
      return sample && this.#withWarning(sample, nowMs);
    } catch (error) {
      if (!(error instanceof SourceError) || !this.#hasWorked) throw error;
      this.#failure = { sinceMs: this.#failure?.sinceMs ?? nowMs, message: error.message };
      if (nowMs - this.#failure.sinceMs >= LONGEST_FAILURE_MS) throw error;
      this.#trace?.(`no sample: ${error.message}`);
      return undefined;
    }
  }

  #withWarning(sample: Sample, nowMs: number): Sample {
    const failure = this.#failure;
    if (failure === undefined) return sample;
    this.#failure = undefined;
    const seconds = Math.max(1, Math.round((nowMs - failure.sinceMs) / 1000));
    const warnings = [
      ...sample.sampling.warnings,
      `no sample could be taken for ${seconds} s: ${failure.message}`,
    ];
    return { ...sample, sampling: { ...sample.sampling, warnings } };
  }
}
