/** Silence that is not told yet: a sample may be late on a busy machine. */
const SHORTEST_SILENCE_SECONDS = 5;
/** In intervals between two samples. */
const SHORTEST_SILENCE_INTERVALS = 3;

/** Seconds after which the whole screen is drawn again: another program may have written onto it. */
const REPAINT_SECONDS = 60;

/**
 * Watches over the view once a second: whether samples still come, and when to draw the whole screen. It counts its
 * seconds instead of looking at a clock, so that a program that was stopped (SIGSTOP) does not complain of the time.
 */
export class Vigil {
  #silent = 0;
  #sinceRepaint = 0;

  /** A sample has come. */
  sampleCame(): void {
    this.#silent = 0;
  }

  /** A second has passed. `silentSeconds`: since the last sample; undefined: one is not overdue. */
  tick(intervalMs: number): {
    readonly silentSeconds: number | undefined;
    readonly repaint: boolean;
  } {
    this.#silent += 1;
    this.#sinceRepaint = (this.#sinceRepaint + 1) % REPAINT_SECONDS;
    const usual = Math.max(
      SHORTEST_SILENCE_SECONDS,
      (SHORTEST_SILENCE_INTERVALS * intervalMs) / 1000,
    );
    return {
      silentSeconds: this.#silent >= usual ? this.#silent : undefined,
      repaint: this.#sinceRepaint === 0,
    };
  }
}
