import { PlaceStreams } from '../model/place-streams.ts';
import { filterGroups } from '../model/query/filter.ts';
import { type FilterWord, parseFilter } from '../model/query/filter-words.ts';
import { FailureCounts } from '../outputs/failure-counts.ts';
import { placesMetricsText } from '../outputs/prometheus.ts';
import type { PlacesRound } from '../sampling/places-round.ts';
import { processFigures } from './process-figures.ts';

/** What the metrics of the exporter are made with, besides the samples. */
export interface MetricsSettings {
  readonly filter: string;
  readonly maxGroups: number;
  readonly version: string;
  /** Unix time at which the process started. */
  readonly startedAtSeconds: number;
}

/** Makes metrics of one round after another. */
export class RoundMetrics {
  readonly #settings: MetricsSettings;
  readonly #words: readonly FilterWord[];
  readonly #streams = new PlaceStreams();
  readonly #counts = new Map<string, FailureCounts>();

  constructor(settings: MetricsSettings) {
    this.#settings = settings;
    this.#words = parseFilter(settings.filter).words;
  }

  textOf({ samples, lost }: PlacesRound): string {
    const { version, maxGroups, startedAtSeconds } = this.#settings;
    this.#forgetAllBut(new Set([...samples.map(({ place }) => place.id), ...lost.map(idOf)]));
    const models = samples.map((sample) => {
      const whole = this.#streams.next(sample);
      return { ...whole, groups: filterGroups(whole.groups, this.#words) };
    });
    return placesMetricsText(models, lost, {
      version,
      maxGroups,
      failureCounts: (placeId) => this.#countsOf(placeId),
      process: processFigures(startedAtSeconds),
    });
  }

  #countsOf(placeId: string): FailureCounts {
    let counts = this.#counts.get(placeId);
    if (counts === undefined) this.#counts.set(placeId, (counts = new FailureCounts()));
    return counts;
  }

  #forgetAllBut(placeIds: ReadonlySet<string | undefined>): void {
    for (const id of this.#counts.keys()) {
      if (placeIds.has(id)) continue;
      this.#counts.delete(id);
      this.#streams.forget(id);
    }
  }
}

const idOf = ({ placeId }: PlacesRound['lost'][number]) => placeId;
