import { BaselineWindow } from './baseline-window.ts';
import { CloseMemory } from './close-memory.ts';
import { FollowedMemory } from './followed-advice.ts';
import { LimitMemory } from './limit-memory.ts';
import { buildModel, type Model } from './model.ts';
import type { Sample } from './sample/sample.ts';

/** Models of samples of one kernel, in the order in which they were taken: each is compared with the ones before. */
export class ModelStream {
  readonly #window = new BaselineWindow();
  readonly #limits = new LimitMemory();
  readonly #closes = new CloseMemory();
  readonly #followed = new FollowedMemory();
  #lastBuilt: Model | undefined;

  /** Takes the next sample; returns a function that builds its model, for whoever needs it. */
  take(sample: Sample): () => Model {
    const baselines = this.#window.push(sample);
    const limits = this.#limits.push(sample);
    const closes = this.#closes.push(sample);
    const followed = this.#followed.push(sample, this.#lastBuilt);
    const { former: formerOutages } = this.#limits;
    const { recent, lastMinute } = this.#window;
    return () => {
      const past = { baselines, recent, lastMinute, limits, closes, former: this.#lastBuilt };
      this.#lastBuilt = { ...buildModel(sample, past), followed, formerOutages };
      return this.#lastBuilt;
    };
  }

  /** Takes the next sample and builds its model. */
  next(sample: Sample): Model {
    return this.take(sample)();
  }
}
