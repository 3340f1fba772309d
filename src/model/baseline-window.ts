import type { Sample } from './sample/sample.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';

/** The part of an earlier sample that is kept to compute rates. */
export interface Baseline {
  readonly takenAtMs: number;
  readonly activeOpens: number | undefined;
  readonly timeWaitReused: number | undefined;
  /** Live connections of each group, by its key. */
  readonly liveByGroup: ReadonlyMap<string, number>;
  /** Refusals since the watch began, by the key of the group; absent: none. */
  readonly refusedByGroup?: ReadonlyMap<string, number>;
}

export function baselineOf({ takenAtMs, counters, groups }: Sample): Baseline {
  const refused = groups.filter(({ connectFailures }) => (connectFailures?.total ?? 0) > 0);
  return {
    ...(refused.length > 0 && {
      refusedByGroup: new Map(
        refused.map(({ key, connectFailures }) => [key, connectFailures?.total ?? 0]),
      ),
    }),
    takenAtMs,
    activeOpens: counters.activeOpens,
    timeWaitReused: counters.timeWaitReused,
    liveByGroup: new Map(groups.map(({ key, liveUsed }) => [key, liveUsed])),
  };
}

const OLDEST_MS = 600_000;
const MINUTE_MS = 60_000;
/** The last seconds, look by look: rates over whole seconds need a look that long ago. */
const CLOSE_MS = { kept: 7000, spacing: 180 } as const;
/** Ages of the baselines, in ms. The long ones are for slow leaks among many connections, which take long to show. */
const BASELINE_AGES_MS = [RATE_SECONDS * 1000, 30_000, 60_000, 180_000, 300_000, OLDEST_MS];

/** Spacing of baselines by their age: closer ones would only cost memory. */
function spacingMs(ageMs: number): number {
  if (ageMs <= 12_000) return 1000;
  return ageMs <= 75_000 ? 5000 : 30_000;
}

/** Keeps baselines of the last 10 minutes: dense for the last seconds, sparse before. */
export class BaselineWindow {
  // Newest first.
  #kept: readonly Baseline[] = [];
  #recent: readonly Baseline[] = [];
  #lastMinute: readonly Baseline[] = [];
  #close: readonly Baseline[] = [];
  #closeBefore: readonly Baseline[] = [];

  /** Baselines of the 10 s before the newest sample, a second apart, the youngest first. */
  get recent(): readonly Baseline[] {
    return this.#recent;
  }

  /** Baselines of the minute before the newest sample, the youngest first: 5 s apart beyond the last ones. */
  get lastMinute(): readonly Baseline[] {
    return this.#lastMinute;
  }

  /** Baselines of the 7 s before the newest sample, at most five a second, the youngest first. */
  get close(): readonly Baseline[] {
    return this.#closeBefore;
  }

  /**
   * Takes the newest sample; returns the earlier ones to compare it with, the youngest first: for each of
   * 10 s, 30 s, 1, 3, 5 and 10 minutes the oldest one that is not older, as far as there are different ones.
   */
  push(sample: Sample): readonly Baseline[] {
    const nowMs = sample.takenAtMs;
    // After the clock is set back, baselines from the future are dropped.
    const past = this.#kept.filter(
      ({ takenAtMs }) => takenAtMs < nowMs && takenAtMs >= nowMs - OLDEST_MS,
    );
    const chosen = BASELINE_AGES_MS.map((ageMs) =>
      past.findLast(({ takenAtMs }) => takenAtMs >= nowMs - ageMs),
    ).filter((reference) => reference !== undefined);
    this.#recent = past.filter(({ takenAtMs }) => takenAtMs >= nowMs - RATE_SECONDS * 1000);
    this.#lastMinute = past.filter(({ takenAtMs }) => takenAtMs >= nowMs - MINUTE_MS);
    this.#closeBefore = this.#close.filter(
      ({ takenAtMs }) => takenAtMs < nowMs && takenAtMs >= nowMs - CLOSE_MS.kept,
    );
    const youngestMs = this.#closeBefore[0]?.takenAtMs ?? -Infinity;
    const now = nowMs - youngestMs >= CLOSE_MS.spacing ? baselineOf(sample) : undefined;
    this.#close = now === undefined ? this.#closeBefore : [now, ...this.#closeBefore];
    const isNew = nowMs - (past[0]?.takenAtMs ?? -Infinity) >= spacingMs(0);
    this.#kept = thinned(isNew ? [now ?? baselineOf(sample), ...past] : past, nowMs);
    return [...new Set(chosen)];
  }
}

/** Drops baselines that are too close to the previous one. The oldest always stays; otherwise none would grow old. */
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
