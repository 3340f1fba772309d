import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import type { Key } from 'ink';
import { lineText } from '../../src/format/styled-line.ts';
import { parseFilter } from '../../src/model/query/filter-words.ts';
import { helpLines } from '../../src/ui/components/help-panel.tsx';
import { glyphsFor, withGlyphs } from '../../src/ui/theme.ts';
import { keyNames } from '../../src/ui/key-name.ts';
import { actionFor, filterActionFor, keysOf } from '../../src/ui/key-action.ts';
import { KEYMAP } from '../../src/ui/keymap.ts';
import type { Panel } from '../../src/store/panel.ts';

const CONTEXT = { pageRows: 10, rows: 30, copyable: ['sysctl -w a=1', 'sysctl -w b=2'] };

const PANELS = [...new Set(KEYMAP.flatMap(({ panels = [] }) => panels))];

const OF_VIEW = KEYMAP.filter(({ panels, inReplay }) => !panels && !inReplay);
const OF_REPLAY = KEYMAP.filter(({ inReplay }) => inReplay);

test.for([
  ['the view', OF_VIEW],
  ['a recording', OF_REPLAY],
  ...PANELS.map((panel) => [panel, keysOf(panel)] as const),
] as const)('no key has two meanings among those of %s', ([, bindings]) => {
  const keys = bindings.flatMap((binding) => binding.keys);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(keys.filter((key) => /^[1-9]$/.test(key))).toEqual([]);
});

test('every key of the table does something, and has a help', () => {
  for (const { keys, help, label, panels = ['groups'] as const, inReplay = false } of KEYMAP) {
    expect(help.length && label.length).toBeGreaterThan(0);
    for (const key of keys)
      for (const panel of panels) expect(actionFor(key, panel, inReplay), key).toBeDefined();
  }
  expect(actionFor('x', 'groups')).toBeUndefined();
});

const run = (key: string, panel: Panel) => {
  const action = actionFor(key, panel);
  return typeof action === 'function' ? action(CONTEXT) : action;
};

test('page keys move by the screen; figures open a suggestion', () => {
  expect(run('pagedown', 'groups')).toMatchObject({ type: 'move', by: 10, rows: 30 });
  expect(run('3', 'groups')).toEqual({ type: 'advice', index: 2 });
  expect(run('ctrl-c', 'groups')).toEqual({ type: 'quit' });
});

test('a panel has its own keys, before those of the view, which it has as well', () => {
  expect(run('+', 'groups')).toMatchObject({ type: 'interval' });
  expect(run('+', 'what-if')).toEqual({ type: 'what-if-step', by: 1 });
  expect(run('left', 'what-if')).toEqual({ type: 'what-if-step', by: -1 });
  expect(run('0', 'what-if')).toEqual({ type: 'what-if-reset', rows: 'this' });
  expect(run('3', 'what-if')).toEqual({ type: 'advice', index: 2 });
  expect(run('w', 'what-if')).toEqual({ type: 'panel', panel: 'what-if' });
  expect(run('q', 'what-if')).toEqual({ type: 'quit' });
  expect(run('y', 'what-if')).toEqual({ type: 'copy', lines: CONTEXT.copyable });
  expect(run('y', 'advice')).toEqual({ type: 'copy', lines: CONTEXT.copyable });
  expect(run('y', 'groups')).toBeUndefined();
});

test('in a recording n and N go to turning points; host names have D there as well', () => {
  expect(actionFor('n', 'groups', true)).toEqual({ type: 'turn', by: 1 });
  expect(actionFor('N', 'groups', true)).toEqual({ type: 'turn', by: -1 });
  expect(actionFor('n', 'groups')).toEqual({ type: 'names' });
  expect(actionFor('N', 'groups')).toBeUndefined();
  for (const isReplay of [true, false])
    expect(actionFor('D', 'groups', isReplay)).toEqual({ type: 'names' });
});

test.for([
  ['q', 'filter-text'],
  [' ', 'filter-text'],
  ['é', 'filter-text'],
  ['enter', 'filter-done'],
  ['escape', 'escape'],
  ['backspace', 'filter-backspace'],
  ['ctrl-u', 'filter-erase'],
  ['ctrl-w', 'filter-erase'],
  ['ctrl-c', 'quit'],
  ['ctrl-z', 'suspend'],
] as const)('while the filter is typed, %j is %s', ([key, type]) => {
  expect(filterActionFor(key)?.type).toBe(type);
});

test.for(['up', 'pagedown', '\u0001', '\u007f', 'ctrl-a'])(
  'while the filter is typed, %j is nothing',
  (key) => {
    expect(filterActionFor(key)).toBeUndefined();
  },
);

test.for<[string, Partial<Key>, string[]]>([
  ['', { upArrow: true }, ['up']],
  ['c', { ctrl: true }, ['ctrl-c']],
  ['jjk', {}, ['j', 'j', 'k']],
  ['x', { meta: true }, []],
  ['', { delete: true }, ['backspace']],
])('%j with %j is %j', ([input, key, names]) => {
  expect(keyNames(input, key as Key)).toEqual(names);
});

describe('the help', () => {
  const textOf = (columns: number, ascii = false) =>
    helpLines(columns, glyphsFor(ascii)).map((line) =>
      withGlyphs(lineText(line), glyphsFor(ascii)),
    );

  test.each([40, 60, 80, 120, 200])('at %i columns is never cut', (columns) => {
    expect(Math.max(...textOf(columns).map((line) => stringWidth(line)))).toBeLessThanOrEqual(
      columns - 2,
    );
  });

  test('is ASCII where everything is', () => {
    expect(textOf(80, true).join('\n')).toMatch(/^[\n -~]*$/);
    expect(textOf(80, true).join('\n')).not.toContain('?  ');
  });

  test('names every key, and filters that can be understood', () => {
    const text = textOf(80).join('\n');
    for (const { label } of KEYMAP) expect(text).toContain(`\n${label.padEnd(10)}`);
    // On an ordinary screen nothing has to be scrolled.
    expect(textOf(120).length).toBeLessThanOrEqual(33);
    const examples = text.replace(/\s+/g, ' ').match(/[!a-z]+[:<>][\w.%]+/g) ?? [];
    expect(examples.length).toBeGreaterThan(5);
    expect(examples.filter((word) => parseFilter(word).problem !== undefined)).toEqual([]);
  });
});
