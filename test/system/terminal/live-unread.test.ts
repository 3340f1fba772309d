import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test, vi } from 'vitest';
import {
  addConnections,
  cleanUpAfterEach,
  copyProc,
  FULLEST_ROW,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  startLive,
  TERMINAL_AS_IT_WAS,
  TO_BACKEND,
  withoutTimes,
} from '../../helpers/live-view.ts';
import { sessionPids } from '../../helpers/terminal-processes.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const UNTIL = { timeout: 20_000, interval: 50 };

/** Has more drawn than a pseudo-terminal keeps (8 kB or so, and as much on its way) while nobody reads it. */
function stall(terminal: Terminal): void {
  terminal.stopReading();
  for (let time = 0; time < 30; time++) terminal.press('ctrlL');
}

/** A screen without the length of the recording. */
const still = (screen: string) => withoutTimes(screen).replace(/ +● REC .*/, '');

/** Resolves when the size of a file in this directory has changed so often. */
async function growsBy(directory: string, times: number): Promise<void> {
  const size = () => readdirSync(directory).map((name) => statSync(join(directory, name)).size)[0];
  for (let time = 0; time < times; time++) {
    const before = size();
    await vi.waitUntil(() => size() !== before, UNTIL);
  }
}

test('while nobody reads the terminal, samples are recorded; then it has the newest', async () => {
  const [proc, cwd] = [copyProc(), makeDirectory()];
  const args = ['--interval', '250ms', '--cpu-budget', '100%'];
  const terminal = startLive({ proc, cwd, args, columns: 200, rows: 50 });
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('r');
  await terminal.waitFor(/ REC \d/);
  stall(terminal);
  await growsBy(cwd, 2);
  addConnections(proc, TO_BACKEND, 40_000, 50);
  await growsBy(cwd, 4);
  const before = terminal.bytes();
  terminal.readAgain();
  const frame = await terminal.waitFor(/10\.0\.9\.21:8080 .*50\.6%/);
  // Those that were drawn before it stalled, what was on its way, and the newest: not thirty.
  expect(terminal.bytes() - before).toBeLessThan(80_000);
  // Whole: nothing of it differs from what is drawn anew.
  terminal.press('ctrlL');
  await terminal.waitFor((screen) => still(screen) === still(frame));
});

test.each([
  ['q', (terminal: Terminal) => terminal.press('q'), { code: 0, signal: undefined }],
  ['Ctrl-C', (terminal: Terminal) => terminal.press('ctrlC'), { code: 0, signal: undefined }],
  ['SIGTERM', (terminal: Terminal) => terminal.signal('SIGTERM'), { signal: 'SIGTERM' }],
  ['SIGHUP', (terminal: Terminal) => terminal.signal('SIGHUP'), { signal: 'SIGHUP' }],
] as const)('%s ends it while nobody reads the terminal', async (_, end, expected) => {
  const terminal = startLive({ columns: 200, rows: 50 });
  await terminal.waitFor(FULLEST_ROW);
  stall(terminal);
  end(terminal);
  expect(await terminal.exited).toMatchObject(expected);
});

/** Processes whose stdout is this terminal. */
function writersOn(device: string): string[] {
  const stdoutOf = (pid: string) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/1`);
    } catch {
      return undefined; // it ended, or is the kernel's
    }
  };
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && stdoutOf(pid) === device);
}

/** Bytes that a process has written so far, to whatever it was. */
function written(pid: number): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** Ends the view in a shell whose terminal nobody reads, and waits until it is gone. */
async function endUnread(end: (terminal: Terminal, pid: number) => void) {
  const shell = await openLiveShell({ columns: 200, rows: 50 });
  const { terminal } = shell;
  const device = readlinkSync(`/proc/${terminal.pid}/fd/1`);
  shell.run(LIVE_COMMAND);
  await terminal.waitFor(FULLEST_ROW);
  // A key comes behind the terminal's answers, which would else come when nobody waits for them any more.
  terminal.press('?');
  await terminal.waitFor(/\bq Ctrl-C +quit/);
  terminal.press('escape');
  await terminal.waitFor(FULLEST_ROW);
  const others = () => sessionPids(terminal.pid).filter((pid) => pid !== terminal.pid);
  const pid = Math.min(...others());
  stall(terminal);
  let [before, stalledFor] = [-Infinity, 0];
  // Until whole frames have no room any more.
  await vi.waitUntil(
    () => {
      terminal.press('ctrlL');
      const now = written(pid);
      stalledFor = now - before < 500 ? stalledFor + 1 : 0;
      before = now;
      return stalledFor === 10;
    },
    { ...UNTIL, interval: 200 },
  );
  end(terminal, pid);
  await vi.waitUntil(() => others().length === 0, UNTIL);
  return { shell, device };
}

test.each([
  ['q', (terminal: Terminal) => terminal.press('q')],
  ['SIGTERM', (_: Terminal, pid: number) => void process.kill(pid, 'SIGTERM')],
] as const)('after %s the terminal is given back once it is read again', async (_, end) => {
  const { shell, device } = await endUnread(end);
  expect(writersOn(device).length).toBeGreaterThan(1);
  const { terminal } = shell;
  terminal.readAgain();
  await vi.waitUntil(() => writersOn(device).length === 1, UNTIL);
  // The shell may have written its prompt before, to the screen that has gone since.
  await terminal.waitFor(
    (screen) =>
      !screen.includes('HEADROOM') && isDeepStrictEqual(terminal.state(), TERMINAL_AS_IT_WAS),
  );
  // Keys that nobody read are the shell's. Ctrl-U would not take them back: the terminal hands over at once what was
  // typed before it went back to whole lines (n_tty_set_termios).
  terminal.press('enter');
  terminal.press('echo $((6 * 7))', 'enter');
  await terminal.waitFor(/(?:^|> )42$/m);
});

test('nothing waits for a terminal that is gone', async () => {
  const { shell, device } = await endUnread((terminal) => terminal.press('q'));
  expect(writersOn(device).length).toBeGreaterThan(1);
  await shell.terminal.close();
  await vi.waitFor(() => expect(writersOn(device)).toEqual([]), UNTIL);
});

test('a shell that waits for its terminal does so as before', async () => {
  const shell = await openLiveShell();
  shell.run(LIVE_COMMAND);
  await shell.terminal.waitFor(FULLEST_ROW);
  const flags = sessionPids(shell.terminal.pid).map((pid) => [pid, flagsOf(pid, 1) & NONBLOCK]);
  expect(flags).toContainEqual([shell.terminal.pid, 0]);
});

const NONBLOCK = 0o4000;

function flagsOf(pid: number, fd: number): number {
  const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
  return Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '', 8);
}
