/** Every key of the key table, in the real program: what it does, and what undoes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Action } from '../../../src/store/actions.ts';
import { KEYMAP } from '../../../src/ui/keymap.ts';
import { crowdedProc } from '../../helpers/crowded-proc.ts';
import {
  FULLEST_ROW,
  groupRows,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { expectScreen } from '../../helpers/screens.ts';
import type { KeyName } from '../../helpers/terminal-keys.ts';
import { type Expectation, type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

type Keys = readonly (KeyName | (string & {}))[];

/** What a key does to the groups, or to what other keys have made of them. */
type Case = {
  /** Pressed before, and what shows that they were obeyed. */
  readonly after?: { readonly keys: Keys; readonly show: Expectation };
  /** How often it is pressed; once where it is left out. */
  readonly times?: number;
  readonly shows: Expectation;
  /** Brings the groups back; nothing where the key itself does. */
  readonly undo: Keys;
};

const BACKEND = '10.0.9.21:8080';
const LONG = '[2001:db8:ff…:ffff:fffe]:8443';

const isSelected = (destination: string) => (screen: string) =>
  groupRows(screen).selected === destination;
/** Far down, and on the screen. */
const isFarDown = (screen: string) => {
  const { destinations, selected = '' } = groupRows(screen);
  return destinations.includes(selected) && !destinations.includes(BACKEND);
};
const without = (text: RegExp) => (screen: string) => !text.test(screen);

const IS_LIVE = without(/PAST/);
const DOWN = { keys: ['end'], show: isFarDown } as const;
const SECOND = { keys: ['down'], show: isSelected(LONG) } as const;
const PANELS = {
  detail: { keys: ['enter'], show: /^ states {3}ESTABLISHED/m },
  sysctl: { keys: ['s'], show: /│ recommended if short of ports +│/ },
  advice: { keys: ['a'], show: /^ ▸ 1 .*Widen/m },
  'what-if': { keys: ['w'], show: /^ WHAT IF: nothing is changed yet/m },
  help: { keys: ['?'], show: /\bq Ctrl-C +quit/ },
} as const;
const CHANGED = { keys: ['w', 'right'], show: /^ WHAT IF, not the real machine/m } as const;
const PAST = { keys: ['left'], show: /^ PAST/m } as const;
const GROUPS = (screen: string) => groupRows(screen).selected === BACKEND;

const up: Case = { after: SECOND, shows: GROUPS, undo: [] };
const down: Case = { shows: isSelected(LONG), undo: ['up'] };
const toFirst: Case = { after: DOWN, shows: GROUPS, undo: [] };
const toLast: Case = { shows: isFarDown, undo: ['home'] };
const freeze: Case = { shows: /^ FROZEN at/m, undo: ['p'] };
const help: Case = { shows: PANELS.help.show, undo: ['?'] };
const names: Case = { shows: /^ {3}127\.0\.0\.1 → [a-z]\S*:9090 /m, undo: ['n'] };
const smaller: Case = {
  after: { keys: ['w', 'down'], show: /^ ▸ tcp_tw_reuse/m },
  shows: /^ ▸ tcp_tw_reuse +2 loopback only +→ 1 on/m,
  undo: ['0', 'escape'],
};
const greater: Case = {
  after: PANELS['what-if'],
  shows: /^ ▸ port range +40000–40099 +→ /m,
  undo: ['R', 'escape'],
};
const realAgain: Case = { after: CHANGED, shows: PANELS['what-if'].show, undo: ['escape'] };

