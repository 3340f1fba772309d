import { mean, median } from './line-fit.ts';

/** Bursts of a size, with pauses between them. */
export interface Bursts {
  readonly size: number;
  /** From one to the next. */
  readonly everySeconds: number;
  /** Since the last one; less than `everySeconds`. */
  readonly lastAgoSeconds: number;
}

/** Bursts that are alike, and for how long one lasts. */
export interface Rhythm extends Bursts {
  readonly lastsSeconds: number;
}

/** Fewer bursts have no rhythm. */
const LEAST_BURSTS = 3;
/** Bursts are alike where sizes and pauses lie within so much of their mean, and pauses within a second in any case. */
const LIKENESS = 0.4;
/** A burst that is so late, in pauses, does not come any more. */
const OVERDUE = 1.25;

/** The rhythm of closes per second, the newest first, if they have one. */
export function rhythmOf(closes: readonly number[]): Rhythm | undefined {
  const runs = burstRuns(closes);
  const [newest, ...elder] = runs;
  if (newest === undefined || runs.length < LEAST_BURSTS) return undefined;
  const ages = runs.map(({ age }) => age);
  const pauses = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
  // The newest may be going on, and the oldest may be cut off.
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

/** A row of seconds with closes. */
interface Run {
  /** Of its middle. */
  age: number;
  size: number;
  seconds: number;
}

/** Seconds with closes between seconds without, the newest first. */
function burstRuns(closes: readonly number[]): readonly Readonly<Run>[] {
  const runs: Run[] = [];
  closes.forEach((count, index) => {
    if (count === 0) return;
    const last = runs.at(-1);
    if (last === undefined || (closes[index - 1] ?? 0) === 0) {
      runs.push({ age: index + 0.5, size: count, seconds: 1 });
    } else {
      // Where it falls into two seconds, it is between them.
      last.age += (count * (index + 0.5 - last.age)) / (last.size + count);
      last.size += count;
      last.seconds++;
    }
  });
  return runs;
}

/** What goes on for longer than so many seconds is a rate. */
const LONGEST_BURST_SECONDS = 2;
/** A second belongs to a burst where it has so many deviations more than the usual one, and so many times as much. */
const BURST_DEVIATIONS = 4;
const BURST_TIMES = 2;

/** Closes per second of which bursts were told apart. */
export interface Calm {
  /** The closes without them: such a second is like the usual one. */
  readonly closes: readonly number[];
  readonly bursts: number;
}

/** Tells bursts of closes per second apart: seconds far beyond the usual one, of which no three come in a row. */
export function withoutBursts(closes: readonly number[]): Calm {
  const usual = median(closes);
  const limit = Math.max(BURST_TIMES * usual, usual + BURST_DEVIATIONS * Math.sqrt(usual + 1));
  // Where the others come close, they are no bursts but a rate of few.
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
