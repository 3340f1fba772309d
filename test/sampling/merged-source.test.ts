import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { printable } from '../../src/kernel/foreign-text.ts';
import type { Place } from '../../src/kernel/place.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { mergedSource, type NamedSource } from '../../src/sampling/merged-source.ts';
import { ViaRounds } from '../../src/sampling/via/via-rounds.ts';
import { systemClock } from '../../src/source/clock.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { HERE, placeSample, POD, WEB } from '../helpers/places.ts';

/** A source of so many samples of a place, and then what it ends with. */
function sourceOf(place: Place, count: number, end?: Error): NamedSource {
  return {
    name: `ssh ${place.id}`,
    source: {
      setInterval: () => {},
      async *samples() {
        for (let second = 0; second < count; second++) yield placeSample(place, 5, second);
        if (end !== undefined) throw end;
      },
    },
  };
}

/** A clock without pauses; `tries`: how often somebody may pause before it is over. */
function tries(count: number, stop: AbortController) {
  let left = count;
  return {
    sleep: async () => {
      if (left-- <= 0) stop.abort();
    },
  };
}

const REFUSED = new SourceError('ssh: connection refused.');
const seen = ({ place, takenAtMs }: Sample) => `${place.id} ${(takenAtMs / 1000) % 60}`;

async function all(source: AsyncIterable<Sample>): Promise<string[]> {
  const found: string[] = [];
  for await (const sample of source) found.push(seen(sample));
  return found;
}

describe('the samples of several sources', () => {
  test('come as they come, each in its order, and end with the last', async () => {
    const found = await all(mergedSource([sourceOf(HERE, 3), sourceOf(POD, 2)]).samples());
    expect(found.toSorted()).toEqual(['net:1 0', 'net:1 1', 'net:1 2', 'net:2 0', 'net:2 1']);
    expect(found.filter((each) => each.startsWith('net:1'))).toEqual([
      'net:1 0',
      'net:1 1',
      'net:1 2',
    ]);
  });

  test('go on where one fails, which is told as lost and tried again', async () => {
    const stop = new AbortController();
    const failing = sourceOf(POD, 1, REFUSED);
    const merged = mergedSource([sourceOf(HERE, 2), failing], tries(1, stop));
    const found = await all(merged.samples(stop.signal));
    expect(found.toSorted()).toEqual(['net:1 0', 'net:1 1', 'net:2 0', 'net:2 0']);
    expect(merged.lost()).toEqual([
      { placeId: POD.id, name: POD.name, reason: 'ssh: connection refused.' },
    ]);
  });

  test('are lost by the name of the command where there was never one', async () => {
    const stop = new AbortController();
    const merged = mergedSource([sourceOf(HERE, 1), sourceOf(WEB, 0, REFUSED)]);
    const samples = merged.samples(stop.signal)[Symbol.asyncIterator]();
    expect(seen((await samples.next()).value as Sample)).toBe('net:1 0');
    expect(merged.lost()).toEqual([
      { placeId: undefined, name: 'ssh net:3', reason: 'ssh: connection refused.' },
    ]);
    stop.abort();
    expect((await samples.next()).done).toBe(true);
  });

  test('that all fail at the start are one sentence', async () => {
    const merged = mergedSource([sourceOf(HERE, 0, REFUSED), sourceOf(POD, 0, REFUSED)]);
    await expect(all(merged.samples())).rejects.toThrow(
      'none of 2 places can be read: ssh: connection refused.',
    );
  });

  test('do not wait for somebody who has left', async () => {
    const stop = new AbortController();
    let hasEnded = false;
    const source: NamedSource['source'] = {
      setInterval: () => {},
      async *samples(signal) {
        const isOver = () => signal?.aborted === true;
        while (!isOver()) yield placeSample(POD, 5);
        hasEnded = true;
      },
    };
    const merged = mergedSource([sourceOf(HERE, 1), { name: 'ssh pod', source }]);
    await merged.samples(stop.signal)[Symbol.asyncIterator]().next();
    stop.abort();
    await vi.waitFor(() => expect(hasEnded).toBe(true));
  });

  test('end with an error that is none of theirs', async () => {
    const merged = mergedSource([sourceOf(HERE, 1), sourceOf(POD, 0, new TypeError('bug'))]);
    await expect(all(merged.samples())).rejects.toThrow('bug');
  });

  test('have names of their own where two places have the same', async () => {
    const twin = { ...POD, name: HERE.name };
    const names: string[] = [];
    for await (const { place } of mergedSource([sourceOf(HERE, 1), sourceOf(twin, 1)]).samples())
      names.push(printable(place.name));
    expect(names).toEqual(['proxy-7', 'proxy-7 (ssh net:2)']);
  });
});

