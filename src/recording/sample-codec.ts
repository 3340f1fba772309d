import { ParseError } from '../kernel/parse-error.ts';
import { fromRecorded, toRecorded } from './sample-schema.ts';
import type { Sample } from '../model/sample/sample.ts';
import { changeOf, type Plain, withChange } from './delta.ts';
import { printableJson } from '../kernel/foreign-text.ts';
import { checkWeight } from './weight.ts';

/** One sample of a recording, as text. */
export interface RecordedLine {
  /** One line of JSON, without its end. */
  readonly text: string;
  /** True if it can be read without the lines before it. */
  readonly isKeyframe: boolean;
  /** Unix time in ms. */
  readonly takenAtMs: number;
}

/**
 * Encodes samples as changes from one to the next of the same place. A line that continues another place than the line
 * before has that place's id as `of`; a keyframe has the number of places seen so far as `places`, if there are several.
 */
export class SampleEncoder {
  /** What was written last of each place since the last keyframe. */
  readonly #last = new Map<string, { readonly written: Plain; readonly takenAtMs: number }>();
  readonly #places = new Set<string>();
  #lastId: string | undefined;
  #lineMs = -Infinity;

  /** `asWhole`: as a keyframe, which is to begin a member. The first one is, and one after the clock was set back. */
  encode(sample: Sample, asWhole = false): RecordedLine {
    const { takenAtMs, place } = sample;
    const written = toRecorded(sample);
    const last = this.#last.get(place.id);
    const isSetBack = takenAtMs < (last?.takenAtMs ?? -Infinity);
    const isKeyframe = asWhole || this.#lastId === undefined || isSetBack;
    // Samples of several places may come a little out of order, in which no time goes back.
    this.#lineMs = isSetBack ? takenAtMs : Math.max(this.#lineMs, takenAtMs);
    // What follows a keyframe needs nothing before it: the first sample of each place is whole.
    if (isKeyframe) this.#last.clear();
    if (this.#places.size < MOST_PLACES) this.#places.add(place.id);
    const change = changeOf(isKeyframe ? undefined : last?.written, written) ?? NO_CHANGE;
    const isOther = !isKeyframe && place.id !== this.#lastId && last !== undefined;
    const line = {
      ...(change as object),
      ...(isOther && { of: place.id }),
      ...(isKeyframe && this.#places.size > 1 && { places: this.#places.size }),
    };
    this.#last.set(place.id, { written, takenAtMs });
    this.#lastId = place.id;
    return { text: printableJson(line), isKeyframe, takenAtMs: this.#lineMs };
  }
}

/** Counted so far. */
const MOST_PLACES = 10_000;

const NO_CHANGE = { '+': {} };

/** Decodes samples from lines in the order written, starting at a keyframe. */
export class SampleDecoder {
  readonly #written = new Map<string, Plain>();
  #lastId = '';
  #places = 1;

  /** How many places the recording had up to the last keyframe that was taken. */
  get places(): number {
    return this.#places;
  }

  /** What follows needs nothing of what was taken before. */
  begin(): void {
    this.#written.clear();
  }

  /** The sample of the next line. Throws ParseError if it is not valid. */
  take(line: string): Sample {
    const change = parseJson(line);
    const { of, places } = (change ?? {}) as { of?: unknown; places?: unknown };
    const before = this.#written.get(typeof of === 'string' ? of : this.#lastId);
    const written = withChange(before, change);
    checkWeight(written);
    const sample = fromRecorded(written);
    this.#lastId = sample.place.id;
    if (this.#written.size >= MOST_PLACES) this.#written.clear();
    this.#written.set(this.#lastId, written);
    if (Number.isSafeInteger(places)) this.#places = Math.max(this.#places, places as number);
    return sample;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ParseError({ file: 'recording', field: 'JSON', got: line });
  }
}
