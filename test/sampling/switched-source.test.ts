import { expect, test } from 'vitest';
import type { Sample } from '../../src/model/sample/sample.ts';
import type { PacedSamples } from '../../src/sampling/paced-samples.ts';
import { switchedSource } from '../../src/sampling/switched-source.ts';
import { SourceError } from '../../src/source/source-error.ts';

/** What a pretended source has given out, and how it goes on. */
class FakeSource {
  readonly isWide: boolean;
  hasEnded = false;
  #next = Promise.withResolvers<Sample>();

  constructor(isWide: boolean) {
    this.isWide = isWide;
  }

  async give(name: string, kind: 'here' | 'namespace' = 'here'): Promise<void> {
    this.#next.resolve({ place: { kind, id: name, name } } as unknown as Sample);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#next.reject(error);
    await settle();
  }

  get samples(): PacedSamples {
    return { setInterval: () => {}, samples: (signal) => this.#samples(signal) };
  }

  async *#samples(signal: AbortSignal | undefined): AsyncGenerator<Sample> {
    const stopped = new Promise<undefined>((resolve) => {
      signal?.addEventListener('abort', () => resolve(undefined));
    });
    try {
      for (;;) {
        const sample = await Promise.race([this.#next.promise, stopped]);
        if (sample === undefined) return;
        this.#next = Promise.withResolvers();
        yield sample;
      }
    } finally {
      this.hasEnded = true;
    }
  }
}

/** What is on its way through promises arrives. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A source that is read all the time: what has come of it, its parts, and what it said. */
function reading() {
  const parts: FakeSource[] = [];
  const said: string[] = [];
  const source = switchedSource(
    (isWide) => {
      const part = new FakeSource(isWide);
      parts.push(part);
      return part.samples;
    },
    false,
    (sentence) => said.push(sentence),
  );
  const stop = new AbortController();
  const came: string[] = [];
  const read = async () => {
    for await (const { place } of source.samples(stop.signal)) came.push(place.name as string);
  };
  return { source, parts, said, came, stop, ended: read() };
}

test('the source in use goes on until the other one has its first sample', async () => {
  const { source, parts, came, stop, ended, said } = reading();
  await parts[0]?.give('a');
  source.choose(true);
  await parts[0]?.give('b');
  expect([parts.length, parts[0]?.hasEnded]).toEqual([2, false]);
  await parts[1]?.give('c');
  expect(parts.map(({ hasEnded }) => hasEnded)).toEqual([true, false]);
  await parts[1]?.give('d', 'namespace');
  expect(came).toEqual(['a', 'b', 'c', 'd']);
  stop.abort();
  await ended;
  expect(parts.map(({ hasEnded }) => hasEnded)).toEqual([true, true]);
  expect(said).toEqual([]);
});

test.each([new SourceError('no thread is left.'), new Error('no such module')])(
  'one that has no first sample is said, and the one in use stays: %s',
  async (error) => {
    const { source, parts, came, stop, ended, said } = reading();
    await parts[0]?.give('a');
    source.choose(true);
    await parts[1]?.fail(error);
    await parts[0]?.give('b');
    expect(came).toEqual(['a', 'b']);
    expect(said).toEqual([error.message]);
    stop.abort();
    await ended;
  },
);

test('on the way back, other places do not come again', async () => {
  const { source, parts, came, stop, ended } = reading();
  await parts[0]?.give('here');
  source.choose(true);
  await parts[1]?.give('all');
  source.choose(false);
  await parts[1]?.give('other', 'namespace');
  await parts[1]?.give('here still');
  await parts[2]?.give('here again');
  expect(came).toEqual(['here', 'all', 'here still', 'here again']);
  stop.abort();
  await ended;
});

test('one that is not wanted any more before it has come is left', async () => {
  const { source, parts, came, stop, ended } = reading();
  await parts[0]?.give('a');
  source.choose(true);
  source.choose(false);
  await parts[1]?.give('b');
  await parts[0]?.give('c');
  expect(came).toEqual(['a', 'c']);
  expect(parts.map(({ hasEnded }) => hasEnded)).toEqual([false, true]);
  stop.abort();
  await ended;
});

test('a wide one that cannot go on is left for the first one, whose failure is thrown', async () => {
  const { source, parts, came, ended, said } = reading();
  await parts[0]?.give('a');
  source.choose(true);
  await parts[1]?.give('b');
  await parts[1]?.fail(new SourceError('no namespace.'));
  await parts[2]?.give('c');
  expect([came, said]).toEqual([['a', 'b', 'c'], ['no namespace.']]);
  void parts[2]?.fail(new SourceError('nothing to watch.'));
  await expect(ended).rejects.toThrow('nothing to watch.');
});
