import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chart, chartLines } from '../../src/format/chart.ts';
import { lineText, lineWidth } from '../../src/format/styled-line.ts';

const CHART: Chart = {
  title: 'PORTS',
  before: [undefined, 0, 10, 40, 80],
  after: [80, 60, 40, 20, 1],
  top: 80,
  unit: '',
  height: 4,
  labels: ['5 s', 'in 5 s'],
};

const draw = (chart: Partial<Chart> = {}) =>
  chartLines({ ...CHART, ...chart }, { before: 'signal', after: 'dim' });

describe('a chart', () => {
  test('has a title, columns around now, and its axes', () => {
    expect(draw().map(lineText)).toEqual([
      'PORTS',
      '    80 ┤    █│█    ',
      '       │    █│██   ',
      '    40 ┤   ██│███  ',
      '       │  ▄██│████▁',
      // There is no room for the label on the right.
      '       └5 s now    ',
    ]);
  });

  test('has numbers at its axis that differ, and fit', () => {
    const numbers = (top: number) =>
      draw({ top, unit: '/s' }).flatMap((line) => /\S+(?= ┤)/.exec(lineText(line))?.[0] ?? []);
    expect(numbers(1)).toEqual(['1/s', '0.5/s']);
    expect(numbers(12_345)).toEqual(['12k/s', '6.2k/s']);
  });

  test('tells what was from what will be', () => {
    const [, row] = draw();
    expect(row?.map(({ tone }) => tone)).toEqual(['dim', 'signal', 'dim', 'dim']);
  });

  test('shows anything at all, and nothing where nothing is known', () => {
    const [, , , , lowest = []] = draw({ before: [1, undefined, 0], top: 1_000_000 });
    expect(lineText(lowest)).toMatch(/│▁ {2}│/);
  });

  test('never has more ink than there is: only the top value is full, the smallest is seen', () => {
    const STEPS = ' ▁▂▃▄▅▆▇█';
    /** Eighths of a row in the only column. */
    const ink = (count: number, top: number, height: number) =>
      draw({ before: [count], after: [], top, height, labels: ['', ''] })
        .slice(1, -1)
        .reduce((sum, line) => sum + STEPS.indexOf(line[1]?.text ?? ''), 0);
    expect(ink(99.6, 100, 4)).toBe(31);
    expect(ink(100, 100, 4)).toBe(32);
    expect(ink(0, 100, 4)).toBe(0);
    expect(ink(0.001, 100, 4)).toBe(1);
    fc.assert(
      fc.property(
        fc.nat(30_000),
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 14 }),
        (count, top, height) => {
          const drawn = ink(count, top, height);
          expect(drawn).toBeLessThanOrEqual(Math.max(1, (count / top) * 8 * height + 1e-6));
          expect(drawn > 0).toBe(count > 0);
          expect(drawn === 8 * height).toBe(count >= top || (height === 1 && drawn === 8));
        },
      ),
    );
  });

  test('marks the cliff at the row where it is', () => {
    const marked = (cliff: number | undefined, height = 4) =>
      draw({ cliff, height })
        .map(lineText)
        .findIndex((line) => line[7] === '┊');
    expect(marked(40)).toBe(3);
    // The nearest edge of a row: they are 20 apart.
    expect(marked(49)).toBe(3);
    expect(marked(50)).toBe(2);
    expect(marked(80)).toBe(1);
    expect(marked(1)).toBe(4);
    expect(marked(40, 5)).toBe(3);
    expect(marked(0)).toBe(-1);
    expect(marked(81)).toBe(-1);
    expect(marked(undefined)).toBe(-1);
  });

  test('can give each column after now a tone of its own', () => {
    const [, row = []] = chartLines(CHART, {
      before: 'dim',
      after: (column) => (column < 2 ? 'signal' : 'dim'),
    });
    expect(row.slice(3)).toEqual([
      { text: '█ ', tone: 'signal' },
      { text: '   ', tone: 'dim' },
    ]);
  });

  test('marks an event where it is, and leaves out labels that it would cover', () => {
    const wide = { before: Array(20).fill(1), after: Array(30).fill(1) };
    const labels = draw({ ...wide, event: { column: 4, text: '▲ none left' } }).at(-1) ?? [];
    expect(lineText(labels)).toBe(
      `       └5 s${' '.repeat(16)}now   ▲ none left${' '.repeat(9)}in 5 s`,
    );
    const late = draw({ ...wide, event: { column: 29, text: '▲ none left' } }).at(-1) ?? [];
    expect(lineText(late)).toMatch(/now +▲ none left$/);
  });

  test('is as wide as its columns, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined })),
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom('', '/s'),
        (before, after, top, height, unit) => {
          const lines = draw({ before, after, top, height, unit });
          expect(lines).toHaveLength(height + 2);
          const widths = lines.slice(1).map(lineWidth);
          expect(new Set(widths)).toEqual(new Set([8 + before.length + 1 + after.length]));
        },
      ),
    );
  });
});
