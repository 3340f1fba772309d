import { PlaceStreams } from '../model/place-streams.ts';
import type { Turn, Turns } from '../model/playback.ts';
import { PlaceTurns } from '../model/report/place-turns.ts';
import { isAfterGap } from '../model/report/sample-gaps.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import type { Recorded } from './file.ts';
import { RecordedSamples } from './samples.ts';
import { isThinned, looks, Rest } from './survey.ts';

/** News of the search at least after each such share of the recording. */
const NEWS_SHARE = 0.05;

/**
 * Looks through a recording for turning points, beside a screen; tells of them as they are found. The file must be its
 * own: what is found damaged is left out in its index. Throws SourceError if no sample can be read.
 */
export async function* findTurns(
  file: Recorded,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Turns, void> {
  const { index } = file;
  const streams = new PlaceStreams();
  const found = new PlaceTurns();
  let told: { points: number; share: number } = { points: 0, share: 0 };
  const samples = new RecordedSamples(file, clock);
  const lastOf = new Map<string, Sample>();
  for await (const each of looks(samples, index, { signal, rest: new Rest(clock, signal) })) {
    const reading = {
      isDamaged: file.problem !== undefined,
      isThinned: isThinned(samples, index),
    };
    const { id } = each.sample.place;
    const isAfter = isAfterGap(lastOf.get(id), each.sample, reading);
    found.push(streams.next(each.sample), each.index, isAfter);
    lastOf.set(id, each.sample);
    const share = Math.min(1, (each.index + 1) / Math.max(1, index.samples));
    const { points } = found;
    if (points.length === told.points && share - told.share < NEWS_SHARE) continue;
    told = { points: points.length, share };
    yield { points: points.map((point) => placed(point)), share };
  }
  if (!signal.aborted) yield { points: found.points.map((point) => placed(point)), share: 1 };

  function placed(point: (typeof found.points)[number]): Turn {
    return { ...point, elapsedMs: index.elapsedMsOf(point.index) };
  }
}
