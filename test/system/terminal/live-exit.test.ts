import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TERMINAL_AS_IT_WAS,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import type { Shell } from '../../helpers/terminal-shell.ts';

cleanUpAfterEach();

type Leaving = { screen: string; status: string };

/** Runs the live view in a shell, ends it, and looks at what it left; returns the shell's screen. */
async function leave(
  shell: Shell,
  end: () => void | Promise<void>,
  timeoutMs?: number,
): Promise<Leaving> {
  const { terminal, run, prompt, output } = shell;
  await output('echo what stood here before');
  const settings = await output('stty -g');
  run(LIVE_COMMAND);
  await terminal.waitFor(FULLEST_ROW);
  expect(terminal.state()).toMatchObject({ alternateScreen: true, cursorVisible: false });
  expect(terminal.isRaw()).toBe(true);
  await end();
  const screen = await prompt(timeoutMs);
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(screen).toMatch(/^what stood here before$/m);
  expect(screen).not.toContain('HEADROOM');
  const status = await output('echo "status $?"');
  expect(await output('stty -g')).toBe(settings);
  return { screen, status };
}

/** What stands on the screen between the command line that started the program and the prompt. */
function printed(screen: string): string {
  const lines = screen.split('\n');
  const started = lines.findLastIndex((line) => line.includes('LIVE_MAIN'));
  return lines.slice(started + 1, -1).join('\n');
}

test.each(['q', 'ctrlC'])('gives the terminal back on %s', async (key) => {
  const shell = await openLiveShell();
  const { screen, status } = await leave(shell, () => shell.terminal.press(key));
  expect(status).toBe('status 0');
  expect(printed(screen)).toBe('');
});

test('gives the terminal back when it is left from the filter and from a panel', async () => {
  const shell = await openLiveShell();
  const { status } = await leave(shell, async () => {
    shell.terminal.press('a');
    await shell.terminal.waitFor(/SUGGESTIONS/);
    shell.terminal.press('/q');
    await shell.terminal.waitFor(/^ \/ q/m);
    shell.terminal.press('ctrlC');
  });
  expect(status).toBe('status 0');
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
] as const)('gives the terminal back on %s, and dies of it', async (signal, expected) => {
  const shell = await openLiveShell();
  const { status } = await leave(shell, () => shell.terminal.signal(signal, 'foreground'));
  expect(status).toBe(`status ${expected}`);
});

// SIGUSR1 is Node's debugger, SIGPROF V8's profiler; Node has no name for the real-time signals.
test.each([constants.signals.SIGUSR1, constants.signals.SIGPROF, 34, 35, 64])(
  'goes on after signal %i, for which Node has a use of its own or none',
  async (signal) => {
    const terminal = startLive();
    await terminal.waitFor(FULLEST_ROW);
    process.kill(terminal.pid, signal);
    terminal.press('?');
    await terminal.waitFor(/q Ctrl-C +quit/);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
    expect(terminal.raw()).not.toContain('Debugger');
    expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  },
);

test('says why the sampling thread failed, after the terminal was given back', async () => {
  const proc = copyProc();
  const shell = await openLiveShell({ proc });
  // It is waited ten seconds for the file to come back.
  const { screen, status } = await leave(shell, () => rmSync(join(proc, 'net/tcp')), 20_000);
  expect(status).toBe('status 2');
  // One line, which the terminal may have folded.
  expect(printed(screen).replaceAll('\n', '')).toMatch(
    /^ephtop: \S+\/net\/tcp is not there: .*\.$/,
  );
});

test('a source that fails for a moment is said, and sampling goes on', async () => {
  const proc = copyProc();
  const terminal = startLive({ proc });
  await terminal.waitFor(FULLEST_ROW);
  const [file, away] = [join(proc, 'net/tcp'), join(proc, 'net/away')];
  renameSync(file, away);
  await delay(2000);
  renameSync(away, file);
  // The samples behind it have no warning any more.
  await expect.poll(() => terminal.raw()).toMatch(/! no sample could be taken for \d s: /);
  addConnections(proc, TO_BACKEND, 40_000, 30);
  await terminal.waitFor(/10\.0\.9\.21:8080 .* 70\.\d%/);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

describe('after a crash of the main thread', () => {
  const crashes = {
    'an uncaught exception': `throw new Error('the roof fell in');`,
    'an unhandled rejection': `void Promise.reject(new Error('the roof fell in'));`,
  };

  test.each(Object.entries(crashes))('%s can be read in the shell', async (_, statement) => {
    const crash = join(makeDirectory(), 'crash-on-signal.mjs');
    writeFileSync(crash, `process.on('SIGUSR2', () => { ${statement} });`);
    const shell = await openLiveShell({ env: { NODE_OPTIONS: `--import=${crash}` } });
    const { screen, status } = await leave(shell, () =>
      shell.terminal.signal('SIGUSR2', 'foreground'),
    );
    expect(printed(screen)).toContain('Error: the roof fell in');
    expect(status).toMatch(/^status [1-9]/);
  });
});

test('says in a sentence that its directory has been removed', async () => {
  const shell = await openLiveShell({ cwd: makeDirectory() });
  await shell.output('mkdir gone && cd gone && rmdir ../gone');
  const message = await shell.output(LIVE_COMMAND);
  expect(message.replaceAll('\n', '')).toBe(
    'ephtop: the directory that ephtop was started in cannot be found (no such file): cd to another.',
  );
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test('does not take the screen when the first sample fails', async () => {
  const proc = copyProc();
  rmSync(join(proc, 'net/tcp'));
  const shell = await openLiveShell({ proc });
  const message = await shell.output(LIVE_COMMAND);
  expect(message.replaceAll('\n', '')).toMatch(/^ephtop: \S+\/net\/tcp is not there: .*\.$/);
  expect(await shell.output('echo "status $?"')).toBe('status 2');
  expect(shell.terminal.raw()).not.toContain('\x1b[?1049');
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test('quits when q was pressed before there was anything to see', async () => {
  const terminal = startLive();
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test('tells the signal to whoever waits for it', async () => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  terminal.signal('SIGTERM');
  expect(await terminal.exited).toMatchObject({ signal: 'SIGTERM' });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});
