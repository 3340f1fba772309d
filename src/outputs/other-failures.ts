import type { GroupModel } from '../model/group-model.ts';

/** Groups whose totals are kept; as many as the memory of refusals keeps. */
const MOST_TOTALS = 10_000;

/**
 * Counts the refusals of the groups that are summed up. Which groups these are changes from scrape to scrape, so a sum of
 * their counters would fall at times; this one only rises.
 */
export class OtherFailures {
  readonly #before = new Map<string, number>();
  #total = 0;

  /** Takes a scrape's groups; returns the refusals of the others so far. */
  count(shown: readonly GroupModel[], others: readonly GroupModel[]): number {
    for (const group of shown) this.#news(group);
    for (const group of others) this.#total += this.#news(group);
    return this.#total;
  }

  /** A group's refusals since it was seen last. */
  #news({ key, connectFailures }: GroupModel): number {
    const now = connectFailures?.total ?? 0;
    const before = this.#before.get(key) ?? 0;
    if (now === before) return 0;
    for (const oldest of this.#before.keys()) {
      if (this.#before.size < MOST_TOTALS) break;
      this.#before.delete(oldest);
    }
    this.#before.set(key, now);
    // Less than before: the thread that counts was started anew.
    return now > before ? now - before : now;
  }
}
