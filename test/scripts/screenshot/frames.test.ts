import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Shown, toFrames } from '../../../scripts/screenshot/frames.ts';

const shown = (...pairs: [atMs: number, picture: string][]): Shown<string>[] =>
  pairs.map(([atMs, picture]) => ({ atMs, picture }));

describe('frames of an animation', () => {
  test('each picture stands until the next one comes, the last until the end', () => {
    expect(toFrames(shown([1000, 'a'], [1500, 'b'], [2200, 'c']), 5000)).toEqual([
      { picture: 'a', delayMs: 500 },
      { picture: 'b', delayMs: 700 },
      { picture: 'c', delayMs: 2800 },
    ]);
  });

  test('equal ones that follow each other become one; a later one is another', () => {
    const frames = toFrames(shown([0, 'a'], [100, 'a'], [200, 'b'], [300, 'a']), 400);
    expect(frames).toEqual([
      { picture: 'a', delayMs: 200 },
      { picture: 'b', delayMs: 100 },
      { picture: 'a', delayMs: 100 },
    ]);
  });

  test('what is gone at once leaves its time to what comes after it', () => {
    expect(toFrames(shown([0, 'a'], [100, 'b'], [120, 'c']), 300)).toEqual([
      { picture: 'a', delayMs: 100 },
      { picture: 'c', delayMs: 200 },
    ]);
  });

  test('a picture that comes back after such a one has never gone', () => {
    expect(toFrames(shown([0, 'a'], [100, 'b'], [120, 'a']), 300)).toEqual([
      { picture: 'a', delayMs: 300 },
    ]);
  });

  test('nothing shown has no frames', () => {
    expect(toFrames([], 100)).toEqual([]);
  });

  test('whatever comes: no frame twice, none too short, and as long as it was within a tick', () => {
    const shows = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom('a', 'b')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(shows, (steps) => {
        let atMs = 0;
        const all = steps.map(([ms, picture]) => ({ atMs: (atMs += ms + 0.3), picture }));
        const endMs = atMs + 1000;
        const frames = toFrames(all, endMs);
        const startMs = all[0]?.atMs ?? 0;
        const wholeMs = frames.reduce((sum, { delayMs }) => sum + delayMs, 0);
        expect(Math.abs(wholeMs - (endMs - startMs))).toBeLessThanOrEqual(10);
        expect(frames.at(-1)?.picture).toBe(all.at(-1)?.picture);
        for (const [index, { picture, delayMs }] of frames.entries()) {
          expect(delayMs % 10).toBe(0);
          expect(delayMs).toBeGreaterThanOrEqual(40);
          expect(frames[index + 1]?.picture).not.toBe(picture);
        }
      }),
    );
  });
});
