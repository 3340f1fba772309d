import type { LostPlace } from '../model/places.ts';
import type { Sample } from '../model/sample/sample.ts';

/** One look at every place that is watched. */
export interface PlacesRound {
  /** One of each place that could be read. */
  readonly samples: readonly Sample[];
  /** The places that could not. */
  readonly lost: readonly LostPlace[];
}

/** The round of a single place. */
export function roundOf(sample: Sample): PlacesRound {
  return { samples: [sample], lost: [] };
}
