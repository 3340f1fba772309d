import { mean } from './line-fit.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Window for the rate before an episode. Samples closer together than `least` give no rate. */
const RATE_WINDOW_MS = { least: 900, most: 3000 } as const;
/** The rate before an episode is the usual one within this time before it. */
const BEFORE_MS = 10_000;

/** Live connections of a group in a sample. */
export interface Look {
  readonly atMs: number;
  readonly live: number;
}

/** Connections that a group made per second, oldest first. */
export type Rates = readonly { readonly atMs: number; readonly perSecond: number }[];

/** The looks that a rate is made of, with the newest. */
export function withLook(looks: readonly Look[], newest: Look): readonly Look[] {
  return [...looks, newest].filter(({ atMs }) => atMs >= newest.atMs - RATE_WINDOW_MS.most);
}

/** The rates with that since the oldest look. */
export function withRate(
  rates: Rates,
  looks: readonly Look[],
  { drainSchedule, liveUsed }: TupleGroup,
): Rates {
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

/** Of the highest rate: a lower one is from before the rush, or from its very beginning. */
const RUSH_SHARE = 0.5;

/**
 * The mean rate of a rush shortly before an episode that begins now; undefined: none is known. Its crests alone would
 * say that more is wanted than is.
 */
export function usualSince(rates: Rates, nowMs: number): number | undefined {
  const recent = rates
    .filter(({ atMs }) => atMs >= nowMs - BEFORE_MS)
    .map(({ perSecond }) => perSecond);
  const least = RUSH_SHARE * (highestOf(recent) ?? 0);
  const rush = recent.filter((rate) => rate >= least);
  return rush.length === 0 ? undefined : mean(rush);
}

/** The highest of the rates that are known; undefined: none is. */
export function highestOf(rates: readonly (number | undefined)[]): number | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
