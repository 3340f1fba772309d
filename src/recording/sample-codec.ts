import { ParseError } from '../kernel/parse-error.ts';
import { fromRecorded, toRecorded } from './sample-schema.ts';
import type { Sample } from '../model/sample/sample.ts';
import { changeOf, type Plain, withChange } from './delta.ts';
import { printableJson } from '../kernel/foreign-text.ts';

/** One sample of a recording, as text. */
export interface RecordedLine {
  /** One line of JSON, without its end. */
  readonly text: string;
  /** True if it can be read without the lines before it. */
  readonly isKeyframe: boolean;
  /** Unix time in ms. */
  readonly takenAtMs: number;
}

/** Interval between keyframes (whole samples), so that there is one near any time. */
const KEYFRAME_MS = 10_000;

/** Encodes samples as changes from one to the next. */
export class SampleEncoder {
  #last: { readonly written: Plain; readonly wholeAtMs: number } | undefined;

  encode(sample: Sample): RecordedLine {
    const { takenAtMs } = sample;
    const written = toRecorded(sample);
    const last = this.#last;
    const sinceWholeMs = takenAtMs - (last?.wholeAtMs ?? -Infinity);
    // A clock set back also starts with a keyframe.
    const isWhole = sinceWholeMs >= KEYFRAME_MS || sinceWholeMs < 0;
    const change = changeOf(isWhole ? undefined : last?.written, written) ?? NO_CHANGE;
    this.#last = { written, wholeAtMs: isWhole ? takenAtMs : (last?.wholeAtMs ?? takenAtMs) };
    return { text: printableJson(change), isKeyframe: isWhole, takenAtMs };
  }
}

const NO_CHANGE = { '+': {} };

/** Decodes samples from lines in the order written, starting at a keyframe. */
export class SampleDecoder {
  #written: Plain;

  /** Takes the next line. Throws ParseError if it is not valid. */
  take(line: string): void {
    this.#written = withChange(this.#written, parseJson(line));
  }

  /** The sample of the last line. Throws ParseError if it is not valid. */
  sample(): Sample {
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
