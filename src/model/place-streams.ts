import type { Model } from './model.ts';
import { ModelStream } from './model-stream.ts';
import type { Sample } from './sample/sample.ts';

/** Models of the samples of several places, in the order in which they were taken: each is compared with those of its place. */
export class PlaceStreams {
  readonly #streams = new Map<string, ModelStream>();

  /** How many places there are. */
  get size(): number {
    return this.#streams.size;
  }

  /** Takes the next sample; returns a function that builds its model, for whoever needs it. */
  take(sample: Sample): () => Model {
    const { id } = sample.place;
    let stream = this.#streams.get(id);
    if (stream === undefined) this.#streams.set(id, (stream = new ModelStream()));
    return stream.take(sample);
  }

  /** Takes the next sample and builds its model. */
  next(sample: Sample): Model {
    return this.take(sample)();
  }

  /** Forgets a place that has gone. */
  forget(placeId: string): void {
    this.#streams.delete(placeId);
  }
}
