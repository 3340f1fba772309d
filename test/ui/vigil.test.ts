import { describe, expect, it, test } from 'vitest';
import { Vigil } from '../../src/ui/vigil.ts';

/** What is told in so many seconds without a sample, from the first on. */
function silence(intervalMs: number, seconds: number): (number | undefined)[] {
  const vigil = new Vigil();
  return Array.from({ length: seconds }, () => vigil.tick(intervalMs).silentSeconds);
}

describe('silence', () => {
  it('is told from five seconds on', () => {
    expect(silence(250, 7)).toEqual([undefined, undefined, undefined, undefined, 5, 6, 7]);
  });

  it('is told from three intervals on where samples are rare', () => {
    expect(silence(10_000, 29).at(-1)).toBeUndefined();
    expect(silence(10_000, 30).at(-1)).toBe(30);
  });

  it('is over with a sample', () => {
    const vigil = new Vigil();
    for (let second = 0; second < 9; second++) vigil.tick(250);
    vigil.sampleCame();
    expect(vigil.tick(250).silentSeconds).toBeUndefined();
  });
});

test('the screen is drawn whole once a minute', () => {
  const vigil = new Vigil();
  const seconds = Array.from({ length: 180 }, (_, second) => second + 1);
  expect(seconds.filter(() => vigil.tick(250).repaint)).toEqual([60, 120, 180]);
});
