import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstVisibleRow } from '../../src/store/list-window.ts';
import { MARKS_WIDTH, screenLayout, tableLayout, whatIfLayout } from '../../src/ui/layout.ts';

test('columns go by importance as the screen gets narrower; the group and its headroom stay', () => {
  const columns = (width: number) => Object.keys(tableLayout(width, 26)).toSorted().join(' ');
  expect(columns(120)).toBe('bar closes drain eta group headroom live owner tw');
  expect(columns(100)).toBe('bar closes eta group headroom live owner tw');
  expect(columns(80)).toBe('bar eta group headroom live tw');
  expect(columns(60)).toBe('eta group headroom live tw');
  expect(columns(40)).toBe('eta group headroom');
});

test('from 60 columns on the time is there, however long the addresses are', () => {
  for (let columns = 60; columns <= 200; columns++)
    for (const longest of [10, 26, 40, 100]) {
      const { eta, group } = tableLayout(columns, longest);
      expect({ columns, longest, eta }).toMatchObject({ eta: 10 });
      expect(group).toBeGreaterThanOrEqual(Math.min(longest, 38));
    }
});

test('a layout never takes more than the screen, and the bar takes what is left', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 300 }),
      fc.integer({ min: 0, max: 100 }),
      (columns, longest) => {
        const {
          group,
          owner = 0,
          headroom,
          bar = -2,
          live = 0,
          tw = 0,
          closes = 0,
          eta = 0,
          drain = -2,
        } = tableLayout(columns, longest);
        const fixed = owner + headroom + live + tw + closes + eta;
        const taken = MARKS_WIDTH + group + fixed + (bar + 2) + (drain + 2);
        expect(taken).toBeLessThanOrEqual(columns);
        if (bar > 0) expect(taken).toBe(columns);
      },
    ),
  );
});

test('the selected row is always among the visible ones', () => {
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 500 }),
      fc.nat(600),
      fc.constantFrom<0 | 1>(0, 1),
      (nth, rows, total, before, margin) => {
        const selected = nth % total;
        const first = firstVisibleRow(selected, { first: before, shown: rows }, total, margin);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(selected).toBeGreaterThanOrEqual(first);
        expect(selected).toBeLessThan(first + rows);
      },
    ),
  );
});

test('a low screen leaves out what is nice to have', () => {
  expect(screenLayout(80, 24)).toMatchObject({ showTitle: true, showDrain: true });
  expect(screenLayout(40, 10)).toMatchObject({
    showTitle: false,
    showDrain: false,
    columns: 40,
    rows: 10,
  });
});

test('the what-if panel and its table fill their rows, and never more', () => {
  const needs = fc.record({
    parameters: fc.constant(6),
    figures: fc.constantFrom(1, 3),
    commands: fc.nat(8),
    notes: fc.nat(3),
    copied: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), needs, (rows, wanted) => {
      const layout = whatIfLayout(rows, wanted);
      const { heading, parameters, figures, notice, commands, notes, gap, table } = layout;
      const shown = [heading, notice, gap].filter(Boolean).length;
      const lines = shown + parameters + figures + commands + notes;
      expect(lines + table).toBeLessThanOrEqual(rows);
      if (table > 0) expect(lines + table).toBe(rows);
      expect(Math.min(parameters, commands + 1, notes + 1, table + 1)).toBeGreaterThan(0);
      expect(parameters).toBeLessThanOrEqual(6);
      expect([1, wanted.figures]).toContain(figures);
      expect([0, wanted.commands]).toContain(commands);
    }),
  );
});

test('copied commands come before the other parameters, those and the commands before the table', () => {
  const needs = { parameters: 6, figures: 3, commands: 3, notes: 1, copied: false };
  expect(whatIfLayout(8, needs)).toMatchObject({ parameters: 4, commands: 0, notes: 1, table: 0 });
  expect(whatIfLayout(14, needs)).toMatchObject({ parameters: 6, commands: 3, notes: 1, table: 0 });
  expect(whatIfLayout(15, needs)).toMatchObject({ parameters: 6, commands: 3, notes: 1, table: 2 });
  expect(whatIfLayout(7, { ...needs, copied: true })).toMatchObject({
    parameters: 1,
    figures: 1,
    commands: 3,
    notes: 1,
    table: 0,
  });
  expect(whatIfLayout(20, needs)).toMatchObject({
    parameters: 6,
    commands: 3,
    notes: 1,
    gap: true,
  });
});
