import { ParseError } from '../kernel/parse-error.ts';
import { DamagedMember } from './format.ts';
import type { RecordingFile } from './file.ts';

/** Makes samples of lines, one after the other from a whole one on. */
export interface LineDecoder<Sample> {
  /** Throws ParseError. */
  take(line: string): void;
  /** The sample of the last line. Throws ParseError. */
  sample(): Sample;
}

/** The samples of a recording, at any place; one member is in memory at a time. */
export class RecordedSamples<Sample> {
  readonly #file: RecordingFile;
  readonly #newDecoder: () => LineDecoder<Sample>;
  #decoder: LineDecoder<Sample>;
  /** The sample that the decoder has taken last. */
  #taken = -1;
  #member = -1;
  #lines: readonly string[] = [];

  constructor(file: RecordingFile, newDecoder: () => LineDecoder<Sample>) {
    this.#file = file;
    this.#newDecoder = newDecoder;
    this.#decoder = newDecoder();
  }

  /**
   * A sample, or where it cannot be read the last one that can; the recording then ends there. Throws
   * SourceError where there is none.
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
    return this.at(members.firstSampleOf(members.wholeBefore(members.memberOf(index))));
  }

  #takeUntil(wanted: number): void {
    const { index: members } = this.#file;
    const whole = members.firstSampleOf(members.wholeBefore(members.memberOf(wanted)));
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
    this.#decoder = this.#newDecoder();
    this.#taken = -1;
    this.#member = -1;
    this.#lines = [];
  }
}
