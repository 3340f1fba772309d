import { BaselineWindow } from './baseline-window.ts';
import { buildModel, type Model } from './model.ts';
import type { Sample } from './sample/sample.ts';

/** Models of samples of one kernel, in the order in which they were taken: each is compared with the ones before. */
export class ModelStream {
  readonly #references = new BaselineWindow();

  /** Takes the next sample; returns a function that builds its model, for whoever needs it. */
  take(sample: Sample): () => Model {
    const references = this.#references.push(sample);
    const { recent } = this.#references;
    return () => buildModel(sample, references, recent);
  }

  /** Takes the next sample and builds its model. */
  next(sample: Sample): Model {
    return this.take(sample)();
  }
}
