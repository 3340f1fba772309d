import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  FULLEST_ROW,
  type LiveOptions,
  makeDirectory,
  nearlyFullProc,
  cleanUpAfterEach,
  startLive,
  TABLE_TITLE,
} from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

/** A directory for settings, with these in it. */
function configured(settings?: unknown): { file: string; env: { XDG_CONFIG_HOME: string } } {
  const base = makeDirectory();
  const file = join(base, 'ephtop/config.json');
  if (settings !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, JSON.stringify(settings));
  }
  return { file, env: { XDG_CONFIG_HOME: base } };
}

async function start(options: LiveOptions): Promise<Terminal> {
  const terminal = startLive(options);
  await terminal.waitFor(FULLEST_ROW);
  return terminal;
}

test('the settings of the file are those that the view starts with', async () => {
  const { env } = configured({ sort: 'tw', interval: '700ms', mouse: false, ascii: true });
  const terminal = await start({ env });
  expect(terminal.screen()).toMatch(/vTW/);
  expect(terminal.screen()).toMatch(/netlink 700ms|procfs 700ms/);
  expect(terminal.screen()).toContain('->');
  expect(terminal.state().mouseModes).toEqual([]);
});

test('the command line wins, and --no-config reads no file', async () => {
  const { env } = configured({ sort: 'tw', interval: '700ms' });
  const given = await start({ env, args: ['--sort', 'live'] });
  expect(given.screen()).toMatch(/▾LIVE/);
  expect(given.screen()).toMatch(/ 700ms/);
  const without = await start({ env, args: ['--no-config'] });
  expect(without.screen()).not.toMatch(/▾TW| 700ms/);
});

test('a wrong setting is a notice, and the others hold', async () => {
  const { file, env } = configured({ interval: 'often', sort: 'tw' });
  const terminal = await start({ env, columns: 250 });
  expect(terminal.screen()).toContain(
    `${file}: "often" is wrong for "interval". Write a duration such as 250ms, 2s, 1m, 1h or 1d.`,
  );
  expect(terminal.screen()).toMatch(/▾TW/);
  expect(terminal.screen()).toMatch(/ 250ms/);
  terminal.press('j');
  await terminal.waitFor((screen) => !screen.includes('is wrong for'));
});

test('a file that cannot be read is a notice, and S leaves it as it is', async () => {
  const { file, env } = configured({});
  writeFileSync(file, '{"sort": ');
  const terminal = await start({ env, columns: 250 });
  expect(terminal.screen()).toContain(`${file}: this is not JSON: `);
  terminal.press('S');
  await terminal.waitFor(/Not saved: .*this is not JSON/);
  expect(readFileSync(file, 'utf8')).toBe('{"sort": ');
});

test('S keeps theme, order and interval; nothing else ever writes', async () => {
  const { file, env } = configured();
  const terminal = await start({ env });
  terminal.press('t');
  await terminal.waitFor('Theme: colour-blind');
  terminal.press('>', 'I', '-');
  await terminal.waitFor(/ 500ms/);
  expect(existsSync(file)).toBe(false);
  terminal.press('S');
  await terminal.waitFor(/Theme, order and interval are saved in/);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    theme: 'colour-blind',
    sort: 'used',
    inverted: true,
    interval: '500ms',
  });
  terminal.press('j');
  await terminal.waitFor(/q quit/);
  const again = await start({ env });
  expect(again.screen()).toMatch(/▴USED/);
  expect(again.screen()).toMatch(/ 500ms/);
});

test('S says that nothing is saved with --no-config', async () => {
  const { file, env } = configured();
  const terminal = startLive({ env, args: ['--no-config'] });
  await terminal.waitFor(TABLE_TITLE);
  terminal.press('S');
  await terminal.waitFor('Not saved: --no-config');
  expect(existsSync(file)).toBe(false);
});

/** The colour of the fullest group's mark. */
function markColour(terminal: Terminal): string | undefined {
  const lines = terminal.lines();
  const y = lines.findIndex((line) => line.startsWith('▸▲'));
  return terminal.cell(1, y).foreground;
}

test('t goes through the themes, and each has the glyphs; --theme starts with one', async () => {
  const proc = nearlyFullProc();
  const terminal = startLive({ proc });
  await terminal.waitFor(/^▸▲/m);
  expect(markColour(terminal)).toBe('ansi1');
  terminal.press('t');
  await terminal.waitFor('Theme: colour-blind; S saves it');
  expect(markColour(terminal)).toBe('ansi3');
  terminal.press('t');
  await terminal.waitFor('Theme: mono');
  expect(markColour(terminal)).toBeUndefined();
  terminal.press('t');
  await terminal.waitFor('Theme: default');
  const other = startLive({ proc, args: ['--theme', 'colour-blind'] });
  await other.waitFor(/^▸▲/m);
  expect(markColour(other)).toBe('ansi3');
});

test('where no colour is wanted there is one theme, and S keeps the other that was chosen', async () => {
  const { file, env } = configured({ theme: 'colour-blind' });
  const terminal = await start({ env: { ...env, NO_COLOR: '1' } });
  terminal.press('t');
  await terminal.waitFor('Theme: mono, because colour is off');
  terminal.press('S');
  await terminal.waitFor(/are saved in/);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ theme: 'colour-blind' });
});
