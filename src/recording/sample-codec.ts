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

/** Encodes samples as changes from one to the next. */
export class SampleEncoder {
  #last: { readonly written: Plain; readonly takenAtMs: number } | undefined;

  /** `asWhole`: as a keyframe, which is to begin a member. The first one is, and one after the clock was set back. */
  encode(sample: Sample, asWhole = false): RecordedLine {
    const { takenAtMs } = sample;
    const written = toRecorded(sample);
    const isWhole = asWhole || this.#last === undefined || takenAtMs < this.#last.takenAtMs;
    const change = changeOf(isWhole ? undefined : this.#last?.written, written) ?? NO_CHANGE;
    this.#last = { written, takenAtMs };
    return { text: printableJson(change), isKeyframe: isWhole, takenAtMs };
  }
}

const NO_CHANGE = { '+': {} };

/** Decodes samples from lines in the order written, starting at a keyframe. */
export class SampleDecoder {
  #written: Plain;

  /** The sample of the next line. Throws ParseError if it is not valid. */
  take(line: string): Sample {
    this.#written = withChange(this.#written, parseJson(line));
    checkWeight(this.#written);
    return fromRecorded(this.#written);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ParseError({ file: 'recording', field: 'JSON', got: line });
  }
}
