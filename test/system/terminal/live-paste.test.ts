import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cleanUpAfterEach,
  FULLEST_ROW,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  startLive,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { paste } from '../../helpers/terminal-keys.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const IGNORED = 'Pasted text presses no keys';

async function start(): Promise<{ terminal: Terminal; file: string }> {
  const settings = makeDirectory();
  const terminal = startLive({ env: { XDG_CONFIG_HOME: settings } });
  await terminal.waitFor(FULLEST_ROW);
  return { terminal, file: join(settings, 'ephtop/config.json') };
}

test.each([
  ['that is marked', paste('quit S \x03 sysctl')],
  ['that is not', 'saw the lazy dog S'],
  ['with lines, that is not', 'q\rsaw rS t q\r'],
])('a paste %s presses nothing, and writes nothing', async (_, text) => {
  const { terminal, file } = await start();
  expect(terminal.state()).toMatchObject({ bracketedPaste: true });
  terminal.press(text);
  await terminal.waitFor(IGNORED);
  terminal.press('ctrlC');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(existsSync(file)).toBe(false);
});

test('what is pasted into the filter is all of it, on one line', async () => {
  const { terminal } = await start();
  terminal.press('/', paste('10.0.9\rport:8080\n'));
  await terminal.waitFor(/^ \/ 10\.0\.9 port:8080 /m);
  terminal.press('enter');
  await terminal.waitFor('filter: 10.0.9 port:8080');
});

test.each(['q', 'ctrlC'])('%s leaves where the end of a paste was lost', async (key) => {
  const { terminal } = await start();
  terminal.press('\x1b[200~S');
  await terminal.waitFor(IGNORED);
  terminal.press(key);
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('S behind q in one read does not save', async () => {
  const { terminal, file } = await start();
  terminal.press('qS');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(existsSync(file)).toBe(false);
});

test("pastes are the terminal's own again while the program is stopped", async () => {
  const { terminal, run, prompt } = await openLiveShell();
  run(LIVE_COMMAND);
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('ctrlZ');
  await prompt();
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  run('fg');
  // The view is drawn before the modes are taken.
  await terminal.waitFor((screen) => FULLEST_ROW.test(screen) && terminal.state().bracketedPaste);
});
