import { ParseError } from '../kernel/parse-error.ts';
import type { Sample } from '../model/sample/sample.ts';
import { DamagedMember } from './format.ts';
import type { RecordingFile } from './file.ts';
import { SampleDecoder } from './sample-codec.ts';

/** The samples of a recording, at any place; one member is in memory at a time. */
export class RecordedSamples {
  readonly #file: RecordingFile;
  #decoder = new SampleDecoder();
  /** The last sample decoded. */
  #taken = -1;
  #member = -1;
  #lines: readonly string[] = [];

  constructor(file: RecordingFile) {
    this.#file = file;
  }

  /**
   * A sample, or the last readable one if it cannot be read; the recording then ends there. Throws SourceError
   * if no sample can be read.
   */
  at(index: number): { readonly index: number; readonly sample: Sample } {
    for (;;) {
      const wanted = Math.max(0, Math.min(index, this.#file.index.samples - 1));
      try {
        this.#takeUntil(wanted);
        return { index: wanted, sample: this.#decoder.sample() };
      } catch (error) {
        if (!(error instanceof ParseError || error instanceof DamagedMember)) throw error;
        const bad = Math.min(wanted, this.#taken + 1);
        this.#forget();
        this.#file.endBefore(bad);
      }
    }
  }

  /** The sample at the last whole one up to `index`: near it, and quickly read. */
  near(index: number): { readonly index: number; readonly sample: Sample } {
    const { index: members } = this.#file;
    return this.at(members.firstSampleOf(members.keyframeBefore(members.memberOf(index))));
  }

  #takeUntil(wanted: number): void {
    const { index: members } = this.#file;
    const whole = members.firstSampleOf(members.keyframeBefore(members.memberOf(wanted)));
    if (this.#taken > wanted || this.#taken < whole - 1) {
      this.#forget();
      this.#taken = whole - 1;
    }
    while (this.#taken < wanted) {
      this.#decoder.take(this.#line(this.#taken + 1));
      this.#taken++;
    }
  }

  #line(sample: number): string {
    const { index: members } = this.#file;
    const member = members.memberOf(sample);
    if (member !== this.#member) {
      this.#lines = this.#file.lines(member);
      this.#member = member;
    }
    return this.#lines[sample - members.firstSampleOf(member)] ?? '';
  }

  #forget(): void {
    this.#decoder = new SampleDecoder();
    this.#taken = -1;
    this.#member = -1;
    this.#lines = [];
  }
}
