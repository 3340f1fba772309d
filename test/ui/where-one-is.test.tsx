/** Panels say which of how many is looked at, what is out of sight, and how to leave. */
import { describe, expect, test } from 'vitest';
import { sysctlRows } from '../../src/format/sysctl-rows.ts';
import { stringWidth } from '../../src/format/string-width.ts';
import { verdictOf } from '../../src/format/verdict.ts';
import { explainSysctls } from '../../src/model/sysctl-notes.ts';
import { DrainLine } from '../../src/ui/components/drain-line.tsx';
import { verdictLines } from '../../src/ui/components/header.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from '../helpers/ink-stdout.ts';
import { openApp } from '../helpers/open-app.tsx';
import { closedLately, connections, IPV6, modelOf } from '../helpers/sockets.ts';

const glyphs = glyphsFor(false);
const MODEL = modelOf([...connections(3), ...closedLately(89, {}, 40_003)]);
const MODEL6 = modelOf([...connections(3, IPV6), ...closedLately(89, IPV6, 40_003)]);

const open = (size: FrameSize, model = MODEL) => openApp(size, model);

const RIGHT = '\u001b[C';
const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 39, rows: 12 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 40 },
  { columns: 120, rows: 40 },
  { columns: 220, rows: 12 },
];

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each([MODEL, MODEL6])('the verdict names the port of its destination', (model) => {
    const { screen } = open(size, model);
    const { label = '' } = verdictOf(model);
    const [verdict = ''] = /^ ▲ .*$/m.exec(screen.lastText()) ?? [];
    expect(verdict).toMatch(/\d\]?:8080( |$)/);
    if (size.columns >= stringWidth(label) + 4) expect(verdict).toContain(label);
  });

  test('suggestions are numbered out of how many', async () => {
    const { press, store } = open(size);
    const count = MODEL.advice.length;
    expect(await press('a')).toMatch(new RegExp(`^ SUGGESTIONS 1 of ${count}\\b`, 'm'));
    expect(await press('3')).toMatch(new RegExp(`^ SUGGESTIONS 3 of ${count}\\b`, 'm'));
    expect(store.getState().panelCursor).toBe(2);
  });

  test.each([MODEL, MODEL6])('nothing of the heading of suggestions is cut', async (model) => {
    const { press } = open(size, model);
    const [heading = ''] = /^ SUGGESTIONS.*$/m.exec(await press('a')) ?? [];
    expect(heading).not.toMatch(/… /);
    if (heading.includes(' for ')) expect(heading).toContain(':8080');
  });

  test('the table of sysctls says which of how many is selected, unless all are there', async () => {
    const { press } = open(size);
    const text = await press('s');
    const total = explainSysctls(MODEL).length;
    const shown = text.split('\n').filter((line) => /^│ [▸ ][△ ] \S/.test(line)).length;
    expect(text.includes(` sysctl 1/${total} `)).toBe(shown < total);
  });

  test('a row that stands out does so while it is selected as well', async () => {
    const { press } = open(size);
    expect(await press('s')).toMatch(/^│ ▸△ \S*_?range /m);
  });

  test('what-if says what is out of sight, and how to leave', async () => {
    const { press } = open(size);
    const text = await press('w', RIGHT);
    const parameters = text.match(
      /^ [▸ ] (port range|tcp_tw_reuse|destin|sources|keep-a|request)/gm,
    );
    expect(/ 1\/6 *$/m.test(text)).toBe(parameters?.length !== 6);
    expect(text.includes('sysctl -w') || /↓ \d+ more lines/.test(text)).toBe(true);
    expect(text).toMatch(/^ ← → change {2}y copy {2}Esc back .*q quit/m);
  });

  test('what-if has its mark on every screen of its text', async () => {
    const { press, screen } = open(size);
    await press('w', RIGHT);
    for (let presses = 0; presses < 60; presses++) {
      const text = await press('j');
      if (/^ [▸ ] port range|▸/m.test(text)) continue;
      const body = text.split('\n').slice(0, -1);
      const isWhole =
        body.some((line) => line.includes('sysctl -w')) && /rule\.$|it\.$|one\.$/m.test(text);
      expect(isWhole || /[↑↓] \d+( ↓ \d+)? (more )?lines/.test(text), text).toBe(true);
    }
    expect(screen.lastText()).toContain('Esc back');
  });

  test('the changes are named, or how many more there are', async () => {
    const { press } = open(size);
    const mark = (text: string) => /^ WHAT IF.*$/m.exec(text)?.[0] ?? '';
    expect(mark(await press('w'))).toMatch(/nothing is changed yet(,|;|$)/);
    const one = mark(await press(RIGHT));
    expect(one).toMatch(/range \d+–\d+(;|$)/);
    const many = mark(await press('j', RIGHT, 'j', RIGHT, 'j', RIGHT));
    expect(many).toMatch(/range \d+–\d+(, and 2 more$|, destinations ×2, sources ×2)/);
  });

  test('y is offered where there is something to copy', async () => {
    const { press } = open(size);
    for (const [index, { commands }] of MODEL.advice.entries()) {
      const text = await press(index === 0 ? 'a' : `${index + 1}`);
      expect(text.includes('y copy'), commands.join()).toBe(commands.length > 0);
    }
    expect(MODEL.advice.some(({ commands }) => commands.length === 0)).toBe(true);
  });

  test('the line of what drains is whole, with its figure from 39 columns on', async () => {
    for (let { columns } = size; columns > size.columns - 9 && columns >= 30; columns--) {
      const line = renderAt(<DrainLine model={MODEL} columns={columns} glyphs={glyphs} />, {
        columns,
        rows: 2,
      }).lastText();
      expect(line).not.toContain('…');
      expect(line).toMatch(/ in 60 s/);
      if (columns >= 37 && columns < 56) expect(line).toMatch(/ in 60 s: 89/);
    }
  });
});

test('what drains has its figure where it may be earlier, too', () => {
  const early = {
    ...MODEL,
    groups: MODEL.groups.map((group) => ({ ...group, reusableFromAgeMs: 1000 })),
  };
  const line = (model: typeof MODEL, columns: number) =>
    renderAt(<DrainLine model={model} columns={columns} glyphs={glyphs} />, {
      columns,
      rows: 2,
    }).lastText();
  expect(line(early, 80)).toMatch(/ in 60 s, or before: 89/);
  for (let columns = 37; columns <= 120; columns++) {
    expect(line(early, columns), `${columns}`).toMatch(/ in 60 s(, or before)?: 89/);
    expect(line(MODEL, columns), `${columns}`).toMatch(/ in 60 s: 89/);
  }
});

test('two sysctls never have the same name in the table', () => {
  for (let columns = 30; columns <= 220; columns++) {
    const names = sysctlRows(explainSysctls(MODEL), columns, '…').map(({ sysctl }) => sysctl);
    expect(new Set(names).size, `${columns}`).toBe(names.length);
  }
});

test('a filter that hides it leaves the port in the verdict, at any width', () => {
  const verdict = { ...verdictOf(MODEL6), aside: 'hidden by the filter' };
  for (let width = 30; width <= 200; width++) {
    const lines = verdictLines(verdict, width, glyphs);
    expect(lines[0]).toContain(':8080');
    expect(lines.join('\n')).toContain('(hidden by the filter)');
    for (const line of lines.slice(0, -1)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  }
});
