import { ParseError } from '../kernel/parse-error.ts';
import type { ReplayFrame } from '../model/playback.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import { DamagedMember } from './format.ts';
import type { Recorded } from './file.ts';
import type { Direction } from './gaps.ts';
import { SampleDecoder } from './sample-codec.ts';

/** Keys are answered after so much reading. */
const READ_AT_ONCE_MS = 30;
/** So many samples are read on through, rather than skipped. */
const MOST_READ_ON = 5000;
/** Places whose last samples are kept. */
const MOST_PLACES = 2000;

/** A sample, and its number in the recording. */
export interface NumberedSample {
  readonly index: number;
  readonly sample: Sample;
}

/** The samples of a recording, at any place; one member is in memory at a time. */
export class RecordedSamples {
  readonly #file: Recorded;
  readonly #clock: Clock;
  #decoder = new SampleDecoder();
  /** Number of the last sample decoded. */
  #taken = -1;
  #sample: Sample | undefined;
  #member = -1;
  #lines: readonly string[] = [];
  #places = 1;
  /** The last sample decoded of each place. */
  readonly #newest = new Map<string, NumberedSample>();

  constructor(file: Recorded, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /**
   * A sample, or if it cannot be read, the nearest in this direction, or else in the other one. Undefined: `isEnough`
   * was true while it was read. Throws SourceError if no sample can be read.
   */
  async at(
    index: number,
    towards: Direction = 'later',
    isEnough: () => boolean = () => false,
  ): Promise<NumberedSample | undefined> {
    for (;;) {
      const wanted = this.#file.index.readable(index, towards);
      try {
        const sample = await this.#takeUntil(wanted, isEnough);
        return sample && { index: wanted, sample };
      } catch (error) {
        if (!(error instanceof ParseError || error instanceof DamagedMember)) throw error;
        const bad = this.#taken + 1;
        this.#forget();
        this.#file.leaveOut(bad);
      }
    }
  }

  /** The samples from number `from` up to `end - 1` that can be read, in order, as long as `isEnough` is not true. Throws as `at`. */
  async *between(
    from: number,
    end: number,
    isEnough: () => boolean = () => false,
  ): AsyncGenerator<NumberedSample, void> {
    for (let next = from; next < end && !isEnough();) {
      const found = await this.at(next, 'later', isEnough);
      // Behind the last one that can be read, an earlier one is found again.
      if (found === undefined || found.index < next || found.index >= end) return;
      next = found.index + 1;
      yield found;
    }
  }

  /** How many places the recording has, as far as it has been read. */
  get places(): number {
    return this.#places;
  }

  /** A sample that was just read, as it is shown behind sample `shown`: with the newest of the other places since that one. */
  frameOf({ index, sample }: NumberedSample, shown: number): ReplayFrame {
    const others = [...this.#newest.values()]
      .filter((each) => each.index > shown && each.index < index)
      .filter((each) => each.sample.place.id !== sample.place.id)
      .map((each) => each.sample);
    const position = this.#file.index.positionOf(index);
    return { ...position, sample, ...(others.length > 0 && { others }) };
  }

  /** The sample at the last whole one up to `index`: near it, and quickly read. */
  async near(index: number, isEnough: () => boolean): Promise<NumberedSample | undefined> {
    const { index: members } = this.#file;
    const member = members.keyframeBefore(members.memberOf(index));
    return this.at(members.firstSampleOf(member), 'earlier', isEnough);
  }

  async #takeUntil(wanted: number, isEnough: () => boolean): Promise<Sample | undefined> {
    const { index: members } = this.#file;
    const whole = members.firstSampleOf(members.keyframeBefore(members.memberOf(wanted)));
    // Of several places, what is skipped has their samples.
    const isReadOn = this.#places > 1 && this.#taken >= 0 && wanted - this.#taken <= MOST_READ_ON;
    if (this.#taken > wanted || (this.#taken < whole && !isReadOn)) {
      this.#forget();
      this.#taken = whole - 1;
    }
    let pausedMs = this.#clock.monotonicMs();
    while (this.#taken < wanted) {
      this.#sample = this.#decoder.take(this.#line(this.#taken + 1));
      this.#taken++;
      this.#places = Math.max(this.#places, this.#decoder.places);
      this.#remember({ index: this.#taken, sample: this.#sample });
      if (this.#clock.monotonicMs() - pausedMs < READ_AT_ONCE_MS) continue;
      await this.#clock.sleep(0);
      if (isEnough()) return undefined;
      pausedMs = this.#clock.monotonicMs();
    }
    return this.#sample;
  }

  #line(sample: number): string {
    const { index: members } = this.#file;
    const member = members.memberOf(sample);
    if (member !== this.#member) {
      this.#lines = this.#file.lines(member);
      this.#member = member;
      if (members.member(member).header.isKeyframe) this.#decoder.begin();
    }
    return this.#lines[sample - members.firstSampleOf(member)] ?? '';
  }

  #remember(found: NumberedSample): void {
    const { id } = found.sample.place;
    this.#newest.delete(id);
    this.#newest.set(id, found);
    const [oldest = ''] = this.#newest.keys();
    if (this.#newest.size > MOST_PLACES) this.#newest.delete(oldest);
  }

  #forget(): void {
    this.#decoder = new SampleDecoder();
    this.#taken = -1;
    this.#sample = undefined;
    this.#member = -1;
    this.#lines = [];
  }
}
