import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Place } from '../../src/kernel/place.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-codec.ts';
import { placeSample, PLACES } from '../helpers/places.ts';

/** What a reader gets. */
const replayed = ({ sampling, ...sample }: Sample): Sample => ({
  ...sample,
  sampling: { ...sampling, source: 'replay', replayOf: sampling.source },
});

const step = fc.record({
  place: fc.nat(2),
  used: fc.integer({ min: 0, max: 90 }),
  /** True where a member begins. */
  asWhole: fc.boolean(),
  /** Samples of several places come a little out of order. */
  lateMs: fc.constantFrom(0, 0, 300),
});

const placeAt = (at: number): Place => PLACES[at] ?? { kind: 'here', id: 'net:0', name: '' };

describe('samples of several places', () => {
  test('are read as they were written, also from any keyframe on', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const encoder = new SampleEncoder();
        const samples = steps.map(({ place, used, lateMs }, second) =>
          placeSample(placeAt(place), used, second - lateMs / 1000),
        );
        const lines = samples.map((sample, at) => encoder.encode(sample, steps[at]?.asWhole));
        for (const [from, { isKeyframe }] of lines.entries()) {
          if (!isKeyframe) continue;
          const decoder = new SampleDecoder();
          decoder.begin();
          const read = lines.slice(from).map(({ text }) => decoder.take(text));
          expect(read).toEqual(samples.slice(from).map(replayed));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('cost as much as their changes; a keyframe counts the places', () => {
    const encoder = new SampleEncoder();
    const [here, pod] = [placeAt(0), placeAt(1)];
    const lines = [0, 1, 2].flatMap((second) => [
      encoder.encode(placeSample(here, 50, second)),
      encoder.encode(placeSample(pod, 60, second)),
    ]);
    const [whole = 0, , ...later] = lines.map(({ text }) => text.length);
    for (const length of later) expect(length).toBeLessThan(whole / 10);
    expect(lines.map(({ isKeyframe }) => isKeyframe)).toEqual([
      true,
      ...later.map(() => false),
      false,
    ]);
    const decoder = new SampleDecoder();
    decoder.take(encoder.encode(placeSample(here, 50, 3), true).text);
    expect(decoder.places).toBe(2);
  });

  test('have times that do not go back', () => {
    const encoder = new SampleEncoder();
    const [here, pod] = [placeAt(0), placeAt(1)];
    const times = [
      encoder.encode(placeSample(here, 1, 5)),
      encoder.encode(placeSample(pod, 1, 3)),
      encoder.encode(placeSample(here, 1, 6)),
    ].map(({ takenAtMs }) => (takenAtMs / 1000) % 60);
    expect(times).toEqual([5, 5, 6]);
  });

  test('of one place are written as ever', () => {
    const encoder = new SampleEncoder();
    const texts = [0, 1].map((second) => encoder.encode(placeSample(placeAt(0), 50, second)).text);
    expect(texts.join()).not.toMatch(/"of"|"places"/);
  });
});
