import type { Clock } from '../source/clock.ts';
import type { Pacing } from './source.ts';

/** After this long without changes, sampling slows down. */
const QUIET_AFTER_MS = 2000;
/** How often an idle machine is checked and the last sample handed out again. */
const QUIET_INTERVAL_MS = 1000;

/** What a resting sampler is made of. */
export interface IdleParts<Sample> {
  /** True if a sample would show something new. */
  readonly hasNews: () => boolean;
  readonly take: (pacing: Pacing) => Sample;
  /** The same sample, as of now. */
  readonly renew: (last: Sample, pacing: Pacing) => Sample;
  readonly clock: Clock;
}

/** Samples an idle machine at almost no cost. */
export class IdleSampler<Sample> {
  readonly #parts: IdleParts<Sample>;
  #last:
    | { readonly sample: Sample; readonly newsMs: number; readonly handedOutMs: number }
    | undefined;

  constructor(parts: IdleParts<Sample>) {
    this.#parts = parts;
  }

  /** A sample; undefined if the last one, handed out less than a second ago, is still current. */
  next(pacing: Pacing): Sample | undefined {
    const { hasNews, take, renew, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (this.#last === undefined || hasNews()) {
      const sample = take(pacing);
      this.#last = { sample, newsMs: nowMs, handedOutMs: nowMs };
      return sample;
    }
    // Ticks come a little early or late.
    if (nowMs - this.#last.handedOutMs < QUIET_INTERVAL_MS * 0.9) return undefined;
    const sample = renew(this.#last.sample, pacing);
    this.#last = { ...this.#last, sample, handedOutMs: nowMs };
    return sample;
  }

  /** Minimum time until the next check, in ms. */
  restMs(): number {
    const quietMs =
      this.#last === undefined ? 0 : this.#parts.clock.monotonicMs() - this.#last.newsMs;
    return quietMs >= QUIET_AFTER_MS ? QUIET_INTERVAL_MS : 0;
  }
}
