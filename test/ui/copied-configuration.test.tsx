/** A suggestion without a command has lines of a configuration file, which `y` copies. */
import { describe, expect, test } from 'vitest';
import { initialViewState } from '../../src/store/view-state.ts';
import { ADVICE_PANEL } from '../../src/ui/panels/advice.tsx';
import { openApp } from '../helpers/open-app.tsx';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { closedLately, connections } from '../helpers/sockets.ts';

const MODEL = modelWithOwners(
  [...withInodes(connections(4), 100), ...closedLately(90, {}, 40_004)],
  [{ pid: 812, command: 'haproxy', inodes: numbersFrom(100, 4) }],
);
const AT = MODEL.advice.findIndex(({ commands, config }) => commands.length === 0 && config);
const CONFIG = MODEL.advice[AT]?.config?.lines ?? [];

describe.each([
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
])('at $columns x $rows', (size) => {
  const open = async () => {
    const copied: string[] = [];
    const effects = { copyText: (text: string) => copied.push(text) };
    const { press } = openApp(size, MODEL, { effects });
    await press('a', `${AT + 1}`);
    return { copied, press };
  };

  test('all of it, as the file has it, and it is said', async () => {
    const { copied, press } = await open();
    const text = await press('y');
    expect(CONFIG.length).toBeGreaterThan(3);
    expect(copied).toEqual([CONFIG.join('\n')]);
    expect(text).toMatch(/^ copied/m);
    expect(text).not.toContain('nothing to copy');
  });

  test('it stands below the notice where it is to be selected, whole', async () => {
    const { press } = await open();
    const lines = (await press('y')).split('\n').map((line) => line.trim());
    const notice = lines.findIndex((line) => line.startsWith('copied'));
    const isHere = lines[notice]?.endsWith('here:') === true;
    const below = lines.slice(notice + 2, notice + 2 + CONFIG.length);
    if (isHere) expect(below).toEqual(CONFIG.map((line) => line.trim()));
    expect(isHere).toBe(size.columns >= 80);
  });
});

test('commands are copied without a configuration', async () => {
  const model = {
    ...MODEL,
    advice: MODEL.advice.map((each) => ({ ...each, commands: ['sysctl -w a=1'] })),
  };
  const copied: string[] = [];
  const effects = { copyText: (text: string) => copied.push(text) };
  await openApp({ columns: 80, rows: 24 }, model, { effects }).press('a', `${AT + 1}`, 'y');
  expect(copied).toEqual(['sysctl -w a=1']);
});

test.each([
  ['any program', ['One pool for all requests.'], false],
  ['squid', ['# leave it out'], false],
  ['node', ['// leave it out', '  // in both places'], false],
  ['squid', ['# at most', 'connect_timeout 3 seconds'], true],
])('for %s, %j: copied %j', (program, lines, isCopied) => {
  const advice = MODEL.advice.map((each) => ({
    ...each,
    commands: [],
    config: { program, lines },
  }));
  const copyable = ADVICE_PANEL.copyable?.(initialViewState(), { ...MODEL, advice });
  expect(copyable).toEqual(isCopied ? lines : []);
});
