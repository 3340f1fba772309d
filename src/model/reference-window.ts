import { REFERENCE_AGE_MS } from './model.ts';
import type { Sample } from './sample.ts';

/** Two references closer than this would only cost memory. */
const SPACING_MS = 1000;

/** Keeps the samples of the last 10 s, one a second, to hand out the oldest as a model's reference. */
export class ReferenceWindow {
  #samples: Sample[] = [];

  /** Takes the newest sample; returns the oldest one that is at most 10 s older, if there is one. */
  push(sample: Sample): Sample | undefined {
    const oldestMs = sample.takenAtMs - REFERENCE_AGE_MS;
    // A clock that was set back would leave samples from the future.
    this.#samples = this.#samples.filter(
      ({ takenAtMs }) => takenAtMs >= oldestMs && takenAtMs < sample.takenAtMs,
    );
    const reference = this.#samples[0];
    const newest = this.#samples.at(-1);
    if (newest === undefined || sample.takenAtMs - newest.takenAtMs >= SPACING_MS)
      this.#samples.push(sample);
    return reference;
  }
}
