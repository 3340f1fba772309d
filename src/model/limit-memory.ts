import {
  type Episode,
  EPISODE_MS,
  isGoingOn,
  LOT_MS,
  newEpisode,
  remembered,
  withRoom,
} from './outage-episode.ts';
import { highestOf, type Look, type Rates, withLook, withRate } from './rates-before.ts';
import { recentRefusals, refusedEarlierMs } from './recent-refusals.ts';
import type { Sample } from './sample/sample.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { opensSince, type Since, slackOf } from './taken-between.ts';

/**
 * `dry`: at its limit, or so recently that freed ports will be gone again. `recovering`: there was room since, or nobody
 * asked for ports, and the limit was reached less than a minute ago; only the limit makes it `dry` again, so that what
 * fills the ports anew has a forecast. `over`: a minute ago or more.
 */
export type LimitStage = 'dry' | 'recovering' | 'over';

/** What is remembered about a group that was out of ports. */
export interface LimitState {
  readonly stage: LimitStage;
  /** Unix ms of the first and last sample in which it was at its limit, this episode. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** How often it has come to its limit in this episode, after seconds with ports. */
  readonly times: number;
  /** Connections made per second just before it ran dry; undefined: not seen. */
  readonly madeBeforePerSecond: number | undefined;
  /** Highest demand of the episode per second, means of some seconds; undefined: not seen for as long. */
  readonly mostWantedPerSecond: number | undefined;
  /** Ports that looked free while the kernel refused; undefined: no such contradiction recently. */
  readonly refusedWithFree: number | undefined;
}

/** When a group was out of ports that has no connections any more. */
export interface FormerOutage {
  readonly label: string;
  /** Unix ms. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** The state of a group that has just reached its limit, with nothing else known. */
export function limitReached(atMs: number): LimitState {
  return {
    stage: 'dry',
    sinceMs: atMs,
    lastMs: atMs,
    times: 1,
    madeBeforePerSecond: undefined,
    mostWantedPerSecond: undefined,
    refusedWithFree: undefined,
  };
}

/** How long a refusal despite free ports counts. */
const CONTRADICTED_MS = 10_000;

/** Demand of a group per second in the last seconds; undefined: not known. */
type WantedOf = (group: TupleGroup) => number | undefined;

interface Watched {
  readonly label: string;
  /** Oldest first. */
  looks: readonly Look[];
  /** Rates before the limit, oldest first. */
  rates: Rates;
  free: number;
  /** At the look before, if there was one. */
  freeBefore: number | undefined;
  refused: number;
  episode: Episode | undefined;
}

/** Remembers which groups were out of ports, from sample to sample. */
export class LimitMemory {
  #byKey = new Map<string, Watched>();
  #lastMs = -Infinity;
  #lastOpens: number | undefined;
  #former: readonly FormerOutage[] = [];

  /** Outages of the last quarter of an hour whose groups have gone by the newest sample, newest first. */
  get former(): readonly FormerOutage[] {
    return this.#former;
  }

