import { printable } from '../../kernel/foreign-text.ts';
import type { LostPlace } from '../../model/places.ts';
import type { Sample } from '../../model/sample/sample.ts';
import { type Clock, systemClock } from '../../source/clock.ts';
import { SourceError } from '../../source/source-error.ts';
import { type NamedSource, unreadError, withOwnName } from '../merged-source.ts';
import type { PlacesRound } from '../places-round.ts';
import type { SamplerThread } from '../sampler-thread.ts';

/** A first round ends by itself before that, as what has never worked is given up. */
const FIRST_MS = 40_000;
/** How long a later answer may come behind its time: with others to tell of, or a limit, and alone. */
const SLACK_MS = { others: 5000, alone: 30_000 } as const;

/** One of the places, and the sample of it that was asked for. */
interface Link extends NamedSource {
  readonly samples: AsyncIterator<Sample, void>;
  place?: { readonly id: string; readonly name: string };
  asked?: Promise<Answer> | undefined;
  /** Why there will be none any more. */
  ended?: string | undefined;
  /** How long the last answer took, with the rest before it, in ms. */
  expectedMs: number;
}

type Answer = { readonly sample: Sample } | { readonly failure: string };
type Found = { readonly sample: Sample } | { readonly lost: string };

/** Rounds through the places of several commands, each asked at the same time. */
export class ViaRounds implements SamplerThread<PlacesRound> {
  readonly #clock: Clock;
  readonly #longestMs: (() => number) | undefined;
  readonly #stop = new AbortController();
  readonly #links: readonly Link[];
  #isFirst = true;

  /**
   * `longestMs`: how long a round may take, in ms, where there is something to tell; undefined: as long as the places need.
   */
  constructor(
    sources: readonly NamedSource[],
    clock: Clock = systemClock,
    longestMs?: () => number,
  ) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    const { signal } = this.#stop;
    this.#links = sources.map((each) => ({
      ...each,
      samples: each.source.samples(signal)[Symbol.asyncIterator](),
      expectedMs: 0,
    }));
  }

  /** True once no place can be read any more. */
  get hasEnded(): boolean {
    return this.#links.every(({ ended }) => ended !== undefined);
  }

  /** Rejects with SourceError where no place can be read. */
  async take(): Promise<PlacesRound> {
    const stop = new AbortController();
    const anyone = Promise.withResolvers<void>();
    const limit = this.#limit(anyone.promise, stop.signal);
    const found = await Promise.all(
      this.#links.map(async (link) => {
        const each = await this.#askedOf(link, limit, stop.signal);
        if ('sample' in each) anyone.resolve();
        return each;
      }),
      // The wait would keep the process from its end.
    ).finally(() => stop.abort());
    this.#isFirst = false;
    // In the order of the commands, whoever was faster: names are the same at the next start.
    const told = this.#links.map((link, index) => toldOf(link, found[index], this.#links));
    const samples = told.flatMap((each) => ('sample' in each ? each.sample : []));
    const lost = told.flatMap((each) => ('lost' in each ? each.lost : []));
    if (samples.length > 0 || lost.length === 0) return { samples, lost };
    throw unreadError(lost.map(({ reason }) => reason));
  }

  // They cannot be seen from here.
  watchRefusals(): void {}

  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#links.map(async ({ samples }) => samples.return?.()));
  }

  /** Resolves when the time of the round is over, and somebody has answered. */
  async #limit(anyone: Promise<void>, stop: AbortSignal): Promise<undefined> {
    if (this.#longestMs === undefined) return new Promise(() => {});
    await Promise.all([this.#clock.sleep(Math.max(0, this.#longestMs()), stop), anyone]);
    return undefined;
  }

  #waitMs({ expectedMs, trouble }: Link): number {
    if (this.#isFirst) return FIRST_MS;
    const isAlone = this.#links.length === 1;
    // It comes again by itself; the others do not wait for it.
    if (!isAlone && trouble?.() !== undefined) return 0;
    const isPatient = isAlone && this.#longestMs === undefined;
    return expectedMs + (isPatient ? SLACK_MS.alone : SLACK_MS.others);
  }

  async #askedOf(link: Link, limit: Promise<undefined>, stop: AbortSignal): Promise<Found> {
    if (link.ended !== undefined) return { lost: link.ended };
    const startedMs = this.#clock.monotonicMs();
    const tooLong = this.#clock.sleep(this.#waitMs(link), stop).then(() => undefined);
    link.asked ??= answerOf(link);
    const answer = await Promise.race([link.asked, tooLong, limit]);
    if (answer === undefined) {
      const seconds = (this.#clock.monotonicMs() - startedMs) / 1000;
      return { lost: link.trouble?.() ?? `no answer within ${Number(seconds.toFixed(1))} s.` };
    }
    link.asked = undefined;
    if ('failure' in answer) return { lost: (link.ended = answer.failure) };
    const { intervalMs = 0, lagMs = 0 } = answer.sample.sampling.pacing ?? {};
    link.expectedMs = intervalMs + lagMs;
    return answer;
  }
}

function toldOf(
  link: Link,
  found: Found | undefined,
  links: readonly Link[],
): { readonly sample: Sample } | { readonly lost: LostPlace } {
  if (found === undefined) throw new RangeError('nobody was asked');
  if ('lost' in found) {
    const { place, name } = link;
    return { lost: { placeId: place?.id, name: place?.name ?? name, reason: found.lost } };
  }
  const names = links.filter((each) => each !== link).map(({ place }) => place?.name);
  const sample = withOwnName(found.sample, link.name, names);
  link.place = { id: sample.place.id, name: printable(sample.place.name) };
  return { sample };
}

async function answerOf({ samples }: Link): Promise<Answer> {
  try {
    const next = await samples.next();
    return next.done === true ? { failure: 'there is no sample.' } : { sample: next.value };
  } catch (error) {
    if (error instanceof SourceError) return { failure: error.message };
    throw error;
  }
}
