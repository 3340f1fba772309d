import { buildModel, type Model } from '../model/model.ts';
import { ReferenceWindow } from '../model/reference-window.ts';
import type { Sample } from '../model/sample.ts';

/** The screen is repainted for new samples at most this often; a frame costs more than a sample. */
const PAINT_INTERVAL_MS = 500;

/** Turns samples into models for the screen, at the pace at which a screen is worth repainting. */
export class ModelFeed {
  readonly #show: (model: Model) => void;
  readonly #references = new ReferenceWindow();
  #shownMs = -Infinity;

  /** `show` gets each model that the screen should take. */
  constructor(show: (model: Model) => void) {
    this.#show = show;
  }

  push(sample: Sample): void {
    const reference = this.#references.push(sample);
    const sinceShownMs = sample.takenAtMs - this.#shownMs;
    // Half a tick of tolerance: timers fire a little early or late. A clock set back must not stop the screen.
    if (sinceShownMs >= 0 && sinceShownMs < PAINT_INTERVAL_MS * 0.9) return;
    this.#shownMs = sample.takenAtMs;
    this.#show(buildModel(sample, reference));
  }
}