  /** Takes the newest sample; returns the limit state of its groups, by key. `wantedOf`: demand per second of the last seconds. */
  push(sample: Sample, wantedOf: WantedOf = () => undefined): ReadonlyMap<string, LimitState> {
    const { takenAtMs } = sample;
    // The clock was set back, or this is another recording: nothing is comparable.
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
      const watched = watch(this.#byKey.get(group.key), group, sample, { ...since, wantedOf });
      next.set(group.key, watched);
      const state = stateOf(watched, group, takenAtMs);
      if (state !== undefined) states.set(group.key, state);
    }
    const former: FormerOutage[] = [];
    for (const [key, watched] of this.#byKey) {
      const episode = remembered(watched.episode, takenAtMs);
      if (next.has(key) || episode === undefined) continue;
      // A group without sockets may come back.
      next.set(key, { ...watched, looks: [], free: 0 });
      former.push({ label: watched.label, sinceMs: episode.sinceMs, lastMs: episode.lastMs });
    }
    this.#former = former.toSorted((a, b) => b.lastMs - a.lastMs);
    this.#byKey = next;
    return states;
  }
}

function watch(
  before: Watched | undefined,
  group: TupleGroup,
  sample: Sample,
  since: Since & { readonly wantedOf: WantedOf },
): Watched {
  const { takenAtMs } = sample;
  const { wantedOf } = since;
  const earlierMs =
    since.ms === Infinity ? refusedEarlierMs(group, takenAtMs, limitOf(sample)) : undefined;
  const refused = group.connectFailures?.total ?? 0;
  const refusedNow =
    earlierMs !== undefined
      ? 0
      : before === undefined
        ? recentRefusals(group)
        : refused - before.refused;
  const isAtLimit = group.free <= limitOf(sample) || refusedNow > 0;
  const looks = withLook(before?.looks ?? [], { atMs: takenAtMs, live: group.liveUsed });
  const last = withRoom(remembered(before?.episode, takenAtMs), group, takenAtMs);
  const isSameEpisode = last !== undefined && isGoingOn(last, takenAtMs);
  const rates = before?.rates ?? [];
  const watched: Watched = {
    label: group.label,
    looks,
    // The sample that finds the limit gives a rate too: connections made in less time than it appears.
    rates: isAtLimit && isSameEpisode ? rates : withRate(rates, looks, group),
    free: group.free,
    freeBefore: before?.free,
    refused,
    episode: last,
  };
  if (earlierMs !== undefined) {
    const episode = {
      ...newEpisode([], earlierMs),
      sinceMs: group.connectFailures?.sinceMs ?? earlierMs,
    };
    watched.episode = withRoom(episode, group, takenAtMs);
    return watched;
  }
  if (!isAtLimit) {
    const made = closesWithin(group.drainSchedule, since.ms / 1000);
    // A new connection proves that there are free ports.
    if (last !== undefined && made + group.liveUsed > (before?.looks.at(-1)?.live ?? Infinity))
      watched.episode = { ...last, contradiction: undefined };
    return watched;
  }
  // A refusal may be heard of late: ports that came free at the last look may have been gone before it.
  const freeThroughout = Math.min(
    before?.freeBefore ?? group.free,
    before?.free ?? group.free,
    group.free,
  );
  const isContradicted = refusedNow > 0 && freeThroughout > slackOf(group, since, refusedNow);
  const episode = isSameEpisode ? last : newEpisode(watched.rates, takenAtMs);
  watched.episode = {
    ...episode,
    lastMs: takenAtMs,
    roomSinceMs: undefined,
    spare: undefined,
    times: episode.times + Number(takenAtMs - episode.lastMs >= PAUSE_MS),
    mostWantedPerSecond: highestOf([episode.mostWantedPerSecond, wantedOf(group)]),
    ...(isContradicted && { contradiction: { free: freeThroughout, atMs: takenAtMs } }),
  };
  return watched;
}

/** Free ports at which a group is at its limit. connect() finds the last port of an odd-sized range only by luck. */
export function limitOf({ portSpace }: Sample): number {
  return portSpace.size % 2;
}

function stateOf(watched: Watched, group: TupleGroup, nowMs: number): LimitState | undefined {
  const known = remembered(watched.episode, nowMs);
  if (known === undefined) return undefined;
  const { contradiction, roomSinceMs, spare: _, ...rest } = known;
  const isContradicted =
    contradiction !== undefined && nowMs - contradiction.atMs < CONTRADICTED_MS;
  return {
    ...rest,
    stage: isContradicted ? 'dry' : stageOf(nowMs - known.lastMs, watched, group, roomSinceMs),
    refusedWithFree: isContradicted ? contradiction.free : undefined,
  };
}

function stageOf(
  sinceLastMs: number,
  watched: Watched,
  group: TupleGroup,
  roomSinceMs: number | undefined,
): LimitStage {
  if (sinceLastMs >= EPISODE_MS) return 'over';
  if (roomSinceMs !== undefined) return 'recovering';
  if (sinceLastMs < LOT_MS) return 'dry';
  return isInUse(watched, group, sinceLastMs) ? 'dry' : 'recovering';
}

/** Longest pause of a client that still wants ports. */
const PAUSE_MS = 5000;

/** True if connections were made or refused in the last seconds. */
function isInUse({ looks }: Watched, group: TupleGroup, sinceLastMs: number): boolean {
  if (sinceLastMs < PAUSE_MS) return true;
  const live = group.liveUsed - (looks[0]?.live ?? 0);
  return live > 0 || closesWithin(group.drainSchedule, PAUSE_MS / 1000) > 0;
}
