import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../src/format/sparkline.ts';

const RAMP = '▁▂▃▄▅▆▇█';
const counts = fc.array(fc.nat(30_000), { maxLength: 80 });
const widths = fc.integer({ min: 1, max: 100 });

describe('sparkline', () => {
  it.each<[number[], number, string]>([
    [[], 5, ''],
    [[0, 0, 0], 3, '   '],
    [[1], 1, '▅'], // even, as far as one can tell
    [[0, 1, 1000], 3, ' ▁█'],
    [[1, 2, 3, 4, 5, 6, 7, 8], 8, RAMP],
    [[8, 8, 8, 8], 2, '▅▅'],
    [[4, 4, 8, 8], 2, '▄▇'],
    [[5, 5, 5], 2, '▅▅'], // the middle one counts half for both
    [[1, 2], 0, ''],
    [[1, 2], -1, ''],
  ])('%j on %i', (given, width, text) => expect(sparkline(given, width, RAMP)).toBe(text));

  it('takes a ramp of its own', () => expect(sparkline([0, 1, 2], 3, '.#')).toBe(' .#'));

  it('is as wide as asked, or as there are counts', () => {
    fc.assert(
      fc.property(counts, widths, (given, width) => {
        expect(sparkline(given, width, RAMP)).toHaveLength(Math.min(given.length, width));
      }),
    );
  });

  it('marks none but the highest by the last mark, nothing by a blank, and something by something', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const marks = [...sparkline(given, given.length, RAMP)];
        const top = Math.max(...given);
        given.forEach((count, index) => {
          expect(marks[index] === ' ').toBe(count === 0);
          if (marks[index] === '█') expect(count).toBeGreaterThan((top * 7) / 8);
        });
      }),
    );
  });

  it('does not lose a lone count when it is narrow', () => {
    fc.assert(
      fc.property(fc.nat(59), widths, (at, width) => {
        const given = Array.from({ length: 60 }, (_, index) => (index === at ? 1 : 0));
        expect(sparkline(given, width, RAMP).trim()).not.toBe('');
      }),
    );
  });
});
