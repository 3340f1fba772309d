/**
 * Words that are known while one dump or one file is read, and zeros at its beginning. The memory is kept from reading to
 * reading: there are several a second, and fresh memory for each would be garbage as fast.
 */
export class ReadingMemory {
  readonly #words: Uint32Array;
  #reading: object | undefined;

  constructor(words: number) {
    this.#words = new Uint32Array(words);
  }

  /** The words of a reading; those of the one before are forgotten. */
  of(reading: object): Uint32Array {
    if (this.#reading !== reading) this.#words.fill(0);
    this.#reading = reading;
    return this.#words;
  }
}
