import type { Model } from './model.ts';

/** So much is kept: a quarter of an hour, a value a second. */
const KEPT_SECONDS = 900;
/** Groups beyond the fullest so many are not kept: 4 bytes a second each. */
const MOST_GROUPS = 200;

/** What was never seen. */
const UNKNOWN = 0xffffffff;

/** Ports in use of each group over the last quarter of an hour; of a fixed size, however long it runs. */
export class History {
  readonly #rings = new Map<string, Uint32Array>();
  #newestSecond = -Infinity;

  /** Takes a model; the last one of a second counts. A clock that is set back begins anew. */
  push({ sample, groups }: Pick<Model, 'sample' | 'groups'>): void {
    const second = Math.floor(sample.takenAtMs / 1000);
    if (second < this.#newestSecond) this.#rings.clear();
    this.#forget(second);
    this.#newestSecond = second;
    for (const { label, used } of groups) {
      const ring = this.#rings.get(label) ?? this.#add(label);
      if (ring !== undefined) ring[second % KEPT_SECONDS] = used;
    }
  }

  /**
   * Ports that a group used in each of the last `seconds` up to `untilMs`, the oldest first; undefined
   * where it was not looked at.
   */
  used(label: string, untilMs: number, seconds = KEPT_SECONDS): (number | undefined)[] {
    const ring = this.#rings.get(label);
    const last = Math.floor(untilMs / 1000);
    return Array.from({ length: seconds }, (_, index) => {
      const second = last - seconds + 1 + index;
      const isKept = second <= this.#newestSecond && second > this.#newestSecond - KEPT_SECONDS;
      const value = isKept ? ring?.[second % KEPT_SECONDS] : undefined;
      return value === UNKNOWN ? undefined : value;
    });
  }

  /** Empties what lies between the newest second and this one, and drops groups that are all empty. */
  #forget(second: number): void {
    const gap = Math.min(KEPT_SECONDS, second - this.#newestSecond);
    for (const [label, ring] of this.#rings) {
      for (let back = 0; back < gap; back++) ring[(second - back) % KEPT_SECONDS] = UNKNOWN;
      if (ring.every((value) => value === UNKNOWN)) this.#rings.delete(label);
    }
  }

  #add(label: string): Uint32Array | undefined {
    if (this.#rings.size >= MOST_GROUPS) return undefined;
    const ring = new Uint32Array(KEPT_SECONDS).fill(UNKNOWN);
    this.#rings.set(label, ring);
    return ring;
  }
}
