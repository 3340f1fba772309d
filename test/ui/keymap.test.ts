import { expect, test } from 'vitest';
import type { Key } from 'ink';
import { keyNames } from '../../src/ui/key-name.ts';
import { commandFor, filterCommandFor, KEYMAP } from '../../src/ui/keymap.ts';

const CONTEXT = { pageRows: 10, rows: 30 };

test('no key has two meanings', () => {
  const keys = KEYMAP.flatMap((binding) => binding.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(keys.filter((key) => /^[1-9]$/.test(key))).toEqual([]);
});

test('every key of the table does something, and has a help', () => {
  for (const { keys, help, label } of KEYMAP) {
    expect(help.length && label.length).toBeGreaterThan(0);
    for (const key of keys) expect(commandFor(key), key).toBeDefined();
  }
  expect(commandFor('x')).toBeUndefined();
});

test('page keys move by the screen; figures open a suggestion', () => {
  const run = (key: string) => {
    const command = commandFor(key);
    return typeof command === 'function' ? command(CONTEXT) : command;
  };
  expect(run('pagedown')).toEqual({ type: 'move', by: 10, rows: 30 });
  expect(run('3')).toEqual({ type: 'advice', index: 2 });
  expect(run('ctrl-c')).toBe('quit');
});

test.for([
  ['q', 'filter-text'],
  [' ', 'filter-text'],
  ['é', 'filter-text'],
  ['enter', 'filter-done'],
  ['escape', 'escape'],
  ['backspace', 'filter-backspace'],
] as const)('while the filter is typed, %j is %s', ([key, type]) => {
  const command = filterCommandFor(key);
  expect(typeof command === 'function' && command(CONTEXT).type).toBe(type);
});

test.for(['up', 'pagedown', '\u0001', '\u007f', 'ctrl-a'])(
  'while the filter is typed, %j is nothing',
  (key) => {
    expect(filterCommandFor(key)).toBeUndefined();
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
