/** Every limit of the layout, from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { BOTH_ADDRESSES_WIDTH } from '../../src/format/short-label.ts';
import { firstVisibleRow } from '../../src/store/list-window.ts';
import {
  columnAt,
  MARKS_WIDTH,
  screenLayout,
  tableLayout,
  whatIfLayout,
} from '../../src/ui/layout.ts';

test.for([
  [15, false, false],
  [16, true, false],
  [23, true, false],
  [24, true, true],
] as const)(
  'of %i rows: title, drain and fix %j, an empty line for the fix %j',
  ([rows, roomy, high]) => {
    expect(screenLayout(80, rows)).toEqual({
      columns: 80,
      rows,
      showTitle: roomy,
      showDrain: roomy,
      showFix: roomy,
      keepFixLine: high,
    });
  },
);

test.for([
  [29, 5, 30, 6],
  [30, 6, 30, 6],
  [31, 7, 31, 7],
] as const)(
  'a screen of %i × %i is laid out as %i × %i',
  ([columns, rows, laidColumns, laidRows]) => {
    expect(screenLayout(columns, rows)).toMatchObject({ columns: laidColumns, rows: laidRows });
  },
);

describe('the group has', () => {
  const group = (columns: number, longest: number) => tableLayout(columns, longest).group;

  test.for([
    [200, 10, 20],
    [200, 20, 20],
    [200, 21, 21],
    // 40 columns, or 36 % of a wide screen.
    // What the bar need not have goes to the label.
    [111, 100, 43],
    [114, 100, 46],
    [200, 80, 80],
    [140, 60, 54],
    // What is left beside the headroom and the time, while both addresses fit.
    // A narrower screen has narrower figures.
    [59, 100, 39],
    [47, 100, 27],
    [40, 100, 20],
    [39, 100, 19],
    [60, 100, 38],
    [61, 100, 39],
    [62, 100, 40],
    [63, 100, 41],
    // Less than it wants, where there is no more.
    [31, 100, 11],
    [30, 100, 10],
    [220, 100, 100],
  ] as const)('of %i columns, and for a label of %i: %i', ([columns, longest, width]) => {
    expect(group(columns, longest)).toBe(width);
  });
});

test('a column appears as soon as it fits', () => {
  const appearances: Record<string, number> = {};
  for (let columns = 30; columns <= 200; columns++)
    for (const column of Object.keys(tableLayout(columns, 26))) appearances[column] ??= columns;
  expect(appearances).toEqual({
    group: 30,
    headroom: 30,
    eta: 30,
    tw: 54,
    live: 60,
    bar: 62,
    closes: 82,
    owner: 94,
    drain: 112,
  });
});

describe('refused connections', () => {
  test('have no column where there are none', () => {
    for (let columns = 30; columns <= 200; columns++)
      expect(tableLayout(columns, 26).refused).toBeUndefined();
  });

  test('take theirs beside the bar, before live connections and closes', () => {
    const appearances: Record<string, number> = {};
    for (let columns = 30; columns <= 200; columns++)
      for (const column of Object.keys(tableLayout(columns, 26, true)))
        appearances[column] ??= columns;
    expect(appearances).toEqual({
      group: 30,
      headroom: 30,
      eta: 30,
      tw: 54,
      live: 60,
      bar: 62,
      refused: 73,
      closes: 93,
      owner: 105,
      drain: 123,
    });
  });

  test.for([
    [50, undefined, 30],
    [60, undefined, 38],
    [80, undefined, 44],
    [86, undefined, 44],
    [87, 11, 40],
    [120, 11, 53],
  ] as const)('at %i columns with IPv6: %j, and %i for the group', ([columns, refused, group]) => {
    expect(tableLayout(columns, 89, true)).toMatchObject({ eta: expect.any(Number), group });
    expect(tableLayout(columns, 89, true).refused).toBe(refused);
  });

  test('leave the title of labels and the bar as they are, though they come and go', () => {
    for (let columns = 30; columns <= 200; columns++)
      for (const longest of [20, 26, 40, 48, 89]) {
        const [calm, pressed] = [false, true].map((has) => tableLayout(columns, longest, has));
        const of = (layout = calm) => [layout?.bar !== undefined, layout?.eta, layout?.headroom];
        expect(of(pressed), `${columns} columns`).toEqual(of(calm));
        const both = (layout = calm) => (layout?.group ?? 0) >= Math.min(longest, 38);
        expect(both(pressed)).toBe(both(calm));
      }
  });

  test.for([80, 100, 120])('leave the table as wide as a screen of %i columns', (columns) => {
    const layout = tableLayout(columns, 26, true);
    const { bar = 0, drain = 0, ...others } = layout;
    const gaps = (bar > 0 ? 2 : 0) + (drain > 0 ? 2 : 0);
    const sum = Object.values(others).reduce((total, width) => total + width, 0);
    expect(MARKS_WIDTH + sum + bar + drain + gaps).toBe(columns);
    expect(layout.refused).toBe(11);
  });
});

test('widths of the columns', () => {
  expect(tableLayout(112, 26)).toEqual({
    group: 26,
    owner: 12,
    bar: 12,
    headroom: 9,
    live: 6,
    tw: 6,
    closes: 8,
    drain: 16,
    eta: 10,
  });
  expect(tableLayout(113, 26).bar).toBe(13);
  expect({ MARKS_WIDTH, BOTH_ADDRESSES_WIDTH }).toEqual({
    MARKS_WIDTH: 3,
    BOTH_ADDRESSES_WIDTH: 38,
  });
});

test.for([
  [2, undefined],
  [3, 'group'],
  [28, 'group'],
  [29, 'owner'],
  [40, 'owner'],
  [41, 'bar'],
  [54, 'bar'],
  [55, 'headroom'],
  [63, 'headroom'],
  [64, 'live'],
  [69, 'live'],
  [70, 'tw'],
  [76, 'closes'],
  [83, 'closes'],
  [84, 'drain'],
  [101, 'drain'],
  [102, 'eta'],
  [111, 'eta'],
  [112, undefined],
] as const)('at x = %i stands %j', ([x, column]) => {
  expect(columnAt(tableLayout(112, 26), x)).toBe(column);
});

test.for([
  // [selected, first, rows, total, margin, first then]
  [0, 0, 10, 100, 0, 0],
  [9, 0, 10, 100, 0, 0],
  [10, 0, 10, 100, 0, 1],
  [20, 20, 10, 100, 0, 20],
  [19, 20, 10, 100, 0, 19],
  // A row stays in sight above and below.
  [8, 0, 10, 100, 1, 0],
  [9, 0, 10, 100, 1, 1],
  [21, 20, 10, 100, 1, 20],
  [20, 20, 10, 100, 1, 19],
  // Of fewer than five rows, none is spent on that.
  [4, 0, 5, 100, 1, 1],
  [3, 0, 4, 100, 1, 0],
  // At the ends, and where the list has become shorter.
  [0, 5, 10, 100, 1, 0],
  [99, 80, 10, 100, 1, 90],
  [3, 90, 10, 20, 0, 3],
  [15, 90, 10, 20, 0, 10],
  [3, 7, 10, 5, 0, 0],
] as const)(
  'row %i, with %i first of %i visible of %i, margin %i: the first is %i',
  ([selected, first, shown, total, margin, then]) => {
    expect(firstVisibleRow(selected, { first, shown }, total, margin)).toBe(then);
  },
);

describe('the what-if panel', () => {
  const needs = { parameters: 3, figures: 3, commands: 2, notes: 2, copied: false };

  test.for([
    // [rows, parameters, figures, commands, heading, notes, gap, table]
    [2, 1, 1, 0, false, 0, false, 0],
    [3, 1, 1, 0, false, 1, false, 0],
    [4, 1, 3, 0, false, 0, false, 0],
    [5, 1, 3, 0, false, 1, false, 0],
    [6, 2, 3, 0, false, 1, false, 0],
    [7, 3, 3, 0, false, 1, false, 0],
    [8, 3, 3, 0, true, 1, false, 0],
    [9, 3, 3, 2, false, 1, false, 0],
    [10, 3, 3, 2, true, 1, false, 0],
    [11, 3, 3, 2, false, 1, false, 2],
    [12, 3, 3, 2, true, 1, false, 2],
    [13, 3, 3, 2, true, 2, false, 2],
    [16, 3, 3, 2, true, 2, false, 5],
    [17, 3, 3, 2, true, 2, true, 5],
  ] as const)(
    'of %i rows: %i parameters, %i figures, %i commands, heading %j, %i notes, gap %j, table %i',
    ([rows, parameters, figures, commands, heading, notes, gap, table]) => {
      expect(whatIfLayout(rows, needs)).toEqual({
        parameters,
        figures,
        commands,
        heading,
        notes,
        gap,
        table,
        notice: false,
      });
    },
  );

  test.for([
    [3, true, 0, 1, 1, 0],
    [5, true, 2, 1, 1, 0],
    [6, true, 2, 1, 1, 0],
    [7, true, 2, 3, 1, 0],
    [10, true, 2, 3, 3, 0],
    [12, true, 2, 3, 3, 2],
  ] as const)(
    'of %i rows, just copied: notice %j, %i commands, %i figures, %i parameters, table %i',
    (row) => {
      const [rows, notice, commands, figures, parameters, table] = row;
      const layout = whatIfLayout(rows, { ...needs, copied: true });
      expect(layout).toMatchObject({ notice, commands, figures, parameters, table });
    },
  );
});
