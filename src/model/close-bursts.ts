import { mean, median } from './line-fit.ts';

/** Similar bursts at regular intervals. */
export interface Bursts {
  /** Closes per burst. */
  readonly size: number;
  /** Time from one burst to the next. */
  readonly everySeconds: number;
  /** Time since the last burst; less than `everySeconds`. */
  readonly lastAgoSeconds: number;
}

/** Bursts, and how long one lasts. */
export interface Rhythm extends Bursts {
  readonly lastsSeconds: number;
}

/** Fewer bursts have no rhythm. */
const LEAST_BURSTS = 3;
/** Bursts are similar if sizes and pauses differ from their mean by at most this share; a pause may be a second off. */
const LIKENESS = 0.4;
/** The rhythm has ended if the last burst is older than this many pauses. */
const OVERDUE = 1.25;

/** The rhythm of closes (per second, newest first); undefined if they have none. */
export function rhythmOf(closes: readonly number[]): Rhythm | undefined {
  const runs = burstRuns(closes);
  const [newest, ...elder] = runs;
  if (newest === undefined || runs.length < LEAST_BURSTS) return undefined;
  const ages = runs.map(({ age }) => age);
  const pauses = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
  // The newest may still be going on, and the oldest may be cut off.
  const whole = runs.length > LEAST_BURSTS ? elder.slice(0, -1) : elder;
  const sizes = whole.map(({ size }) => size);
  const [everySeconds, size] = [mean(pauses), mean(sizes)];
  const alike = (values: readonly number[], average: number, least = 0) =>
    values.every((value) => Math.abs(value - average) <= Math.max(least, LIKENESS * average));
  if (!alike(sizes, size) || !alike(pauses, everySeconds, 1)) return undefined;
  if (newest.size > (1 + LIKENESS) * size || newest.age > OVERDUE * everySeconds) return undefined;
  return {
    size,
    everySeconds,
    lastAgoSeconds: Math.min(newest.age, everySeconds - 0.001),
    lastsSeconds: mean(whole.map(({ seconds }) => seconds)),
  };
}

/** Consecutive seconds with closes. */
interface Run {
  /** Seconds since its middle. */
  age: number;
  size: number;
  seconds: number;
}

/** Runs of seconds with closes, the newest first. */
function burstRuns(closes: readonly number[]): readonly Readonly<Run>[] {
  const runs: Run[] = [];
  closes.forEach((count, index) => {
    if (count === 0) return;
    const last = runs.at(-1);
    if (last === undefined || (closes[index - 1] ?? 0) === 0) {
      runs.push({ age: index + 0.5, size: count, seconds: 1 });
    } else {
      // A burst across several seconds gets their mean age, weighted by closes.
      last.age += (count * (index + 0.5 - last.age)) / (last.size + count);
      last.size += count;
      last.seconds++;
    }
  });
  return runs;
}

/** Anything longer is a rate. */
const LONGEST_BURST_SECONDS = 2;
/** A second belongs to a burst if it exceeds the median by this many standard deviations and by this factor. */
const BURST_DEVIATIONS = 4;
const BURST_TIMES = 2;

/** Closes per second without bursts. */
export interface Calm {
  /** Seconds of a burst are replaced by the median. */
  readonly closes: readonly number[];
  /** Number of bursts taken out. */
  readonly bursts: number;
}

/** Takes bursts out of closes per second: at most two consecutive seconds far above the median. */
export function withoutBursts(closes: readonly number[]): Calm {
  const usual = median(closes);
  const limit = Math.max(BURST_TIMES * usual, usual + BURST_DEVIATIONS * Math.sqrt(usual + 1));
  // If other seconds come close, these are not bursts but a low, uneven rate.
  const others = Math.max(0, ...closes.filter((count) => count <= limit));
  if (closes.some((count) => count > limit && count < BURST_TIMES * others))
    return { closes, bursts: 0 };
  const calm = [...closes];
  let bursts = 0;
  for (let from = 0; from < closes.length;) {
    let to = from;
    while ((closes[to] ?? 0) > limit) to++;
    if (to > from && to - from <= LONGEST_BURST_SECONDS) {
      bursts++;
      calm.fill(usual, from, to);
    }
    from = to + 1;
  }
  return { closes: calm, bursts };
}
