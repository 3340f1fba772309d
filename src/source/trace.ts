import type { Clock } from './clock.ts';

/** Takes a line for the debug log. A line of another thread says which, and its Unix time in ms. */
export type Trace = (
  what: string,
  from?: { readonly thread: string; readonly atMs: number },
) => void;

/** Measures the steps of a piece of work. A step within another one is not counted twice. */
export class StepTimes {
  readonly #clock: Clock;
  readonly #tookMs = new Map<string, number>();
  #withinMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does a step, and adds its time to what the steps of this name took. */
  time<Result>(step: string, work: () => Result): Result {
    const before = this.#withinMs;
    this.#withinMs = 0;
    const startedMs = this.#clock.monotonicMs();
    try {
      return work();
    } finally {
      const tookMs = this.#clock.monotonicMs() - startedMs;
      this.#tookMs.set(step, (this.#tookMs.get(step) ?? 0) + tookMs - this.#withinMs);
      this.#withinMs = before + tookMs;
    }
  }

  /** "read 5.1 ms, group 3.2 ms": the steps since the last call, in the order in which they ended. */
  take(): string {
    const words = [...this.#tookMs].map(([step, tookMs]) => `${step} ${tookMs.toFixed(1)} ms`);
    this.#tookMs.clear();
    return words.join(', ');
  }
}
