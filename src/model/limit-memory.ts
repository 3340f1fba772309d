import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { severityOf } from './severity.ts';

/**
 * `dry`: at its limit, or so lately, with so little room and still in use, that what came free will be gone again; `recovering`: there is room, and it is less
 * than a minute since; `over`: a minute and more.
 */
export type LimitStage = 'dry' | 'recovering' | 'over';

/** What is remembered of a group that was out of ports. */
export interface LimitState {
  readonly stage: LimitStage;
  /** Unix ms of the first and the last sample of the episode in which it was at its limit. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Connections made per second in the seconds before it ran dry; undefined: that was not seen. */
  readonly madeBeforePerSecond: number | undefined;
  /** The most that were refused per second in the episode, a mean of 10 s; undefined: refusals cannot be seen. */
  readonly mostRefusedPerSecond: number | undefined;
  /** The kernel refused although so many ports looked free; undefined: it did not lately. */
  readonly refusedWithFree: number | undefined;
}

/** The state of a group that was at its limit just now, of which no more is known. */
export function limitReached(atMs: number): LimitState {
  return {
    stage: 'dry',
    sinceMs: atMs,
    lastMs: atMs,
    madeBeforePerSecond: undefined,
    mostRefusedPerSecond: undefined,
    refusedWithFree: undefined,
  };
}

/** It is over when there was room and nothing was refused for so long. */
const EPISODE_MS = 60_000;
/** What came free in so short a time is no recovery: the wheel lets go of TIME_WAIT in lots. */
const LOT_MS = 1500;
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

/** Since the look before. */
interface Since {
  readonly ms: number;
  /** connect() calls of the whole machine that found a port. */
  readonly opens: number;
}

interface Episode {
  readonly sinceMs: number;
  lastMs: number;
  readonly madeBeforePerSecond: number | undefined;
  mostRefusedPerSecond: number | undefined;
  contradiction: { readonly free: number; readonly atMs: number } | undefined;
}

/** Remembers which groups were out of ports, from sample to sample. */
export class LimitMemory {
  #byKey = new Map<string, Watched>();
  #lastMs = -Infinity;
  #lastOpens: number | undefined;

  /** Takes the newest sample; returns what is remembered of its groups, by key. */
  push(sample: Sample): ReadonlyMap<string, LimitState> {
    const { takenAtMs } = sample;
    // A clock that was set back, or another recording: nothing is comparable.
    if (takenAtMs < this.#lastMs) this.#byKey = new Map();
    const since = {
      ms: takenAtMs - this.#lastMs,
      opens: opensSince(this.#lastOpens, sample.counters.activeOpens),
    };
    this.#lastMs = takenAtMs;
    this.#lastOpens = sample.counters.activeOpens;
    const next = new Map<string, Watched>();
    const states = new Map<string, LimitState>();
    for (const group of sample.groups) {
      const watched = watch(this.#byKey.get(group.key), group, sample, since);
      next.set(group.key, watched);
      const state = stateOf(watched, group, takenAtMs);
      if (state !== undefined) states.set(group.key, state);
    }
    // A group that has no socket for a moment may come back.
    for (const [key, watched] of this.#byKey) {
      const isRemembered = remembered(watched.episode, takenAtMs) !== undefined;
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
  since: Since,
): Watched {
  const { takenAtMs } = sample;
  const refused = group.connectFailures?.total ?? 0;
  const refusedNow = before === undefined ? recentRefusals(group) : refused - before.refused;
  const isAtLimit = group.free <= limitOf(sample) || refusedNow > 0;
  const looks = [...(before?.looks ?? []), { atMs: takenAtMs, live: group.liveUsed }].filter(
    ({ atMs }) => atMs >= takenAtMs - RATE_WINDOW_MS.most,
  );
  const last = remembered(before?.episode, takenAtMs);
  const isSameEpisode = last !== undefined && takenAtMs - last.lastMs < EPISODE_MS;
  const rates = before?.rates ?? [];
  const watched: Watched = {
    looks,
    // The look that finds the limit tells a rate as well: what was made in a shorter time than it looks.
    rates: isAtLimit && isSameEpisode ? rates : withRate(rates, looks, group),
    free: group.free,
    refused,
    episode: last,
  };
  if (!isAtLimit) {
    const made = closesWithin(group.drainSchedule, since.ms / 1000);
    // Whoever gets a port proves that there are some.
    if (last !== undefined && made + group.liveUsed > (before?.looks.at(-1)?.live ?? Infinity))
      watched.episode = { ...last, contradiction: undefined };
    return watched;
  }
  const freeThroughout = Math.min(before?.free ?? group.free, group.free);
  const isContradicted = refusedNow > 0 && freeThroughout > slackOf(group, since, refusedNow);
  watched.episode = {
    sinceMs: isSameEpisode ? last.sinceMs : takenAtMs,
    lastMs: takenAtMs,
    madeBeforePerSecond: isSameEpisode
      ? last.madeBeforePerSecond
      : highest(watched.rates, takenAtMs),
    mostRefusedPerSecond: highestOf(
      isSameEpisode ? last.mostRefusedPerSecond : undefined,
      group.connectFailures?.perSecond,
    ),
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

/** Infinity: not known, or the counter was set back. */
function opensSince(before: number | undefined, now: number | undefined): number {
  return before === undefined || now === undefined || now < before ? Infinity : now - before;
}

/** Ports that may have been free at both looks, and yet none in between: no more than were taken since. */
function slackOf(group: TupleGroup, { ms, opens }: Since, refused: number): number {
  const seconds = Math.min(ms, 60_000) / 1000;
  const due = group.drainSchedule
    .slice(0, Math.ceil(seconds + WHEEL_SECONDS))
    .reduce((sum, count) => sum + count, 0);
  const made = closesWithin(group.drainSchedule, seconds + WHEEL_SECONDS);
  return SLACK_PORTS + Math.min(opens, Math.max(due, made, refused));
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

function highestOf(...rates: readonly (number | undefined)[]): number | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function stateOf(watched: Watched, group: TupleGroup, nowMs: number): LimitState | undefined {
  const known = remembered(watched.episode, nowMs);
  if (known === undefined) return undefined;
  const { contradiction, ...rest } = known;
  const isContradicted =
    contradiction !== undefined && nowMs - contradiction.atMs < CONTRADICTED_MS;
  return {
    ...rest,
    stage: isContradicted ? 'dry' : stageOf(nowMs - known.lastMs, watched, group),
    refusedWithFree: isContradicted ? contradiction.free : undefined,
  };
}

function stageOf(sinceLastMs: number, watched: Watched, group: TupleGroup): LimitStage {
  if (sinceLastMs >= EPISODE_MS) return 'over';
  if (sinceLastMs < LOT_MS) return 'dry';
  const hasRoom = severityOf(group, null) === 'info';
  return hasRoom || !isInUse(watched, group, sinceLastMs) ? 'recovering' : 'dry';
}

/** For so long a client may pause. */
const PAUSE_MS = 5000;

/** Whether connections were made, or refused, in the last seconds. */
function isInUse({ looks }: Watched, group: TupleGroup, sinceLastMs: number): boolean {
  if (sinceLastMs < PAUSE_MS) return true;
  const live = group.liveUsed - (looks[0]?.live ?? 0);
  return live > 0 || closesWithin(group.drainSchedule, PAUSE_MS / 1000) > 0;
}
