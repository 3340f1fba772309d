import type { Sample } from '../model/sample/sample.ts';
import { SourceError } from '../source/source-error.ts';
import type { Source } from './source.ts';

/** A source whose pace can be changed. */
export type PacedSamples = Source<Sample> & { readonly setInterval: (intervalMs: number) => void };

/** One of two sources at a time. */
export interface SwitchedSource extends Source<Sample> {
  setInterval(intervalMs: number): void;
  /** Goes over to the other one, if it is not the one in use. */
  choose(which: boolean): void;
}

/**
 * The samples of one source, or of another from some moment on. `open` makes a new one each time. One that cannot go on
 * is left for the first one, and `onFailure` hears why; the first one's SourceError is thrown.
 */
export function switchedSource(
  open: (which: boolean) => PacedSamples,
  first: boolean,
  onFailure: (sentence: string) => void,
): SwitchedSource {
  let wanted = first;
  let intervalMs: number | undefined;
  let current: { readonly source: PacedSamples; readonly stop: AbortController } | undefined;
  return {
    setInterval(askedMs) {
      intervalMs = askedMs;
      current?.source.setInterval(askedMs);
    },
    choose(which) {
      if (which === wanted) return;
      wanted = which;
      current?.stop.abort();
    },
    async *samples(signal) {
      const isOver = () => signal?.aborted === true;
      while (!isOver()) {
        const stop = new AbortController();
        const which = wanted;
        const source = open(which);
        current = { source, stop };
        const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
        try {
          const samples = source.samples(ended)[Symbol.asyncIterator]();
          // A thread takes its pace once it runs.
          let next = await samples.next();
          if (intervalMs !== undefined) source.setInterval(intervalMs);
          for (; next.done !== true && !ended.aborted; next = await samples.next())
            yield next.value;
          await samples.return?.();
          if (!stop.signal.aborted) return;
        } catch (error) {
          if (which === first || !(error instanceof SourceError)) throw error;
          onFailure(error.message);
          wanted = first;
        }
      }
    },
  };
}