/** By key; behind a dot, the panel whose own key it is. */
const CASES: Readonly<Record<string, Case>> = {
  up,
  k: up,
  down,
  j: down,
  pageup: { after: { keys: ['pageDown'], show: isFarDown }, shows: GROUPS, undo: [] },
  pagedown: { shows: isFarDown, undo: ['pageUp'] },
  home: toFirst,
  g: toFirst,
  end: toLast,
  G: toLast,
  enter: { shows: PANELS.detail.show, undo: ['escape'] },
  a: { shows: PANELS.advice.show, undo: ['a'] },
  s: { shows: PANELS.sysctl.show, undo: ['s'] },
  w: { shows: PANELS['what-if'].show, undo: ['w'] },
  '?': help,
  h: help,
  'left.what-if': smaller,
  '-.what-if': smaller,
  'right.what-if': greater,
  '+.what-if': greater,
  '0.what-if': realAgain,
  'backspace.what-if': realAgain,
  'R.what-if': realAgain,
  'enter.what-if': {
    after: PANELS['what-if'],
    shows: /^ Arrows change it, 0 resets, Esc leaves/m,
    undo: ['escape'],
  },
  'y.what-if': { after: CHANGED, shows: /copied \d lines?/, undo: ['R', 'escape'] },
  'y.advice': { after: PANELS.advice, shows: /copied \d lines?/, undo: ['escape'] },
  ...Object.fromEntries(
    Object.entries(PANELS).map(([panel, after]) => [
      `escape.${panel}`,
      { after, shows: GROUPS, undo: [] },
    ]),
  ),
  escape: {
    after: { keys: ['/', ':8443', 'enter'], show: / filter: :8443 / },
    shows: GROUPS,
    undo: [],
  },
  '/': { shows: /^ Enter keeps it, Esc clears it/m, undo: ['escape'] },
  f: { shows: /folded by destination/, undo: ['escape'] },
  // Whatever this machine calls itself.
  n: names,
  D: names,
  '<': { shows: /▾SOURCE → DESTINATION/, undo: ['>'] },
  '>': { shows: /▾USED\b/, undo: ['<'] },
  I: { shows: (screen) => !groupRows(screen).destinations.includes(BACKEND), undo: ['I'] },
  p: freeze,
  ' ': freeze,
  left: { shows: PAST.show, undo: ['L'] },
  // More often than samples can have come meanwhile.
  right: { after: PAST, times: 100, shows: IS_LIVE, undo: [] },
  '[': { shows: PAST.show, undo: ['L'] },
  '{': { shows: PAST.show, undo: ['L'] },
  '}': { after: PAST, times: 100, shows: IS_LIVE, undo: [] },
  r: { shows: /● REC .*Recording to|Recording to .*; r stops it/s, undo: ['r', 'home'] },
  ']': { after: PAST, shows: IS_LIVE, undo: [] },
  L: { after: PAST, shows: IS_LIVE, undo: [] },
  '+': { shows: /procfs 125ms /, undo: ['-'] },
  '-': { shows: /procfs 500ms /, undo: ['+'] },
  // Nothing else had drawn on it; see live-keys for when something has.
  'ctrl-l': { shows: GROUPS, undo: [] },
  t: { shows: 'Theme: colour-blind', undo: ['t', 't', 'home'] },
  S: { shows: /Theme, order and interval are saved in/, undo: ['home'] },
  // This is a copy of a machine's files.
  N: { shows: /N needs the view of this machine/, undo: ['home'] },
};

const NAMES: Readonly<Record<string, KeyName>> = {
  pageup: 'pageUp',
  pagedown: 'pageDown',
  'ctrl-c': 'ctrlC',
  'ctrl-l': 'ctrlL',
  'ctrl-z': 'ctrlZ',
};
const press = (terminal: Terminal, key: string) => terminal.press(NAMES[key] ?? key);

const keysThat = (...types: readonly Action['type'][]) =>
  KEYMAP.filter(
    ({ action }) => typeof action !== 'function' && types.includes(action.type),
  ).flatMap(({ keys }) => keys);

test('every key has a case', () => {
  const leaving = keysThat('quit', 'suspend');
  const all = KEYMAP.filter(({ inReplay }) => !inReplay)
    .flatMap(({ keys, panels }) =>
      keys.flatMap((key) => panels?.map((panel) => `${key}.${panel}`) ?? [key]),
    )
    .filter((key) => !leaving.includes(key));
  expect(Object.keys(CASES).toSorted()).toEqual(all.toSorted());
});

test('every key does what it should, and is undone', { timeout: 120_000 }, async () => {
  const settings = makeDirectory();
  const terminal = startLive({
    proc: crowdedProc(),
    args: ['--cpu-budget', '100%'],
    env: { XDG_CONFIG_HOME: settings },
    // What is recorded is put where the program runs.
    cwd: makeDirectory(),
  });
  // All that comes after the first sample is there, and there is something to go back to.
  const groups = await terminal.waitFor(
    (screen) => /日本語プロ… /.test(screen) && /cost [^]*opens\/s[^]*never/.test(screen),
  );
  for (const [name, { after, times = 1, shows, undo }] of Object.entries(CASES)) {
    const [key = ''] = name.split('.');
    if (after !== undefined) {
      terminal.press(...after.keys);
      await terminal.waitFor(after.show);
    }
    for (let time = 0; time < times; time++) press(terminal, key);
    const named = (step: string) => (error: unknown) => {
      throw new Error(`${step} ${name}`, { cause: error });
    };
    await terminal.waitFor(shows).catch(named('after'));
    terminal.press(...undo);
    await expectScreen(terminal, groups).catch(named('after undoing'));
  }
  expect(readFileSync(join(settings, 'ephtop/config.json'), 'utf8')).toContain('"default"');
});

test.each(keysThat('quit'))('%s leaves, with status 0', async (key) => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  press(terminal, key);
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test.each(keysThat('suspend'))('%s stops, and fg goes on', async (key) => {
  const shell = await openLiveShell();
  shell.run(LIVE_COMMAND);
  await shell.terminal.waitFor(FULLEST_ROW);
  press(shell.terminal, key);
  expect(await shell.prompt()).toContain('Stopped');
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  shell.run('fg');
  await shell.terminal.waitFor(FULLEST_ROW);
});
