import { TOLD_MS } from '../model/followed-advice.ts';
import { hasOtherSysctls, hasTurned } from '../model/has-turned.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import type { RecordingIndex } from './index-of-members.ts';
import type { NumberedSample, RecordedSamples } from './samples.ts';

/**
 * How far back the samples lie that are read first, in ms. They are closer than the minute that ends an outage, so that
 * a long one stays one.
 */
const FIRST_MS = [
  ...Array.from({ length: 7 }, (_, step) => 10_000 * step),
  ...Array.from({ length: 28 }, (_, step) => 90_000 + 30_000 * step),
];
/** Of this time a sample a second is read, and wherever something turned. */
const CLOSELY_MS = 90_000;
const CLOSE_STEP_MS = 1000;
/** Of this time every sample is read in the end, and of as long before a sysctl changed. */
const EVERY_SAMPLE_MS = 20_000;

/** A recording to look back in. */
export interface LookedBackIn {
  readonly samples: RecordedSamples;
  readonly index: RecordingIndex;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** When to stop looking back: something else is wanted, or it takes longer than this. */
export interface LookBackLimits {
  readonly isEnough: () => boolean;
  readonly longestMs: number;
}

/**
 * The samples up to number `from`, the oldest first, that a model needs to say of an outage and of what was done what it
 * would say after all of them: every sample of the last 20 s, one a second of the last 90 s, fewer up to 15 minutes
 * before, every one where something turned, and every one of the 20 s before a sysctl changed. Fewer where there are so
 * many groups that it would take longer than `longestMs`: the ones that matter most are read first.
 */
export async function lookBack(
  { samples, index, clock }: LookedBackIn,
  from: number,
  { isEnough, longestMs }: LookBackLimits,
): Promise<NumberedSample[]> {
  const fromMs = index.elapsedMsOf(from);
  const startedMs = clock.monotonicMs();
  const found = new Map<number, Sample>();
  const isOver = () => isEnough() || clock.monotonicMs() - startedMs > longestMs;
  const readNear = async (elapsedMs: number) => {
    const near = await samples.near(index.sampleAt(Math.max(0, elapsedMs)), isEnough);
    if (near !== undefined) found.set(near.index, near.sample);
  };

  for (const ageMs of FIRST_MS) {
    await readNear(fromMs - ageMs);
    if (isOver() || ageMs > fromMs) break;
  }
  for (const { older, newer, isTurned } of neighbours(found)) {
    const newerMs = index.elapsedMsOf(newer);
    if (fromMs - newerMs >= CLOSELY_MS && !isTurned()) continue;
    const olderMs = index.elapsedMsOf(older);
    for (let atMs = newerMs - CLOSE_STEP_MS; atMs > olderMs; atMs -= CLOSE_STEP_MS) {
      if (isOver()) break;
      await readNear(atMs);
    }
  }
  const readBetween = async (isWanted: (pair: Neighbours) => boolean) => {
    for (const pair of neighbours(found)) {
      if (isOver()) break;
      if (!isWanted(pair)) continue;
      for await (const each of samples.between(pair.older + 1, pair.newer, isEnough))
        found.set(each.index, each.sample);
    }
  };
  const isJustBefore = (toMs: number, { newer }: Neighbours) => {
    const agoMs = toMs - index.elapsedMsOf(newer);
    return agoMs >= 0 && agoMs < EVERY_SAMPLE_MS;
  };
  // What turned first, then all of the last seconds: rates, and so promises, are those of one sample after the other.
  await readBetween(({ isTurned }) => isTurned());
  await readBetween((pair) => isJustBefore(fromMs, pair));
  const promisesMs = neighbours(found)
    .filter(({ isSet }) => isSet())
    .map(({ newer }) => index.elapsedMsOf(newer))
    .filter((atMs) => fromMs - atMs < TOLD_MS);
  await readBetween((pair) => promisesMs.some((atMs) => isJustBefore(atMs, pair)));
  return [...found]
    .toSorted(([a], [b]) => a - b)
    .map(([number, sample]) => ({ index: number, sample }));
}

interface Neighbours {
  readonly older: number;
  readonly newer: number;
  readonly isTurned: () => boolean;
  /** True if a sysctl changed. */
  readonly isSet: () => boolean;
}

/** The numbers of samples that follow each other, the newest first. */
function neighbours(found: ReadonlyMap<number, Sample>): Neighbours[] {
  const numbers = [...found.keys()].toSorted((a, b) => b - a);
  return numbers.slice(1).map((older, index) => {
    const newer = numbers[index] ?? older;
    const [earlier, later] = [found.get(older), found.get(newer)];
    return {
      older,
      newer,
      isTurned: () => hasTurned(earlier, later),
      isSet: () => hasOtherSysctls(earlier, later),
    };
  });
}
