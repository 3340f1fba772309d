import { printable } from '../kernel/foreign-text.ts';
import type { LostPlace } from '../model/places.ts';
import type { Sample } from '../model/sample/sample.ts';
import { type Clock, systemClock } from '../source/clock.ts';
import { SourceError } from '../source/source-error.ts';
import type { PacedSamples } from './paced-samples.ts';

/** One of several sources of samples. */
export interface NamedSource {
  /** What it is called as long as no sample has named its place; safe to print. */
  readonly name: string;
  readonly source: PacedSamples;
  /** Why there are no samples now, in a sentence; undefined: they come, or it is not known. */
  readonly trouble?: () => string | undefined;
}

/** The samples of several places. */
export interface MergedSource extends PacedSamples {
  /** The places that no samples come from now. */
  lost(): readonly LostPlace[];
}

/** A source that has failed is tried again after so long, in ms. */
const AGAIN_MS = 30_000;

/** What is known of one of the sources. */
interface Progress {
  place: { readonly id: string; readonly name: string } | undefined;
  failure: string | undefined;
}

/**
 * The samples of all sources as they come. One that fails does not disturb the others: it is told as lost, and tried
 * again. Throws SourceError where all fail and there was never a sample.
 */
export function mergedSource(
  sources: readonly NamedSource[],
  clock: Pick<Clock, 'sleep'> = systemClock,
): MergedSource {
  const all = sources.map((each) => {
    const progress: Progress = { place: undefined, failure: undefined };
    return { ...each, progress };
  });
  return {
    setInterval: (intervalMs) => {
      for (const { source } of all) source.setInterval(intervalMs);
    },
    lost: () =>
      all.flatMap(({ name, trouble, progress: { place, failure } }) => {
        const reason = trouble?.() ?? failure;
        return reason === undefined
          ? []
          : { placeId: place?.id, name: place?.name ?? name, reason };
      }),
    async *samples(signal) {
      const stop = new AbortController();
      const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      const inbox = new Inbox();
      // Whoever has left takes no more samples: nobody is to wait for that.
      ended.addEventListener('abort', () => inbox.end(), { once: true });
      let left = all.length;
      const feed = async ({ name: own, source, progress }: (typeof all)[number]) => {
        while (!ended.aborted) {
          try {
            for await (const taken of source.samples(ended)) {
              const others = all.filter((each) => each.progress !== progress);
              const sample = withOwnName(
                taken,
                own,
                others.map((each) => each.progress.place?.name),
              );
              const { id, name } = sample.place;
              progress.place = { id, name: printable(name) };
              progress.failure = undefined;
              await inbox.put(sample);
            }
            break;
          } catch (error) {
            if (!(error instanceof SourceError)) return inbox.fail(error);
            progress.failure = error.message;
            if (all.every((each) => isHopeless(each.progress)))
              return inbox.fail(unreadError(all.map((each) => each.progress.failure ?? '')));
            await clock.sleep(AGAIN_MS, ended);
          }
        }
        if (--left === 0) inbox.end();
      };
      const fed = all.map(feed);
      try {
        yield* inbox.samples();
      } finally {
        stop.abort();
        inbox.end();
        await Promise.all(fed);
      }
    },
  };
}

/** The sample of a place with `own` behind its name, if another place has that name: two containers may have the same. */
export function withOwnName(
  sample: Sample,
  own: string,
  taken: readonly (string | undefined)[],
): Sample {
  const { place } = sample;
  const name = printable(place.name);
  if (!taken.includes(name)) return sample;
  const renamed = { ...place, name: `${name} (${own})` };
  return { ...sample, place: renamed };
}

function isHopeless({ place, failure }: Progress): boolean {
  return place === undefined && failure !== undefined;
}

/** The error where no place can be read, of the reason for each. */
export function unreadError([first = '', ...others]: readonly string[]): SourceError {
  return new SourceError(
    others.length === 0 ? first : `none of ${others.length + 1} places can be read: ${first}`,
  );
}

/** Samples on their way from several sources; each waits until its sample is taken. */
class Inbox {
  readonly #waiting: { readonly sample: Sample; readonly taken: () => void }[] = [];
  #news = Promise.withResolvers<void>();
  #error: { readonly error: unknown } | undefined;
  #hasEnded = false;

  put(sample: Sample): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ sample, taken });
      this.#news.resolve();
    });
  }

  fail(error: unknown): void {
    this.#error ??= { error };
    this.#news.resolve();
  }

  /** Nothing more comes, or is taken. */
  end(): void {
    this.#hasEnded = true;
    for (const { taken } of this.#waiting) taken();
    this.#news.resolve();
  }

  async *samples(): AsyncGenerator<Sample, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        next.taken();
        yield next.sample;
        continue;
      }
      if (this.#error !== undefined) throw this.#error.error;
      if (this.#hasEnded) return;
      await this.#news.promise;
      this.#news = Promise.withResolvers();
    }
  }
}
