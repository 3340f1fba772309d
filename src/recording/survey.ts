import { hasTurned } from '../model/has-turned.ts';
import type { Clock } from '../source/clock.ts';
import type { NumberedSample, RecordedSamples } from './samples.ts';
import type { RecordingIndex } from './index-of-members.ts';

interface Looking {
  readonly signal?: AbortSignal;
  readonly rest?: Rest;
}

/**
 * The first sample of each member, which is one a second, and the last sample of all: quickly read, as members begin
 * with a whole sample. Where something turned from one to the next, those between come too: a turning point has the
 * time that it would have among all samples. Ends early when the signal is aborted; rests between the samples if it is
 * given a `rest`. Throws SourceError if no sample can be read.
 */
export async function* survey(
  samples: RecordedSamples,
  index: RecordingIndex,
  { signal, rest }: Looking = {},
): AsyncGenerator<NumberedSample, void> {
  const isOver = () => signal?.aborted === true;
  const between = (older: NumberedSample | undefined, newer: NumberedSample) =>
    older !== undefined && hasTurned(older.sample, newer.sample)
      ? rested(samples.between(older.index + 1, newer.index, isOver), rest)
      : [];
  let last: NumberedSample | undefined;
  for (let member = 0; member < index.members && !isOver(); member++) {
    const found = await samples.at(index.firstSampleOf(member), 'later', isOver);
    await rest?.afterWork();
    if (found === undefined) return;
    // Where it cannot be read, it is another one.
    if (last !== undefined && found.index <= last.index) continue;
    yield* between(last, found);
    last = found;
    member = Math.max(member, index.memberOf(found.index));
    yield found;
  }
  const end = isOver() ? undefined : await samples.at(index.samples - 1, 'earlier', isOver);
  if (end === undefined || end.index <= (last?.index ?? -1)) return;
  yield* between(last, end);
  yield end;
}

async function* rested(
  found: AsyncIterable<NumberedSample>,
  rest: Rest | undefined,
): AsyncGenerator<NumberedSample, void> {
  for await (const each of found) {
    await rest?.afterWork();
    yield each;
  }
}

/** Of a longer recording, one sample a second is looked at, and more where something turned: an hour and more at the usual pace. */
const MOST_LOOKS = 20_000;

/**
 * True if a recording is so long that not every sample of it is looked at. Of several places all are, as the first of a
 * second are of one place only. Ask once samples were read: the last know of all places.
 */
export function isThinned({ places }: RecordedSamples, index: RecordingIndex): boolean {
  return index.samples > MOST_LOOKS && places <= 1;
}

/** The samples that turning points are found in, by a report and on a time line alike. Throws as the two others. */
export async function* looks(
  samples: RecordedSamples,
  index: RecordingIndex,
  options: Looking = {},
): AsyncGenerator<NumberedSample, void> {
  if (index.samples > MOST_LOOKS) await samples.near(index.samples - 1, () => false);
  yield* (isThinned(samples, index) ? survey : everySample)(samples, index, options);
}

/** Every sample that can be read, in the order of time; ends and rests as `survey`. Throws SourceError if none can. */
export function everySample(
  samples: RecordedSamples,
  index: RecordingIndex,
  { signal, rest }: Looking = {},
): AsyncGenerator<NumberedSample, void> {
  return rested(
    samples.between(0, index.samples, () => signal?.aborted === true),
    rest,
  );
}

/** Longest work between two rests: a key is answered that much later. */
const WORK_MS = 20;

/** Rests as long as was worked, so that a screen goes on beside it. */
export class Rest {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #sinceMs: number;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#sinceMs = clock.monotonicMs();
  }

  /** Called behind each piece of work. */
  async afterWork(): Promise<void> {
    const workedMs = this.#clock.monotonicMs() - this.#sinceMs;
    if (workedMs < WORK_MS) return;
    await this.#clock.sleep(workedMs, this.#signal);
    this.#sinceMs = this.#clock.monotonicMs();
  }
}
