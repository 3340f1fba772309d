import { type FollowedAdvice, SETTLED_MS } from '../followed-advice.ts';
import type { Model } from '../model.ts';

/** A suggestion that was followed, and what came of it. */
export interface FollowedCourse extends FollowedAdvice {
  /** undefined: the recording ended too soon, or its group went. */
  readonly came: Came | undefined;
}

/** The headroom of its group in the minute after a suggestion was followed. */
export interface Came {
  /** The lowest and the last, in percent. */
  readonly leastPercent: number;
  readonly lastPercent: number;
  /** How long after it the last one was seen, in ms. */
  readonly afterMs: number;
}

const MOST_FOLLOWED = 50;
/** What is promised is promised for a minute. */
const LONGEST_MS = 60_000;

/** Keeps what was followed, and what came of it, from look to look. */
export class FollowedCourses {
  readonly #courses = new Map<string, FollowedCourse>();

  push({ followed, groups, sample }: Pick<Model, 'followed' | 'groups' | 'sample'>): void {
    for (const each of followed) {
      const id = `${each.atMs} ${each.id}`;
      const before = this.#courses.get(id);
      if (before === undefined && this.#courses.size >= MOST_FOLLOWED) continue;
      const afterMs = sample.takenAtMs - each.atMs;
      const isAsked = afterMs >= SETTLED_MS && afterMs <= LONGEST_MS;
      const group = isAsked ? groups.find(({ key }) => key === each.key) : undefined;
      if (before === undefined) this.#courses.set(id, { ...each, came: undefined });
      if (group === undefined) continue;
      const lastPercent = group.headroomPercentAtLeast;
      const leastPercent = Math.min(before?.came?.leastPercent ?? Infinity, lastPercent);
      this.#courses.set(id, { ...each, came: { leastPercent, lastPercent, afterMs } });
    }
  }

  /** The first one first. */
  get all(): FollowedCourse[] {
    return [...this.#courses.values()];
  }
}
