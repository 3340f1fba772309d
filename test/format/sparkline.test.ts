import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainMarks, sparkline, sparkScale, sparkTop } from '../../src/format/sparkline.ts';

const RAMP = '▁▂▃▄▅▆▇█';
const counts = fc.array(fc.nat(30_000), { maxLength: 80 });
const widths = fc.integer({ min: 1, max: 100 });
const tops = fc.integer({ min: 1, max: 30_000 });

describe('sparkline', () => {
  it.each<[number[], number, number, string]>([
    [[], 5, 8, ''],
    [[0, 0, 0], 3, 8, '   '],
    [[1], 1, 1, '█'],
    [[0, 1, 1000], 3, 1000, ' ▁█'],
    [[1, 2, 3, 4, 5, 6, 7, 8], 8, 8, RAMP],
    // Rounded down: only the whole of it is full.
    [[996], 1, 1000, '▇'],
    [[999], 1, 1000, '▇'],
    [[1000], 1, 1000, '█'],
    [[249, 250], 2, 1000, '▁▂'],
    // Two rows of one column have one scale.
    [[40, 40], 2, 80, '▄▄'],
    [[80, 80], 2, 80, '██'],
    [[8, 8, 8, 8], 2, 16, '▄▄'],
    [[4, 4, 8, 8], 2, 8, '▄█'],
    [[5, 5, 5], 2, 10, '▄▄'], // the middle one counts half for both
    [[1, 2], 0, 8, ''],
    [[1, 2], -1, 8, ''],
  ])('%j on %i with the scale %i', (given, width, top, text) =>
    expect(sparkline(given, width, RAMP, top)).toBe(text),
  );

  it('takes a ramp of its own', () => expect(sparkline([0, 1, 2], 3, '.#', 2)).toBe(' .#'));

  it('is as wide as asked, or as there are counts', () => {
    fc.assert(
      fc.property(counts, widths, tops, (given, width, top) => {
        expect(sparkline(given, width, RAMP, top)).toHaveLength(Math.min(given.length, width));
      }),
    );
  });

  it('has never more ink than there is, nothing for nothing, and something for something', () => {
    fc.assert(
      fc.property(counts, tops, (given, top) => {
        const marks = [...sparkline(given, given.length, RAMP, top)];
        given.forEach((count, index) => {
          const height = RAMP.indexOf(marks[index] ?? '') + 1;
          expect(marks[index] === ' ').toBe(count === 0);
          expect(height).toBeLessThanOrEqual(Math.max(1, (count / top) * 8 + 1e-9));
          expect(height === 8).toBe(count >= top);
        });
      }),
    );
  });

  it('is never lower for more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.nat(30_000), tops, (less, by, top) => {
        const height = (count: number) => RAMP.indexOf(sparkline([count], 1, RAMP, top));
        expect(height(less)).toBeLessThanOrEqual(height(less + by));
      }),
    );
  });

  it('does not lose a lone count when it is narrow', () => {
    fc.assert(
      fc.property(fc.nat(59), widths, (at, width) => {
        const given = Array.from({ length: 60 }, (_, index) => (index === at ? 1 : 0));
        expect(sparkline(given, width, RAMP, 1000).trim()).not.toBe('');
      }),
    );
  });
});

describe('the scale', () => {
  it.each<[number[][], number, number, string]>([
    [[], 4, 0, '≤0/s'],
    [[[0, 0], [0]], 4, 0, '≤0/s'],
    [[[1]], 4, 1, '≤1/s'],
    [[[1.01]], 4, 1.5, '≤1.5/s'],
    [[[1.6]], 4, 2, '≤2/s'],
    [[[2.5]], 4, 3, '≤3/s'],
    [[[5.5]], 4, 6, '≤6/s'],
    [[[6.5]], 4, 8, '≤8/s'],
    [[[150]], 4, 150, '≤150/s'],
    [[[950]], 4, 1000, '≤1k/s'],
    [[[800]], 4, 800, '≤800/s'],
    [[[40, 3], [7]], 4, 40, '≤40/s'],
    [[[40.5]], 4, 50, '≤50/s'],
    [[[240]], 4, 300, '≤300/s'],
    [[[80.1]], 4, 100, '≤100/s'],
    [[[1000.5]], 4, 1500, '≤1.5k/s'],
    [[[9000]], 4, 10_000, '≤10k/s'],
    // The means that are drawn count, not the counts.
    [[[60, 0, 0, 0]], 2, 30, '≤30/s'],
    [[[0.25]], 1, 0.3, '≤0.3/s'],
  ])('of %j on %i is %d: %s', (series, width, top, text) => {
    expect(sparkTop(series, width)).toBeCloseTo(top, 9);
    expect(sparkScale(sparkTop(series, width))).toBe(text);
  });

  it('is at least the highest mean, and at most twice as much', () => {
    fc.assert(
      fc.property(fc.array(counts), widths, (series, width) => {
        const top = sparkTop(series, width);
        for (const given of series) {
          const alone = sparkTop([given], width);
          expect(alone).toBeLessThanOrEqual(top);
          if (given.length <= width)
            expect(top).toBeGreaterThanOrEqual(Math.max(0, ...given) - 1e-6);
        }
        const highest = Math.max(0, ...series.flat());
        expect(top).toBeLessThanOrEqual(2 * highest);
      }),
    );
  });

  it('is one for both sides of the drain line; what is overdue was not closed 60 s ago', () => {
    expect(drainMarks([30, 10, 20], 20, 3, RAMP)).toEqual({ past: '▂▂▅', next: '█▂▅', top: 30 });
    expect(drainMarks([], 0, 3, RAMP)).toEqual({ past: '   ', next: '   ', top: 0 });
  });
});
