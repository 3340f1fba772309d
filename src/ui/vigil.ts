import type { Severity } from '../model/severity.ts';

/** Silence that is not told yet: a sample may be late on a busy machine. */
const SHORTEST_SILENCE_SECONDS = 5;
/** In intervals between two samples. */
const SHORTEST_SILENCE_INTERVALS = 3;

/** Seconds after which the whole screen is drawn again, as another program may have written onto it. */
const REPAINT_SECONDS: Readonly<Record<Severity, number>> = {
  info: 60,
  warning: 60,
  critical: 15,
};

/**
 * Watches over the view once a second: whether samples still come, and when to draw the whole screen. It counts its
 * seconds instead of looking at a clock, so that a program that was stopped (SIGSTOP) does not complain of the time.
 */
export class Vigil {
  #silent = 0;
  #sinceRepaint = 0;
  #severity: Severity;

  /** `severity`: that of what is drawn at first. */
  constructor(severity: Severity) {
    this.#severity = severity;
  }

  /** A sample has come. */
  sampleCame(): void {
    this.#silent = 0;
  }

  /**
   * A second has passed, after which things are this bad. `silentSeconds`: since the last sample; undefined: one is not
   * overdue. `repaint`: draw all; in any case when things have become worse or better, as somebody looks then.
   */
  tick(
    intervalMs: number,
    severity: Severity,
  ): {
    readonly silentSeconds: number | undefined;
    readonly repaint: boolean;
  } {
    this.#silent += 1;
    this.#sinceRepaint += 1;
    const hasChanged = severity !== this.#severity;
    this.#severity = severity;
    const repaint = hasChanged || this.#sinceRepaint >= REPAINT_SECONDS[severity];
    if (repaint) this.#sinceRepaint = 0;
    const usual = Math.max(
      SHORTEST_SILENCE_SECONDS,
      (SHORTEST_SILENCE_INTERVALS * intervalMs) / 1000,
    );
    return {
      silentSeconds: this.#silent >= usual ? this.#silent : undefined,
      repaint,
    };
  }
}
