import { type Rates, usualSince } from './rates-before.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { severityOf } from './severity.ts';

/** An episode is over after this long without refusals. */
export const EPISODE_MS = 60_000;
/** A group that comes to its limit after this long with room begins a new episode: the old one says nothing of it. */
const ROOM_MS = 10_000;
/** Ports free for less than this are no recovery: the timer wheel releases TIME_WAIT in batches. */
export const LOT_MS = 1500;
/** Ports that last for this long are no batch. */
const MUCH_MS = 5000;
/** How long an episode is remembered after its end. */
const KEPT_MS = 15 * 60_000;

/** A time in which a group came to its limit once or again and again. */
export interface Episode {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly times: number;
  readonly madeBeforePerSecond: number | undefined;
  readonly mostWantedPerSecond: number | undefined;
  readonly contradiction: { readonly free: number; readonly atMs: number } | undefined;
  /** First sample with room since the last one at the limit; undefined: none. */
  readonly roomSinceMs: number | undefined;
  /** Ports that came free and stay free; undefined: hardly any are. */
  readonly spare: { readonly sinceMs: number; readonly most: number } | undefined;
}

/** One that begins now; `rates`: those of the connections made before it. */
export function newEpisode(rates: Rates, nowMs: number): Episode {
  return {
    sinceMs: nowMs,
    lastMs: nowMs,
    times: 1,
    madeBeforePerSecond: usualSince(rates, nowMs),
    mostWantedPerSecond: undefined,
    contradiction: undefined,
    roomSinceMs: undefined,
    spare: undefined,
  };
}

/** True if a group that is at its limit now is still in this episode. */
export function isGoingOn({ lastMs, roomSinceMs = Infinity }: Episode, nowMs: number): boolean {
  return nowMs - lastMs < EPISODE_MS && nowMs - roomSinceMs < ROOM_MS;
}

/** Remembers since when there has been room; a batch of the timer wheel is none. */
export function withRoom(
  episode: Episode | undefined,
  group: TupleGroup,
  nowMs: number,
): Episode | undefined {
  if (episode === undefined) return episode;
  const spare = spareOf(episode, group, nowMs);
  const isLasting = nowMs - episode.lastMs >= LOT_MS || isMuch(group, episode);
  const isRoom = (hasRoom(group) && isLasting) || isUntaken(spare, group, nowMs);
  const roomSinceMs = isRoom ? (episode.roomSinceMs ?? nowMs) : episode.roomSinceMs;
  return { ...episode, roomSinceMs, spare };
}

function spareOf({ spare }: Episode, group: TupleGroup, nowMs: number): Episode['spare'] {
  if (severityOf(group, null) === 'critical') return undefined;
  return { sinceMs: spare?.sinceMs ?? nowMs, most: Math.max(spare?.most ?? 0, group.free) };
}

/** True if ports stay free that came free: at the pace at which they are taken, they last longer than a batch does. */
function isUntaken(spare: Episode['spare'], { free }: TupleGroup, nowMs: number): boolean {
  if (spare === undefined || nowMs - spare.sinceMs < LOT_MS) return false;
  return (spare.most - free) * MUCH_MS < free * (nowMs - spare.sinceMs);
}

/** True if the demand cannot take these ports before the next batch: something was changed. */
function isMuch({ free }: TupleGroup, { mostWantedPerSecond: most }: Episode): boolean {
  return most !== undefined && free > (most * MUCH_MS) / 1000;
}

function hasRoom(group: TupleGroup): boolean {
  return severityOf(group, null) === 'info';
}

/** The episode, unless it has been over for long. */
export function remembered(episode: Episode | undefined, nowMs: number): Episode | undefined {
  return episode !== undefined && nowMs - episode.lastMs < EPISODE_MS + KEPT_MS
    ? episode
    : undefined;
}
