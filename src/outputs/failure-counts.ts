import type { GroupModel } from '../model/group-model.ts';

/** Groups whose totals are kept; as many as the memory of refusals keeps. */
const MOST_TOTALS = 10_000;

/** What was refused since the counting began. None of these figures ever falls. */
export interface CountedFailures {
  /** Of each group shown, while it had series of its own. */
  readonly own: ReadonlyMap<string, number>;
  /** Of all groups that were summed up at the time. */
  readonly others: number;
  /** Of the machine. */
  readonly all: number;
}

/**
 * Counts refusals from scrape to scrape, each in one place: in the series of its group, or in that of the groups that are
 * summed up. Which groups these are changes, so a sum of their totals would fall at times, and a group that gets series of
 * its own would bring along what has been counted among the others.
 */
export class FailureCounts {
  readonly #byGroup = new Map<string, { readonly seen: number; readonly own: number }>();
  #others = 0;
  #all = 0;

  /** Takes a scrape's groups. */
  count(shown: readonly GroupModel[], others: readonly GroupModel[]): CountedFailures {
    const own = new Map(shown.map((group) => [group.key, this.#take(group, true).own]));
    for (const group of others) this.#others += this.#take(group, false).news;
    return { own, others: this.#others, all: this.#all };
  }

  /** A group's refusals since it was seen last, and those of its own series. */
  #take({ key, connectFailures }: GroupModel, isShown: boolean): { news: number; own: number } {
    const seen = connectFailures?.total ?? 0;
    const before = this.#byGroup.get(key) ?? { seen: 0, own: 0 };
    if (seen === before.seen) return { news: 0, own: before.own };
    // Less than before: the thread that counts was started anew.
    const news = seen > before.seen ? seen - before.seen : seen;
    const own = before.own + (isShown ? news : 0);
    this.#all += news;
    if (!this.#byGroup.has(key) && this.#byGroup.size >= MOST_TOTALS) {
      const [oldest = ''] = this.#byGroup.keys();
      this.#byGroup.delete(oldest);
    }
    this.#byGroup.set(key, { seen, own });
    return { news, own };
  }
}
