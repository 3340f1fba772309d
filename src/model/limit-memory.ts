import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** What is remembered of a group that was out of ports. */
export interface LimitState {
  /** True while it is at its limit, or was within the last minute. */
  readonly isDry: boolean;
  /** Unix ms of the first and the last sample of the episode in which it was at its limit. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Connections made per second in the seconds before it ran dry; undefined: that was not seen. */
  readonly madeBeforePerSecond: number | undefined;
  /** The kernel refused although so many ports looked free; undefined: it did not lately. */
  readonly refusedWithFree: number | undefined;
}

/** It is over when there was room and nothing was refused for so long. */
const EPISODE_MS = 60_000;
/** An episode is remembered for so long after its end. */
const KEPT_MS = 15 * 60_000;
/** A contradiction of the kernel's is believed for so long. */
const CONTRADICTED_MS = 10_000;
/** The rate before an episode is that of so many seconds; looks closer together tell nothing. */
const RATE_WINDOW_MS = { least: 900, most: 3000 } as const;
/** And the highest of so many ms before it. */
const BEFORE_MS = 10_000;
/** The wheel lets go of TIME_WAIT in lots: what comes free between two looks may be gone again. */
const WHEEL_SECONDS = 2.1;
/** Ports that the model may be off by: the last one of an odd-sized range, a socket on its way. */
const SLACK_PORTS = 4;

interface Look {
  readonly atMs: number;
  readonly live: number;
}

interface Watched {
  /** The oldest first. */
  looks: readonly Look[];
  /** Rates before the limit, the oldest first. */
  rates: readonly { readonly atMs: number; readonly perSecond: number }[];
  free: number;
  refused: number;
  episode: Episode | undefined;
}

interface Episode {
  readonly sinceMs: number;
  lastMs: number;
  readonly madeBeforePerSecond: number | undefined;
  contradiction: { readonly free: number; readonly atMs: number } | undefined;
}

/** Remembers which groups were out of ports, from sample to sample. */
export class LimitMemory {
  #byKey = new Map<string, Watched>();
  #lastMs = -Infinity;

  /** Takes the newest sample; returns what is remembered of its groups, by key. */
  push(sample: Sample): ReadonlyMap<string, LimitState> {
    const { takenAtMs } = sample;
    // A clock that was set back, or another recording: nothing is comparable.
    if (takenAtMs < this.#lastMs) this.#byKey = new Map();
    const intervalMs = takenAtMs - this.#lastMs;
    this.#lastMs = takenAtMs;
    const next = new Map<string, Watched>();
    const states = new Map<string, LimitState>();
    for (const group of sample.groups) {
      const watched = watch(this.#byKey.get(group.key), group, sample, intervalMs);
      next.set(group.key, watched);
      const state = stateOf(watched.episode, takenAtMs);
      if (state !== undefined) states.set(group.key, state);
    }
    // A group that has no socket for a moment may come back.
    for (const [key, watched] of this.#byKey) {
      const isRemembered = stateOf(watched.episode, takenAtMs) !== undefined;
      if (!next.has(key) && isRemembered) next.set(key, { ...watched, looks: [], free: 0 });
    }
    this.#byKey = next;
    return states;
  }
}

function watch(
  before: Watched | undefined,
  group: TupleGroup,
  sample: Sample,
  intervalMs: number,
): Watched {
  const { takenAtMs } = sample;
  const refused = group.connectFailures?.total ?? 0;
  const refusedNow = before === undefined ? recentRefusals(group) : refused - before.refused;
  const isAtLimit = group.free <= limitOf(sample) || refusedNow > 0;
  const looks = [...(before?.looks ?? []), { atMs: takenAtMs, live: group.liveUsed }].filter(
    ({ atMs }) => atMs >= takenAtMs - RATE_WINDOW_MS.most,
  );
  const last = remembered(before?.episode, takenAtMs);
  const watched: Watched = {
    looks,
    rates: isAtLimit ? (before?.rates ?? []) : withRate(before?.rates ?? [], looks, group),
    free: group.free,
    refused,
    episode: last,
  };
  if (!isAtLimit) return watched;
  const isSameEpisode = last !== undefined && takenAtMs - last.lastMs < EPISODE_MS;
  const freeThroughout = Math.min(before?.free ?? group.free, group.free);
  const isContradicted = refusedNow > 0 && freeThroughout > slackOf(group, intervalMs, refusedNow);
  watched.episode = {
    sinceMs: isSameEpisode ? last.sinceMs : takenAtMs,
    lastMs: takenAtMs,
    madeBeforePerSecond: isSameEpisode
      ? last.madeBeforePerSecond
      : highest(watched.rates, takenAtMs),
    contradiction: isContradicted
      ? { free: freeThroughout, atMs: takenAtMs }
      : isSameEpisode
        ? last.contradiction
        : undefined,
  };
  return watched;
}

/** Refusals that the first look at a group finds: those of the present, not of its history. */
function recentRefusals({ connectFailures }: TupleGroup): number {
  return connectFailures === undefined || connectFailures.perSecond === 0
    ? 0
    : connectFailures.lastMinute;
}

/** The last port of an odd-sized range is found by luck only. */
function limitOf({ portSpace }: Sample): number {
  return portSpace.size % 2;
}

/** Ports that may have been free at both looks, and yet none in between. */
function slackOf(group: TupleGroup, intervalMs: number, refused: number): number {
  const seconds = Math.min(intervalMs, 60_000) / 1000;
  const due = group.drainSchedule
    .slice(0, Math.ceil(seconds + WHEEL_SECONDS))
    .reduce((sum, count) => sum + count, 0);
  const made = closesWithin(group.drainSchedule, seconds + WHEEL_SECONDS);
  return SLACK_PORTS + Math.max(due, made, refused);
}

function withRate(
  rates: Watched['rates'],
  looks: readonly Look[],
  { drainSchedule, liveUsed }: TupleGroup,
): Watched['rates'] {
  const [oldest] = looks;
  const newest = looks.at(-1);
  if (oldest === undefined || newest === undefined) return rates;
  const windowMs = newest.atMs - oldest.atMs;
  const kept = rates.filter(({ atMs }) => atMs >= newest.atMs - BEFORE_MS);
  if (windowMs < RATE_WINDOW_MS.least) return kept;
  const seconds = windowMs / 1000;
  const made = closesWithin(drainSchedule, seconds) + liveUsed - oldest.live;
  return [...kept, { atMs: newest.atMs, perSecond: Math.max(0, made) / seconds }];
}

function highest(rates: Watched['rates'], nowMs: number): number | undefined {
  const recent = rates.filter(({ atMs }) => atMs >= nowMs - BEFORE_MS);
  return recent.length === 0 ? undefined : Math.max(...recent.map(({ perSecond }) => perSecond));
}

function remembered(episode: Episode | undefined, nowMs: number): Episode | undefined {
  return episode !== undefined && nowMs - episode.lastMs < EPISODE_MS + KEPT_MS
    ? episode
    : undefined;
}

function stateOf(episode: Episode | undefined, nowMs: number): LimitState | undefined {
  const known = remembered(episode, nowMs);
  if (known === undefined) return undefined;
  const { sinceMs, lastMs, madeBeforePerSecond, contradiction } = known;
  const isContradicted =
    contradiction !== undefined && nowMs - contradiction.atMs < CONTRADICTED_MS;
  return {
    isDry: nowMs - lastMs < EPISODE_MS,
    sinceMs,
    lastMs,
    madeBeforePerSecond,
    refusedWithFree: isContradicted ? contradiction.free : undefined,
  };
}
