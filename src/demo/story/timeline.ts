import type { RatePoint, Route } from './scenario.ts';

/** Step of the timeline, in seconds: requests of one step are sent together. */
export const STEP_S = 0.05;

/** Requests per second for a route at this second of the timeline. */
export function rateAt({ rates, wave }: Pick<Route, 'rates' | 'wave'>, atS: number): number {
  const base = pointRate(rates, atS);
  return wave === undefined
    ? base
    : base * (1 + wave.share * Math.sin((2 * Math.PI * atS) / wave.periodS));
}

function pointRate(rates: readonly RatePoint[], atS: number): number {
  const after = rates.findIndex((point) => point.atS > atS);
  const before = rates.at(after < 0 ? -1 : after - 1);
  const next = after < 0 ? undefined : rates[after];
  if (before === undefined || after === 0) return rates[0]?.perSecond ?? 0;
  if (next === undefined) return before.perSecond;
  const share = (atS - before.atS) / (next.atS - before.atS);
  return before.perSecond + share * (next.perSecond - before.perSecond);
}

/** Numbers from 0 to 1 that look random, and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The requests of a timeline, step by step. The gaps between two requests are by chance, from 0.5 to 1.5 of their mean:
 * the same ones for the same seed, whatever the pace at which the steps are taken.
 */
export class Arrivals {
  readonly #routes: readonly { route: Route; random: () => number; due: number }[];
  #steps = 0;

  constructor(routes: readonly Route[], seed: number) {
    this.#routes = routes.map((route, index) => {
      const random = seededRandom(seed * 1000 + index);
      return { route, random, due: gap(random) };
    });
  }

  /** Seconds of the timeline so far. */
  get elapsedS(): number {
    return this.#steps * STEP_S;
  }

  /** Takes the next step. Returns the names of the routes that are asked in it, once for each request. */
  next(): string[] {
    const atS = this.elapsedS;
    this.#steps += 1;
    const names: string[] = [];
    for (const each of this.#routes) {
      each.due -= rateAt(each.route, atS) * STEP_S;
      for (; each.due <= 0; each.due += gap(each.random)) names.push(each.route.name);
    }
    return names;
  }
}

/** In mean gaps. */
function gap(random: () => number): number {
  return 0.5 + random();
}
