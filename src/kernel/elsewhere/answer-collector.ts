import { AnswerError } from './answer.ts';
import { asciiBytes, indexOfMark } from './marked-bytes.ts';

/** What an answer may have at most, in bytes; 28,000 sockets take 4.2 MB at most. */
const LONGEST_ANSWER = 64 * 1024 * 1024;
/** What may stand before one: banners, messages of the day. */
const MOST_NOISE = 4 * 1024 * 1024;
const FIRST_BUFFER = 64 * 1024;
/** Noise that is kept, for the reason to be found in it. */
const KEPT_NOISE = 2048;

/**
 * Finds an answer in what a shell sends: all from the begin mark to the end mark, in whatever pieces it comes. What
 * stands before it is skipped.
 */
export class AnswerCollector {
  readonly #begin: Uint8Array;
  readonly #end: Uint8Array;
  readonly #longest: number;
  #buffer = new Uint8Array(FIRST_BUFFER);
  #length = 0;
  #hasBegun = false;
  /** Up to here there is no end mark. */
  #searched = 0;
  #noise = 0;

  /** Looks for `@NONCE BEGIN` up to `@NONCE END` and a line's end. */
  constructor(nonce: string, begin = 'begin ', end = 'end\n', longest = LONGEST_ANSWER) {
    this.#begin = asciiBytes(`@${nonce} ${begin}`);
    this.#end = asciiBytes(`@${nonce} ${end}`);
    this.#longest = longest;
  }

  /** True from the begin mark on. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The last bytes that belong to no answer. */
  get noise(): Uint8Array {
    return this.#hasBegun
      ? new Uint8Array()
      : this.#buffer.subarray(Math.max(0, this.#length - KEPT_NOISE), this.#length);
  }

  /** The whole answer once its end has come. Throws AnswerError where there is too much of it, or before it. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    this.#append(chunk);
    if (!this.#hasBegun) this.#skipNoise();
    if (!this.#hasBegun) return undefined;
    const end = indexOfMark(this.#buffer, this.#end, this.#searched, this.#length);
    if (end >= 0) return this.#buffer.slice(0, end + this.#end.length);
    this.#searched = Math.max(0, this.#length - this.#end.length + 1);
    if (this.#length > this.#longest)
      throw new AnswerError(`an answer is longer than ${this.#longest / 1024 / 1024} MB`);
    return undefined;
  }

  #skipNoise(): void {
    const at = indexOfMark(this.#buffer, this.#begin, 0, this.#length);
    this.#hasBegun = at >= 0;
    // The beginning of a mark may be there, and the rest of it come.
    const from =
      at >= 0 ? at : Math.max(0, this.#length - Math.max(KEPT_NOISE, this.#begin.length));
    this.#buffer.copyWithin(0, from, this.#length);
    this.#length -= from;
    this.#noise += from;
    if (this.#noise > MOST_NOISE)
      throw new AnswerError('what comes is no answer of the script, and there is no end of it');
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }
}
