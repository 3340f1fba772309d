import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import {
  FULLEST_ROW,
  LIVE_COMMAND,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { sessionPids } from '../../helpers/terminal-processes.ts';
import type { Shell } from '../../helpers/terminal-shell.ts';

cleanUpAfterEach();

const TAKEN = {
  alternateScreen: true,
  cursorVisible: false,
  autowrap: false,
  focusReports: true,
  schemeReports: true,
  mouseModes: [1000, 1006],
};

/** Starts the view in a shell, with something on the screen before it; returns the line settings. */
async function start(shell: Shell, command = LIVE_COMMAND): Promise<string> {
  await shell.output('echo what stood here before');
  const settings = await shell.output('stty -g');
  shell.run(command);
  await expectView(shell);
  return settings;
}

async function expectView({ terminal }: Shell): Promise<void> {
  await terminal.waitFor(
    (screen) =>
      FULLEST_ROW.test(screen) &&
      terminal.state().mouseModes.length > 0 &&
      // Asked after the first frame, when signals are listened for.
      terminal.raw().includes('\x1b]11;?'),
  );
  expect(terminal.state()).toMatchObject(TAKEN);
  expect(terminal.isRaw()).toBe(true);
}

/** The shell has the terminal back, as it was, and the view is stopped. */
async function expectStopped(shell: Shell, settings: string): Promise<void> {
  const screen = await shell.prompt();
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(screen).toMatch(/^what stood here before$/m);
  expect(screen).toMatch(/Stopped/);
  expect(screen).not.toContain('HEADROOM');
  expect(await shell.output('stty -g')).toBe(settings);
}

async function expectQuit(shell: Shell, settings: string): Promise<void> {
  shell.terminal.press('q');
  const screen = await shell.prompt();
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(screen).not.toContain('HEADROOM');
  expect(await shell.output('echo "status $?"')).toBe('status 0');
  expect(await shell.output('stty -g')).toBe(settings);
}

test.each([
  ['by the shell', LIVE_COMMAND],
  // npm is such a parent: in the same process group, and the one that the shell waits for.
  ['by a parent', `sh -c '${LIVE_COMMAND}; exit $?'`],
])('Ctrl-Z stops, fg goes on, as often as one likes; started %s', async (_, command) => {
  const shell = await openLiveShell();
  const settings = await start(shell, command);
  for (let time = 0; time < 2; time++) {
    shell.terminal.press('ctrlZ');
    await expectStopped(shell, settings);
    shell.run('fg');
    await expectView(shell);
  }
  shell.terminal.press('a');
  await shell.terminal.waitFor(/SUGGESTIONS/);
  await expectQuit(shell, settings);
});

test('Ctrl-Z stops while the filter is typed, and fg goes on typing', async () => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  shell.terminal.press('/.21');
  await shell.terminal.waitFor(/^ \/ \.21/m);
  shell.terminal.press('ctrlZ');
  await expectStopped(shell, settings);
  shell.run('fg');
  await expectView(shell);
  shell.terminal.press(':');
  await shell.terminal.waitFor(/^ \/ \.21:/m);
  shell.terminal.press('escape');
  await shell.terminal.waitFor(/q quit/);
  await expectQuit(shell, settings);
});

test.each(['SIGTSTP to the group', 'SIGTSTP to the program'])('%s stops as well', async (way) => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  if (way === 'SIGTSTP to the group') shell.terminal.signal('SIGTSTP', 'foreground');
  else process.kill(viewPid(shell), 'SIGTSTP');
  await expectStopped(shell, settings);
  shell.run('fg');
  await expectView(shell);
  await expectQuit(shell, settings);
});

test('after SIGSTOP, which nothing can be done before, fg paints the view again', async () => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  // Else the terminal's answer could come into the shell's line.
  await delay(200);
  shell.terminal.signal('SIGSTOP', 'foreground');
  await shell.prompt();
  await shell.output('printf "\\033[?1049l\\033[?1000;1006l"; clear');
  shell.run('fg');
  await expectView(shell);
  await expectQuit(shell, settings);
});

test('after SIGSTOP before there is a view, fg brings one that has the keys', async () => {
  const shell = await openLiveShell();
  const { terminal } = shell;
  for (const mark of ['[?1004h', '[?1049h']) {
    const settings = await shell.output('stty -g');
    const startedAt = terminal.raw().length;
    const written = () => terminal.raw().slice(startedAt);
    shell.run(LIVE_COMMAND);
    await terminal.waitFor(() => written().includes(mark));
    terminal.signal('SIGSTOP', 'foreground');
    await vi.waitFor(() => expect(written()).toMatch(/Stopped[^]*shell-\d+> /), 5000);
    // If it has asked the terminal already, the answer is in the shell's line by now.
    terminal.press('\x15');
    shell.run('fg');
    await terminal.waitFor(FULLEST_ROW);
    // What is typed while it takes the terminal anew, and waits for its answer, is dropped.
    await delay(1100);
    await expectView(shell);
    await expectQuit(shell, settings);
    await shell.output('clear');
  }
});

test('in the background it stops again, and writes nothing to the terminal', async () => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  shell.terminal.press('ctrlZ');
  await expectStopped(shell, settings);
  await shell.output('bg');
  await vi.waitFor(async () => expect(await shell.output('jobs')).toMatch(/Stopped/), 5000);
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  shell.run('fg');
  await expectView(shell);
  await expectQuit(shell, settings);
});

test('paints for the size that the window has got meanwhile', async () => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  shell.terminal.press('ctrlZ');
  await expectStopped(shell, settings);
  shell.terminal.resize(90, 20);
  await shell.output('true');
  shell.run('fg');
  await expectView(shell);
  await shell.terminal.waitFor((screen) => screen.split('\n').at(-1)?.includes('quit') ?? false);
  expect(shell.terminal.lines().at(-1)).toMatch(/q quit/);
  await expectQuit(shell, settings);
});

test('dies of SIGTERM while it is stopped, and leaves the terminal as it was', async () => {
  const shell = await openLiveShell();
  const settings = await start(shell);
  shell.terminal.press('ctrlZ');
  await expectStopped(shell, settings);
  await shell.output('kill %1; kill -CONT %1; wait');
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(await shell.output('stty -g')).toBe(settings);
});

test('Ctrl-Z does nothing where no shell could wake it up again', async () => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  // Who stops while the terminal owes an answer waits for that, and drops what else is typed: at most a second after the start.
  await delay(1100);
  terminal.press('ctrlZ', 's');
  await terminal.waitFor(
    (screen) => /│ +sysctl /.test(screen) && terminal.state().mouseModes.length > 0,
  );
  expect(terminal.state()).toMatchObject(TAKEN);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

/** The process that draws: the shell's only descendant in the foreground. */
function viewPid({ terminal }: Shell): number {
  return sessionPids(terminal.pid).find((pid) => pid !== terminal.pid) ?? terminal.pid;
}
