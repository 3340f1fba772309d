import type { Sample } from '../sample/sample.ts';
import { type Built, type RecordingReport, ReportBuilder } from './recording-report.ts';
import type { Reading } from './sample-gaps.ts';

/** Makes a report of each place of a recording. */
export class PlaceReports {
  readonly #fromMs: number;
  readonly #durationMs: number;
  readonly #byPlace = new Map<string, { readonly builder: ReportBuilder; samples: number }>();

  /** Of a recording that begins at a Unix time in ms, and is so long. */
  constructor(fromMs: number, durationMs: number) {
    this.#fromMs = fromMs;
    this.#durationMs = durationMs;
  }

  /** Takes the next sample that is looked at, its number in the recording, and how that is read. */
  push(sample: Sample, index: number, reading?: Reading): void {
    const { id } = sample.place;
    let place = this.#byPlace.get(id);
    if (place === undefined) {
      const builder = new ReportBuilder(this.#fromMs, this.#durationMs);
      this.#byPlace.set(id, (place = { builder, samples: 0 }));
    }
    place.builder.push(sample, index, reading);
    place.samples++;
  }

  /**
   * The reports: first those with incidents, then in the order in which the places came. Of one place, the recording has
   * so many samples; of several, all were pushed. Throws RangeError if no sample was taken.
   */
  build(
    samples: number,
    damage: string | undefined,
    built: Partial<Built> = {},
  ): RecordingReport[] {
    const places = [...this.#byPlace.values()];
    if (places.length === 0) throw new RangeError('a report needs a sample');
    const reports = places.map((place) =>
      places.length === 1
        ? place.builder.build(samples, damage, built)
        : place.builder.build(place.samples, damage),
    );
    return reports.toSorted((a, b) => b.incidents.length - a.incidents.length);
  }
}
