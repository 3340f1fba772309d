import { describe, expect, test } from 'vitest';
import { rhythmOf, withoutBursts } from '../../src/model/close-bursts.ts';
import { closeTrend } from '../../src/model/close-trend.ts';

/** Closes per second of the last minute, the newest first, from those that are not 0 (or `usual`), by their age. */
function closes(byAge: Readonly<Record<number, number>>, usual = 0): number[] {
  return Array.from({ length: 60 }, (_, age) => byAge[age] ?? usual);
}

const every = (seconds: number, size: number, from = 0) =>
  Array.from({ length: 60 }, (_, age) => ((age - from) % seconds === 0 && age >= from ? size : 0));

describe('bursts', () => {
  test.for<[string, number[], number]>([
    ['of one second', closes({ 5: 200 }), 1],
    ['of two seconds', closes({ 5: 200, 6: 90 }), 1],
    ['of three seconds are a rate', closes({ 5: 200, 6: 90, 7: 90 }), 0],
    ['two of them', closes({ 5: 200, 35: 150 }), 2],
    ['within steady traffic', closes({ 5: 90 }, 20), 1],
    ['of twice what is usual are none', closes({ 5: 40 }, 20), 0],
    ['of more than twice what is usual', closes({ 5: 41 }, 20), 1],
    ['of twice as many as come elsewhere', closes({ 5: 8, 9: 4 }), 1],
    ['of fewer than that are none', closes({ 5: 7, 9: 4 }), 0],
    ['of a few are a rate of few, where others come close', closes({ 5: 5, 9: 4, 20: 4 }), 0],
    ['within four deviations are none', closes({ 5: 4 }), 0],
    ['beyond four deviations are some', closes({ 5: 5 }), 1],
  ])('%s', ([, seen, bursts]) => {
    expect(withoutBursts(seen).bursts).toBe(bursts);
  });

  test('leave what is usual behind', () => {
    expect(withoutBursts(closes({ 5: 90 }, 20)).closes).toEqual(closes({}, 20));
  });
});

describe('a rhythm', () => {
  test.for<[string, number[], ReturnType<typeof rhythmOf>]>([
    ['of two bursts is none', closes({ 5: 80, 25: 80 }), undefined],
    [
      'of three bursts',
      closes({ 5: 80, 25: 80, 45: 80 }),
      { size: 80, everySeconds: 20, lastAgoSeconds: 5.5, lastsSeconds: 1 },
    ],
    [
      'of three bursts, the oldest of which is another, is none',
      closes({ 5: 80, 25: 80, 45: 20 }),
      undefined,
    ],
    ['of bursts that differ is none', closes({ 5: 80, 25: 80, 40: 20, 55: 80 }), undefined],
    ['whose next burst is a quarter late is one still', every(10, 80, 12), expect.anything()],
    ['whose next burst is later than that is none', every(10, 80, 13), undefined],
  ])('%s', ([, seen, rhythm]) => {
    expect(rhythmOf(seen)).toEqual(rhythm);
  });
});

describe('the rate', () => {
  const rateOf = (seen: readonly number[]) => closeTrend(seen.toReversed()).perSecond;

  test.for<[string, number[], number]>([
    ['of one burst is none', closes({ 3: 200 }), 0],
    ['of two bursts is none', closes({ 3: 200, 40: 300 }), 0],
    ['of a client that has begun 2 s ago is none yet', closes({ 0: 80, 1: 80 }), 0],
    ['of one that has begun 3 s ago is known', closes({ 0: 80, 1: 80, 2: 80 }), 80],
    ['that stepped up 2 s ago is not the new one yet', closes({ 0: 300, 1: 300 }, 100), 100],
    ['that stepped up 3 s ago is', closes({ 0: 300, 1: 300, 2: 300 }, 100), 300],
    ['that paused for 10 s is believed half', closes({ 10: 20 }, 80).fill(0, 0, 10), 40],
    ['that paused for longer has ended', closes({ 11: 20 }, 80).fill(0, 0, 11), 0],
  ])('%s', ([, seen, perSecond]) => {
    expect(rateOf(seen)).toBeCloseTo(perSecond, 5);
  });

  test('that has come and gone twice within the minute is the mean of it', () => {
    const saw = Array.from({ length: 60 }, (_, age) => (age % 20 < 10 ? 100 + (age % 3) : 1));
    expect(rateOf(saw)).toBeLessThan(60);
  });
});
