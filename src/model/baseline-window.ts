import type { Sample } from './sample/sample.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';

/** The part of an earlier sample that is kept to compute rates. */
export interface Baseline {
  readonly takenAtMs: number;
  readonly activeOpens: number | undefined;
  readonly timeWaitReused: number | undefined;
  /** Live connections of each group, by its key. */
  readonly liveByGroup: ReadonlyMap<string, number>;
}

export function baselineOf({ takenAtMs, counters, groups }: Sample): Baseline {
  return {
    takenAtMs,
    activeOpens: counters.activeOpens,
    timeWaitReused: counters.timeWaitReused,
    liveByGroup: new Map(groups.map(({ key, liveUsed }) => [key, liveUsed])),
  };
}

const OLDEST_MS = 600_000;
/** How far back the references lie, in ms: a slow leak among many connections takes long to be told from chance. */
const BASELINE_AGES_MS = [RATE_SECONDS * 1000, 30_000, 60_000, 180_000, 300_000, OLDEST_MS];

/** References closer together than this, by their age, would only cost memory. */
function spacingMs(ageMs: number): number {
  if (ageMs <= 12_000) return 1000;
  return ageMs <= 75_000 ? 5000 : 30_000;
}

/** Keeps what the samples of the last 10 minutes said, closely for the last seconds and sparsely before. */
export class BaselineWindow {
  // Newest first.
  #kept: readonly Baseline[] = [];
  #recent: readonly Baseline[] = [];

  /** What the samples of the 10 s before the newest said, a second apart, the youngest first. */
  get recent(): readonly Baseline[] {
    return this.#recent;
  }

  /**
   * Takes the newest sample; returns the earlier ones to compare it with, the youngest first: for each of
   * 10 s, 30 s, 1, 3, 5 and 10 minutes the oldest one that is not older, as far as there are different ones.
   */
  push(sample: Sample): readonly Baseline[] {
    const nowMs = sample.takenAtMs;
    // A clock that was set back would leave samples from the future.
    const past = this.#kept.filter(
      ({ takenAtMs }) => takenAtMs < nowMs && takenAtMs >= nowMs - OLDEST_MS,
    );
    const chosen = BASELINE_AGES_MS.map((ageMs) =>
      past.findLast(({ takenAtMs }) => takenAtMs >= nowMs - ageMs),
    ).filter((reference) => reference !== undefined);
    this.#recent = past.filter(({ takenAtMs }) => takenAtMs >= nowMs - RATE_SECONDS * 1000);
    const isNew = nowMs - (past[0]?.takenAtMs ?? -Infinity) >= spacingMs(0);
    this.#kept = thinned(isNew ? [baselineOf(sample), ...past] : past, nowMs);
    return [...new Set(chosen)];
  }
}

/** Leaves out what lies too close to its elder; the oldest always stays, or none would ever grow old. */
function thinned(newestFirst: readonly Baseline[], nowMs: number): Baseline[] {
  const kept: Baseline[] = [];
  for (const reference of newestFirst.toReversed()) {
    const elder = kept.at(-1);
    const spacing = spacingMs(nowMs - reference.takenAtMs);
    if (elder === undefined || reference.takenAtMs - elder.takenAtMs >= spacing)
      kept.push(reference);
  }
  return kept.toReversed();
}
