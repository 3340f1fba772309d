import { median } from '../bench/statistics.ts';
import { TARGETS } from '../bench/targets.ts';
import type { SoakReading } from './protocol.ts';
import { fitPoints, type Line, type Point } from './regression.ts';

/** What a limit says of a quantity. Undecided: the run was too short for its scatter. */
export type Verdict = 'pass' | 'FAIL' | 'undecided' | 'told only';

/** A quantity over the time that counts. */
export interface Judged {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  /** Means of the first and the last tenth, and of all. */
  readonly start: number;
  readonly end: number;
  readonly mean: number;
  /** Per hour. */
  readonly line: Line;
  readonly limit: string;
  readonly verdict: Verdict;
}

/** Values of the readings that count, and the line through them. */
interface Seen {
  readonly values: readonly number[];
  readonly line: Line;
}

/** How a quantity is held to its limit. */
interface Limit {
  readonly text: string;
  readonly judge: (seen: Seen) => Verdict;
}

interface Watched {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  /** Its value in a reading; undefined where it was not measured. */
  readonly of: (reading: SoakReading, previous: SoakReading) => number | undefined;
  readonly limit: Limit;
}

const MB = 1e6;
const HOUR_MS = 3_600_000;
/** Lines go through the means of so many stretches; see `fitPoints`. */
const STRETCHES = 20;
/** As many standard errors hold a slope in 19 of 20 runs. */
const SURE = 2;

const NO_LIMIT: Limit = { text: '–', judge: () => 'told only' };

/** Grows by at most so much an hour, beyond doubt. */
export function atMostPerHour(most: number, unit: string): Limit {
  return {
    text: `≤ ${most} ${unit} an hour`,
    judge: ({ line: { slope, slopeError } }) => {
      if (slope + SURE * slopeError <= most) return 'pass';
      return slope - SURE * slopeError > most ? 'FAIL' : 'undecided';
    },
  };
}

/** Whole things, of which the second half has as many as the first. A search through /proc opens some for a moment. */
export const FLAT: Limit = {
  text: 'flat',
  judge: ({ values }) => {
    const half = Math.floor(values.length / 2);
    return median(values.slice(half)) <= median(values.slice(0, half)) ? 'pass' : 'FAIL';
  },
};

function onAverage(most: number, unit: string): Limit {
  return {
    text: `≤ ${most.toLocaleString('en-US')} ${unit}`,
    judge: ({ values }) => (meanOf(values) <= most ? 'pass' : 'FAIL'),
  };
}

/** What a soak watches, in the order of its table. */
const WATCHED: readonly Watched[] = [
  memory('anonymous memory', (reading) => reading.anonymousBytes, atMostPerHour(1, 'MB')),
  memory('resident memory', (reading) => reading.residentBytes),
  memory('JS heaps, used', (reading) => reading.heap?.heapBytes),
  memory('JS heaps, pages', (reading) => reading.heap?.physicalBytes),
  memory('buffers and V8’s own', (reading) => reading.heap?.mallocedBytes),
  count('descriptors', (reading) => reading.descriptors),
  count('threads', (reading) => reading.threads),
  count('processes', (reading) => reading.processes),
  count('handles', (reading) => reading.heap?.handles),
  rate('CPU', '%', 1, (reading) => reading.cpuMs / 10, NO_LIMIT),
  rate(
    'to the terminal',
    'bytes/s',
    0,
    (reading) => reading.terminalBytes,
    onAverage(TARGETS.busyBytesPerSecond.limit, 'bytes/s'),
  ),
];

function memory(
  name: string,
  of: (reading: SoakReading) => number | undefined,
  limit = NO_LIMIT,
): Watched {
  const megabytes = (reading: SoakReading) => {
    const bytes = of(reading);
    return bytes === undefined ? undefined : bytes / MB;
  };
  return { name, unit: 'MB', decimals: 2, of: megabytes, limit };
}

function count(name: string, of: (reading: SoakReading) => number | undefined): Watched {
  return { name, unit: '', decimals: 0, of, limit: FLAT };
}

/** What is counted up, by the second. */
function rate(
  name: string,
  unit: string,
  decimals: number,
  counter: (reading: SoakReading) => number,
  limit: Limit,
): Watched {
  const of = (reading: SoakReading, previous: SoakReading) =>
    (1000 * (counter(reading) - counter(previous))) / (reading.atMs - previous.atMs);
  return { name, unit, decimals, of, limit };
}

/** Judges the readings from `settledMs` on: before that, code is compiled and history fills. */
export function judgeSoak(readings: readonly SoakReading[], settledMs: number): Judged[] {
  return WATCHED.flatMap((watched) => {
    const points = readings.flatMap((reading, index): Point[] => {
      const previous = readings[index - 1];
      if (previous === undefined || reading.atMs < settledMs) return [];
      const value = watched.of(reading, previous);
      return value === undefined ? [] : [[reading.atMs / HOUR_MS, value]];
    });
    return points.length < 3 ? [] : [judgeOne(watched, points)];
  });
}

function judgeOne({ name, unit, decimals, limit }: Watched, points: readonly Point[]): Judged {
  const values = points.map(([, value]) => value);
  const line = fitPoints(points, STRETCHES);
  const tenth = Math.ceil(values.length / 10);
  return {
    name,
    unit,
    decimals,
    start: meanOf(values.slice(0, tenth)),
    end: meanOf(values.slice(-tenth)),
    mean: meanOf(values),
    line,
    limit: limit.text,
    verdict: limit.judge({ values, line }),
  };
}

/** The verdict on all: the worst of them. */
export function overall(judged: readonly Judged[]): Exclude<Verdict, 'told only'> {
  const verdicts = judged.map(({ verdict }) => verdict);
  if (verdicts.includes('FAIL') || !verdicts.includes('pass')) return 'FAIL';
  return verdicts.includes('undecided') ? 'undecided' : 'pass';
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
