import type { Model } from '../model/model.ts';
import { ModelStream } from '../model/model-stream.ts';
import type { Sample } from '../model/sample/sample.ts';

/** The screen is repainted by itself at most this often; a frame costs more than a sample. */
const PAINT_INTERVAL_MS = 500;
/** The same while only the clock and the drain schedule move. */
const STILL_PAINT_INTERVAL_MS = 1000;
/** Timers fire a little early or late. */
const TOLERANCE = 0.9;

/** Turns samples into models for the screen, at the pace at which a screen is worth repainting. */
export class ModelFeed {
  readonly #show: (model: Model) => void;
  readonly #build: (build: () => Model) => Model;
  readonly #stream = new ModelStream();
  #shownMs = -Infinity;
  #shown = '';

  /** `show` gets each model that the screen should take; `build` has them built, and may measure that. */
  constructor(
    show: (model: Model) => void,
    build: (build: () => Model) => Model = (buildNow) => buildNow(),
  ) {
    this.#show = show;
    this.#build = build;
  }

  push(sample: Sample): void {
    const build = this.#stream.take(sample);
    const sinceShownMs = sample.takenAtMs - this.#shownMs;
    // A clock set back must not stop the screen.
    const isPast = sinceShownMs < 0;
    if (!isPast && sinceShownMs < PAINT_INTERVAL_MS * TOLERANCE) return;
    const model = this.#build(build);
    const seen = whatIsSeen(model);
    const isStill = seen === this.#shown && sinceShownMs < STILL_PAINT_INTERVAL_MS * TOLERANCE;
    if (!isPast && isStill) return;
    this.#shownMs = sample.takenAtMs;
    this.#shown = seen;
    this.#show(model);
  }
}

/** All of a model that a reader would notice, as exactly as the screen shows it. */
function whatIsSeen({ sample, groups, opensPerSecond = 0 }: Model): string {
  const { portSpace, sysctls, sampling, byState } = sample;
  return JSON.stringify([
    portSpace,
    sysctls,
    sampling.warnings,
    sampling.pacing?.intervalMs,
    byState,
    opensPerSecond.toPrecision(2),
    groups.map((group) => [
      group.key,
      group.usable,
      group.used,
      group.liveUsed,
      group.reusable,
      group.closeRate.toPrecision(2),
      Math.floor(group.etaSeconds ?? -1),
    ]),
  ]);
}
