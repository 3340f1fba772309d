/** Widths and heights at which components change, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import { AdvicePanel, adviceList } from '../../../src/ui/components/advice-panel.tsx';
import { DrainLine } from '../../../src/ui/components/drain-line.tsx';
import { groupText } from '../../../src/ui/components/group-row.tsx';
import { helpLines } from '../../../src/ui/components/help-panel.tsx';
import { ScrolledLines, scrollPositions } from '../../../src/ui/components/scrolled-lines.tsx';
import { sysctlList } from '../../../src/ui/components/sysctl-panel.tsx';
import { WhatIfPanel } from '../../../src/ui/components/what-if-panel.tsx';
import { glyphsFor } from '../../../src/ui/theme.ts';
import { lineText, plain } from '../../../src/format/styled-line.ts';
import { renderAt } from '../../helpers/ink-stdout.ts';
import { connections, modelOf, timeWaits } from '../../helpers/sockets.ts';

const glyphs = glyphsFor(false);
const MODEL = modelOf([...connections(20), ...timeWaits(70, 55_000, {}, 40_020)]);

const drawn = (component: Parameters<typeof renderAt>[0], columns: number, rows = 30) =>
  renderAt(component, { columns, rows }).lastText();

test('a minute of the drain line takes 5 columns at least, and 30 at most', () => {
  const side = (columns: number) => {
    const line = drawn(<DrainLine model={MODEL} columns={columns} glyphs={glyphs} />, columns);
    return { side: /ago (.*)│/.exec(line)?.[1]?.length, isWhole: line.includes('expire') };
  };
  const sides = Array.from({ length: 140 }, (_, index) => side(60 + index));
  const whole = sides.filter(({ isWhole }) => isWhole).map((each) => each.side ?? 0);
  expect(Math.min(...whole)).toBe(5);
  expect(Math.max(...whole)).toBe(30);
  expect(whole).toEqual(whole.toSorted((a, b) => a - b));
});

test('lines that are cut say how many there are above and below, from 3 rows on', () => {
  const lines = Array.from({ length: 20 }, (_, index) => plain(`line ${index}`));
  const text = (rows: number, cursor = 0, columns = 80) =>
    drawn(<ScrolledLines {...{ lines, cursor, columns, rows, glyphs }} />, columns);
  expect(text(2)).toContain('line 1');
  expect(text(2)).not.toContain('more');
  expect(text(3)).not.toContain('line 2');
  expect(text(3)).toContain('↓ 18 more lines: j k PgDn PgUp');
  expect(text(5)).toContain('line 3');
  expect(text(5)).toContain('↓ 16 more lines: j k PgDn PgUp');
  expect(text(5, 7)).toContain('↑ 7 ↓ 9 more lines: j k PgDn PgUp');
  expect(text(5, 16)).toContain('line 19');
  expect(text(5, 16)).toMatch(/^ ↑ 16 more lines/m);
  expect(text(5, 7, 60)).toContain('more lines: j k');
  expect(text(5, 7, 59).trimEnd()).toMatch(/↑ 7 ↓ 9 lines$/);
  expect(text(20)).not.toContain('more');
  expect([2, 3, 5, 19, 20].map((rows) => scrollPositions(20, rows))).toEqual([19, 19, 17, 3, 1]);
});

test('a source that has to be cut has four tenths of the width', () => {
  const [group] = modelOf(
    connections(1, { local: '2001:db8:aaaa:bbbb::1', remote: '2001:db8:cccc:dddd::2' }),
  ).groups;
  if (group === undefined) throw new Error('no group');
  expect(groupText(group, 40, glyphs).split(' ')[0]).toHaveLength(16);
  expect(groupText(group, 50, glyphs).split(' ')[0]).toHaveLength(20);
  // Narrower than 38, the destination stands alone.
  expect(groupText(group, 38, glyphs)).toMatch(/^2001/);
  expect(groupText(group, 37, glyphs)).toMatch(/^→/);
});

test('help is in two columns from 110 on, three apart', () => {
  const first = (columns: number) => lineText(helpLines(columns, glyphs)[1] ?? []);
  const count = (columns: number) => helpLines(columns, glyphs).length;
  expect(count(110)).toBeLessThan(0.7 * count(109));
  const half = Math.floor((110 - 2 - 3) / 2);
  expect(first(110).slice(half, half + 3)).toBe('   ');
  expect(first(110).slice(half + 3)).toMatch(/^\S/);
  // A term has ten columns.
  expect(first(60)).toMatch(/^.{9} \S/);
});

describe('the advice panel', () => {
  const list = (rows: number, copiedLines?: number, columns = 60) => {
    const { advice, worst } = MODEL;
    return adviceList({ advice, worst, cursor: 0, copiedLines, columns, rows, glyphs });
  };
  const total = MODEL.advice.length;

  test('leaves nine rows to the suggestion that is opened', () => {
    expect(total).toBeGreaterThan(4);
    expect([9, 10, 11, 12].map((rows) => list(rows).shown)).toEqual([1, 1, 2, 3]);
    expect(list(9 + total).shown).toBe(total);
    expect(list(8 + total).shown).toBe(total - 1);
    expect(list(30)).toMatchObject({ top: 1, first: 0 });
    expect(list(30, 2).shown).toBe(1);
  });

  test('leaves seven from 160 columns on', () => {
    const at = (columns: number) =>
      [8, 9, 10, 11].map((rows) => list(rows, undefined, columns).shown);
    expect(at(159)).toEqual([0, 1, 1, 2]);
    expect(at(160)).toEqual([0, 2, 3, 4]);
  });

  test('has wider gaps from 90 columns on', () => {
    const panel = (columns: number) =>
      drawn(
        <AdvicePanel
          advice={MODEL.advice}
          worst={MODEL.worst}
          cursor={0}
          copiedLines={undefined}
          columns={columns}
          rows={30}
          glyphs={glyphs}
        />,
        columns,
      );
    expect(panel(89)).toMatch(/ 1 +\S*%/);
    expect(panel(89)).not.toMatch(/ 1 {2,}\d+\.\d%/);
    expect(panel(90)).toMatch(/ 1 {2,}\d+\.\d%/);
  });
});

test('the sysctl panel leaves three rows to the frame and three to the explanation', () => {
  const { sample } = MODEL;
  const shown = (rows: number) => sysctlList({ model: MODEL, cursor: 0, rows }).shown;
  expect([6, 7, 8, 9, 17, 18, 19].map(shown)).toEqual([1, 1, 2, 3, 11, 12, 12]);
  const fallback = { ...sample, sampling: { ...sample.sampling, fallback: 'no netlink' } };
  const model = { ...MODEL, sample: fallback };
  expect(sysctlList({ model, cursor: 0, rows: 12 })).toEqual({
    top: 2,
    first: 0,
    shown: 3,
  });
});

test('the what-if panel has both values from 60 columns on', () => {
  const panel = (columns: number) =>
    drawn(
      <WhatIfPanel
        real={MODEL}
        outcome={MODEL}
        changes={{}}
        cursor={0}
        copiedLines={undefined}
        columns={columns}
        rows={20}
        glyphs={glyphs}
      />,
      columns,
    );
  expect(panel(60)).toMatch(/WHAT IF +NOW +THEN/);
  expect(panel(59)).toMatch(/WHAT IF +THEN/);
});
