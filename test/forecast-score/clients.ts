/** Clients as building blocks of traffic patterns: when they connect, and for how long. */
import { type Batch, type Client, TICKS_PER_SECOND } from './machine.ts';

/** A rate as a function of seconds since the start. */
export type Rate = (seconds: number) => number;

/** Numbers in (0, 1), the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

/** Sums of fractions fall short of whole numbers. */
const ROUNDING = 1e-9;

const NONE: readonly Batch[] = [];

const batch = (count: number, holdSeconds: number): readonly Batch[] =>
  count === 0 ? NONE : [{ count, holdSeconds }];

/** Connects evenly at a rate, which may change with time. */
export function paced(rate: number | Rate, holdSeconds = 0): Client {
  const at = typeof rate === 'number' ? () => rate : rate;
  let owed = 0;
  return (from, to) => {
    owed += at((from + to) / 2) * (to - from);
    const count = Math.floor(owed + ROUNDING);
    owed -= count;
    return batch(count, holdSeconds);
  };
}

/** Connects independently (a Poisson process) at a mean rate; holds are distributed exponentially where `random` says so. */
export function independent(
  rate: number | Rate,
  random: () => number,
  meanHoldSeconds = 0,
): Client {
  const at = typeof rate === 'number' ? () => rate : rate;
  return (from, to) => {
    const count = poisson(at((from + to) / 2) * (to - from), random);
    if (meanHoldSeconds === 0) return batch(count, 0);
    return Array.from({ length: count }, () => ({
      count: 1,
      holdSeconds: -Math.log(random()) * meanHoldSeconds,
    }));
  };
}

/** A number of independent events with this mean. */
function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const end = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > end; count++) product *= random();
  return count;
}

/** Connects so many times in one tick. */
export function once(atSeconds: number, count: number, holdSeconds = 0): Client {
  return (from, to) =>
    from <= atSeconds + ROUNDING && atSeconds + ROUNDING < to
      ? batch(Math.round(count), holdSeconds)
      : NONE;
}

/** The same every so many seconds, from `first` on. */
export function bursts(
  size: number,
  everySeconds: number,
  { first = 0, holdSeconds = 0 }: { first?: number; holdSeconds?: number } = {},
): Client {
  const number = (seconds: number) => Math.ceil((seconds - first - ROUNDING) / everySeconds);
  return (from, to) =>
    to > first && number(to) > Math.max(0, number(from))
      ? batch(Math.round(size), holdSeconds)
      : NONE;
}

/** A client that is there from one moment to another. */
export function during(fromSeconds: number, toSeconds: number, client: Client): Client {
  return (from, to) =>
    from >= fromSeconds - ROUNDING && from < toSeconds - ROUNDING ? client(from, to) : NONE;
}

/** Several clients of one destination. */
export function together(...clients: readonly Client[]): Client {
  return (from, to) => clients.flatMap((client) => client(from, to));
}

/** A client that goes on as the last `seconds` of demand did on the mean: as often, held as long. */
export function onTheMean(demand: readonly (readonly Batch[])[], seconds: number): Client {
  const batches = demand.flat();
  const total = batches.reduce((sum, { count }) => sum + count, 0);
  const perTick = total / (seconds * TICKS_PER_SECOND);
  let [owed, index, usedUp] = [0, 0, 0];
  return () => {
    const wanted: Batch[] = [];
    owed += perTick;
    while (owed >= 1 - ROUNDING) {
      const { count, holdSeconds } = batches[index % batches.length] ?? {
        count: 1,
        holdSeconds: 0,
      };
      const taken = Math.min(Math.floor(owed + ROUNDING), count - usedUp);
      if (taken > 0) wanted.push({ count: taken, holdSeconds });
      owed -= taken;
      usedUp += taken;
      if (usedUp >= count) [index, usedUp] = [index + 1, 0];
    }
    return wanted;
  };
}