describe('a round', () => {
  test('has a sample of each place that can be read, and says which cannot', async () => {
    const rounds = new ViaRounds([sourceOf(HERE, 2), sourceOf(POD, 1, REFUSED)]);
    const first = await rounds.take();
    expect([first.samples.map(seen), first.lost]).toEqual([['net:1 0', 'net:2 0'], []]);
    const second = await rounds.take();
    expect(second.samples.map(seen)).toEqual(['net:1 1']);
    expect(second.lost).toEqual([{ placeId: POD.id, name: POD.name, reason: REFUSED.message }]);
    await expect(rounds.take()).rejects.toThrow('none of 2 places can be read: ');
    expect(rounds.hasEnded).toBe(true);
    await rounds.end();
  });

  const silent: NamedSource = {
    name: 'ssh silent',
    source: {
      setInterval: () => {},
      samples: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
      }),
    },
  };

  test('does not wait for ever', async () => {
    const clock = { ...systemClock, sleep: async () => {} };
    const rounds = new ViaRounds([silent], clock);
    await expect(rounds.take()).rejects.toThrow('no answer within 0 s.');
    await rounds.end();
  });

  /** A clock on which time passes only when all wait; `slept`: for how long each was to be. */
  function patientClock(endAfterMs: number) {
    const slept: number[] = [];
    const sleep = (ms: number, signal?: AbortSignal) => {
      slept.push(ms);
      if (ms <= endAfterMs) return Promise.resolve();
      return new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    };
    return { slept, clock: { ...systemClock, sleep } };
  }

  test('has those that have answered once its time is over, and names the silent one', async () => {
    const { clock } = patientClock(9000);
    const rounds = new ViaRounds([silent, sourceOf(POD, 1)], clock, () => 9000);
    const { samples, lost } = await rounds.take();
    expect(samples.map(seen)).toEqual(['net:2 0']);
    expect(lost).toMatchObject([{ name: 'ssh silent', reason: 'no answer within 0 s.' }]);
    await rounds.end();
  });

  test('takes as long as it takes where nobody has answered yet', async () => {
    const { clock } = patientClock(9000);
    const rounds = new ViaRounds([silent], clock, () => 9000);
    const over = await Promise.race([rounds.take(), delay(30).then(() => 'still waiting')]);
    expect(over).toBe('still waiting');
    await rounds.end();
  });

  test('waits for a slow link, and for a long interval, as long as they need', async () => {
    const slow = sourceOf(HERE, 1);
    const paced: NamedSource = {
      ...slow,
      source: {
        ...slow.source,
        async *samples() {
          const sample = placeSample(HERE, 5);
          const pacing = { intervalMs: 12_000, cpuShare: undefined, lagMs: 4000 };
          for (;;) yield { ...sample, sampling: { ...sample.sampling, pacing } };
        },
      },
    };
    const alone = patientClock(0);
    const rounds = new ViaRounds([paced], alone.clock);
    await rounds.take();
    await rounds.take();
    expect(alone.slept).toEqual([40_000, 46_000]);
    await rounds.end();
    const several = patientClock(0);
    const both = new ViaRounds([paced, sourceOf(POD, 2)], several.clock);
    await both.take();
    await both.take();
    expect(several.slept).toEqual([40_000, 40_000, 21_000, 5000]);
    await both.end();
  });

  test('does not wait for a link that is lost, as the others would have to', async () => {
    const { clock, slept } = patientClock(0);
    let trouble: string | undefined;
    const cut: NamedSource = {
      ...silent,
      trouble: () => trouble,
      source: {
        setInterval: () => {},
        async *samples() {
          yield placeSample(POD, 5);
          trouble = 'ssh ended.';
          await new Promise<never>(() => {});
        },
      },
    };
    const rounds = new ViaRounds([sourceOf(HERE, 3), cut], clock);
    await rounds.take();
    trouble = 'ssh ended.';
    slept.length = 0;
    const { samples, lost } = await rounds.take();
    expect(samples.map(seen)).toEqual(['net:1 1']);
    expect(lost).toEqual([{ placeId: POD.id, name: POD.name, reason: 'ssh ended.' }]);
    expect(slept).toEqual([5000, 0]);
  });

  test.each([0, 1])(
    'gives names in the order of the commands, whoever is faster',
    async (first) => {
      const sleepy = (name: string, id: string, delayMs: number): NamedSource => ({
        name,
        source: {
          setInterval: () => {},
          async *samples() {
            await delay(delayMs);
            yield placeSample({ kind: 'via', id, name: 'web' }, 5);
          },
        },
      });
      const rounds = new ViaRounds([
        sleepy('ssh a', 'via:a', first === 0 ? 0 : 20),
        sleepy('ssh b', 'via:b', first === 0 ? 20 : 0),
      ]);
      const { samples } = await rounds.take();
      expect(samples.map(({ place }) => place.name)).toEqual(['web', 'web (ssh b)']);
      await rounds.end();
    },
  );
});
