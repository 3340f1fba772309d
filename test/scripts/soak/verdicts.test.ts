import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../scripts/soak/options.ts';
import type { SoakReading } from '../../../scripts/soak/protocol.ts';
import { fitPoints, type Point } from '../../../scripts/soak/regression.ts';
import { fireRows } from '../../../scripts/soak/report.ts';
import { judgeSoak, overall } from '../../../scripts/soak/verdicts.ts';

describe('fitPoints', () => {
  it('finds the slope of a line', () => {
    const number = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(number, number, (slope, start) => {
        const points = Array.from({ length: 30 }, (_, x): Point => [x, start + slope * x]);
        const line = fitPoints(points);
        expect(line.slope).toBeCloseTo(slope, 6);
        expect(line.slopeError).toBeCloseTo(0, 6);
      }),
    );
  });

  it('has the standard error of a textbook', () => {
    // x 1–5, y 2, 4, 5, 4, 5: slope 0.6, residual variance 0.8, error √(0.8 / 10).
    const line = fitPoints([2, 4, 5, 4, 5].map((y, index): Point => [index + 1, y]));
    expect(line.slope).toBeCloseTo(0.6, 10);
    expect(line.slopeError).toBeCloseTo(Math.sqrt(0.08), 10);
  });

  it('takes the teeth of a saw for no scatter, once it looks at stretches', () => {
    const saw = Array.from({ length: 400 }, (_, x): Point => [x, 10 + (x % 10)]);
    expect(fitPoints(saw, 20).scatter).toBeLessThan(fitPoints(saw).scatter / 10);
  });

  it('wants three points', () => {
    expect(() =>
      fitPoints([
        [1, 1],
        [2, 2],
      ]),
    ).toThrow(RangeError);
  });
});

/** A reading a minute for two hours. */
function readings(of: (minute: number) => Partial<SoakReading>): SoakReading[] {
  return Array.from({ length: 121 }, (_, minute) => ({
    atMs: minute * 60_000,
    anonymousBytes: 70e6,
    residentBytes: 120e6,
    descriptors: 31,
    threads: 8,
    processes: 1,
    cpuMs: minute * 6000,
    terminalBytes: minute * 60_000,
    heap: undefined,
    timeWaits: 0,
    ...of(minute),
  }));
}

const verdictOf = (all: readonly SoakReading[], name: string) =>
  judgeSoak(all, 16 * 60_000).find((judged) => judged.name === name)?.verdict;

describe('a soak', () => {
  it('passes where nothing grows, and tells CPU and bytes by the second', () => {
    const judged = judgeSoak(
      readings(() => ({})),
      0,
    );
    expect(overall(judged)).toBe('pass');
    expect(judged.find(({ name }) => name === 'CPU')?.mean).toBeCloseTo(10);
    expect(judged.find(({ name }) => name === 'to the terminal')?.mean).toBeCloseTo(1000);
  });

  it.each([
    [0.99, 'pass'],
    [1.01, 'FAIL'],
  ])('anonymous memory that grows by %d MB an hour: %s', (perHour, verdict) => {
    const all = readings((minute) => ({ anonymousBytes: 70e6 + (perHour * 1e6 * minute) / 60 }));
    expect(verdictOf(all, 'anonymous memory')).toBe(verdict);
  });

  it('does not count what grows while history fills', () => {
    const all = readings((minute) => ({ anonymousBytes: 70e6 + Math.min(15, minute) * 1e6 }));
    expect(verdictOf(all, 'anonymous memory')).toBe('pass');
  });

  it('cannot tell where the scatter is larger than the limit', () => {
    const all = readings((minute) => ({ anonymousBytes: 70e6 + 20e6 * Math.sin(minute * minute) }));
    expect(verdictOf(all, 'anonymous memory')).toBe('undecided');
    expect(overall(judgeSoak(all, 0))).toBe('undecided');
  });

  it.each(['descriptors', 'threads', 'processes'] as const)('refuses one more of %s', (name) => {
    const all = readings((minute) => ({ [name]: minute < 100 ? 31 : 32 }));
    expect(verdictOf(all, name)).toBe('pass');
    const early = readings((minute) => ({ [name]: minute < 60 ? 31 : 32 }));
    expect(verdictOf(early, name)).toBe('FAIL');
  });

  it('refuses a flood of output', () => {
    const all = readings((minute) => ({ terminalBytes: minute * 60 * 10_001 }));
    expect(verdictOf(all, 'to the terminal')).toBe('FAIL');
  });
});

describe('under fire', () => {
  const fine = {
    answersMs: [20, 300],
    frameGapsMs: [500, 1000],
    figures: [{ shown: 200_000, least: 200_000, most: 200_400 }],
    opensPerSecond: 5000,
    timeWaits: { start: 200_000, end: 201_000 },
    cpuPercent: 10,
  };

  it.each([
    ['all in time', {}, true],
    ['a late key', { answersMs: [301] }, false],
    ['a late frame', { frameGapsMs: [1001] }, false],
    ['a wrong number', { figures: [{ shown: 199_999, least: 200_000, most: 200_400 }] }, false],
    ['nothing seen', { figures: [] }, false],
  ])('%s', (_, changes, isPassed) => {
    expect(fireRows({ ...fine, ...changes }).isPassed).toBe(isPassed);
  });
});

describe('its options', () => {
  it('are hours or minutes, and a pace', () => {
    expect(parseOptions(['--hours', '2', '--pace', '5'])).toMatchObject({
      durationMs: 7_200_000,
      intervalMs: 50,
    });
    expect(parseOptions(['--under-fire'])).toMatchObject({
      durationMs: 60_000,
      closesPerSecond: 5000,
    });
  });

  it.each([
    [['--hours', '1', '--minutes', '1'], '--hours and --minutes: one of them.'],
    [['--pace', '20'], '--pace: "20" is no number above 0 to 5.'],
    [['--minutes', 'x'], '--minutes: "x" is no number above 0 to 43200.'],
  ])('%j is refused', (args, message) => expect(() => parseOptions(args)).toThrow(message));
});
