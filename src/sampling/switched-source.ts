import type { Sample } from '../model/sample/sample.ts';
import { SourceError } from '../source/source-error.ts';
import type { PacedSamples } from './paced-samples.ts';

/** One of two sources at a time. */
export interface SwitchedSource extends PacedSamples {
  /** Goes over to the other one, if it is not the one in use. */
  choose(isWide: boolean): void;
}

/** A source that has begun. */
interface Running {
  readonly isWide: boolean;
  readonly source: PacedSamples;
  readonly stop: AbortController;
  readonly ended: AbortSignal;
  readonly samples: AsyncIterator<Sample, void>;
  readonly first: Promise<IteratorResult<Sample, void>>;
}

/**
 * The samples of one source, or of another from some moment on. `open` makes a new one each time: a wide one, of all
 * places, or that of here alone. The one in use goes on until the other one has its first sample, and stays where that
 * does not come: `onFailure` hears why. One that cannot go on is left for the first one, whose SourceError is thrown.
 */
export function switchedSource(
  open: (isWide: boolean) => PacedSamples,
  first: boolean,
  onFailure: (sentence: string) => void,
): SwitchedSource {
  let wanted = first;
  let intervalMs: number | undefined;
  let whole: AbortSignal | undefined;
  let current: Running | undefined;
  let coming: Running | undefined;

  const begin = (isWide: boolean): Running => {
    const stop = new AbortController();
    const source = open(isWide);
    const ended = whole === undefined ? stop.signal : AbortSignal.any([whole, stop.signal]);
    const samples = source.samples(ended)[Symbol.asyncIterator]();
    return { isWide, source, stop, ended, samples, first: samples.next() };
  };
  const leave = async (left: Running | undefined) => {
    left?.stop.abort();
    await left?.samples.return?.();
  };
  const awaitFirst = async (other: Running) => {
    try {
      await other.first;
      if (coming === other) current?.stop.abort();
    } catch (error) {
      if (coming !== other) return;
      coming = undefined;
      onFailure(error instanceof Error ? error.message : String(error));
    }
  };

  return {
    setInterval(askedMs) {
      intervalMs = askedMs;
      current?.source.setInterval(askedMs);
    },
    choose(isWide) {
      wanted = isWide;
      if (coming?.isWide === isWide) return;
      void leave(coming);
      coming = undefined;
      if (current === undefined || current.isWide === isWide) return;
      coming = begin(isWide);
      void awaitFirst(coming);
    },
    async *samples(signal) {
      whole = signal;
      current = begin(wanted);
      try {
        for (;;) {
          const running: Running = current;
          try {
            let next = await running.first;
            // A thread takes its pace once it runs.
            if (intervalMs !== undefined) running.source.setInterval(intervalMs);
            for (
              ;
              next.done !== true && !running.ended.aborted;
              next = await running.samples.next()
            )
              // Places that are not wanted any more are not to come again.
              if (wanted || next.value.place.kind === 'here') yield next.value;
            await running.samples.return?.();
            if (!running.stop.signal.aborted) return;
            current = coming ?? begin(wanted);
          } catch (error) {
            if (running.isWide === first || !(error instanceof SourceError)) throw error;
            onFailure(error.message);
            wanted = first;
            current = begin(first);
          }
          coming = undefined;
        }
      } finally {
        await Promise.all([leave(coming), leave(current)]);
      }
    },
  };
}
