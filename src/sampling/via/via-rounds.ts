import { printable } from '../../kernel/foreign-text.ts';
import type { LostPlace } from '../../model/places.ts';
import type { Sample } from '../../model/sample/sample.ts';
import { type Clock, systemClock } from '../../source/clock.ts';
import { SourceError } from '../../source/source-error.ts';
import { type NamedSource, withOwnName } from '../merged-source.ts';
import type { PlacesRound } from '../places-round.ts';
import type { SamplerThread } from '../sampler-thread.ts';

/** How long a round waits for a place: the first one ends by itself, as what has never worked is given up. */
const WAIT_MS = { first: 40_000, later: 5000 } as const;

/** One of the places, and the sample of it that was asked for. */
interface Link extends NamedSource {
  readonly samples: AsyncIterator<Sample, void>;
  place?: { readonly id: string; readonly name: string };
  asked?: Promise<Answer> | undefined;
  /** Why there will be none any more. */
  ended?: string | undefined;
}

type Answer = { readonly sample: Sample } | { readonly failure: string };

/** Rounds through the places of several commands, each asked at the same time. */
export class ViaRounds implements SamplerThread<PlacesRound> {
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #links: readonly Link[];
  #isFirst = true;

  constructor(sources: readonly NamedSource[], clock: Clock = systemClock) {
    this.#clock = clock;
    const { signal } = this.#stop;
    this.#links = sources.map((each) => ({
      ...each,
      samples: each.source.samples(signal)[Symbol.asyncIterator](),
    }));
  }

  /** True once no place can be read any more. */
  get hasEnded(): boolean {
    return this.#links.every(({ ended }) => ended !== undefined);
  }

  /** Rejects with SourceError where no place can be read. */
  async take(): Promise<PlacesRound> {
    const waitMs = this.#isFirst ? WAIT_MS.first : WAIT_MS.later;
    this.#isFirst = false;
    const stop = new AbortController();
    const tooLong = this.#clock.sleep(waitMs, stop.signal).then(() => undefined);
    const asked = this.#links.map((link) => this.#askedOf(link, tooLong));
    // The wait would keep the process from its end.
    const found = await Promise.all(asked).finally(() => stop.abort());
    const samples = found.flatMap((each) => ('sample' in each ? each.sample : []));
    const lost = found.flatMap((each) => ('lost' in each ? each.lost : []));
    const [first] = lost;
    if (samples.length > 0 || first === undefined) return { samples, lost };
    throw new SourceError(
      lost.length === 1
        ? first.reason
        : `none of ${lost.length} places can be read: ${first.reason}`,
    );
  }

  // They cannot be seen from here.
  watchRefusals(): void {}

  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#links.map(async ({ samples }) => samples.return?.()));
  }

  async #askedOf(
    link: Link,
    tooLong: Promise<undefined>,
  ): Promise<{ readonly sample: Sample } | { readonly lost: LostPlace }> {
    const lost = (reason: string) => {
      const { place, name } = link;
      return { lost: { placeId: place?.id, name: place?.name ?? name, reason } };
    };
    if (link.ended !== undefined) return lost(link.ended);
    link.asked ??= answerOf(link);
    const answer = await Promise.race([link.asked, tooLong]);
    if (answer === undefined) return lost(link.trouble?.() ?? 'it does not answer in time.');
    link.asked = undefined;
    if ('failure' in answer) return lost((link.ended = answer.failure));
    const others = this.#links.filter((each) => each !== link);
    const names = others.map(({ place }) => place?.name);
    const sample = withOwnName(answer.sample, link.name, names);
    link.place = { id: sample.place.id, name: printable(sample.place.name) };
    return { sample };
  }
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
