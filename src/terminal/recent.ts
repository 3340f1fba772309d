/**
 * A map that forgets what has not been asked for lately: once so many have been added, those before them that nobody asked
 * for since go all at once. It holds twice as many at most.
 */
export class Recent<Key, Value> {
  readonly #most: number;
  #now = new Map<Key, Value>();
  #before = new Map<Key, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a key, computed where it is not known. */
  of(key: Key, compute: (key: Key) => Value): Value {
    const known = this.#now.get(key);
    if (known !== undefined) return known;
    const value = this.#before.get(key) ?? compute(key);
    if (this.#now.size >= this.#most) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(key, value);
    return value;
  }
}
