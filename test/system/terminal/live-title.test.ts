import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  LIVE_COMMAND,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const PUSH = '\x1b[22;2t';
const POP = '\x1b[23;2t';
const BELL = '\x07';

/** What was done to the title, in its order. */
function titles(terminal: Terminal): string[] {
  // oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
  return terminal.raw().match(/\x1b\[2[23];2t|(?<=\x1b\]2;)[^\x1b]*/g) ?? [];
}

function addMany(proc: string): void {
  addConnections(proc, TO_BACKEND, 40_000, 50);
  addConnections(proc, TO_BACKEND, 40_001, 41);
}

test('the title has the host and the worst headroom, and is given back, also for a stop', async () => {
  const shell = await openLiveShell();
  const { terminal } = shell;
  shell.run(LIVE_COMMAND);
  await terminal.waitFor(FULLEST_ROW);
  const title = `ephtop: ${hostname()} 85.4%`;
  await terminal.waitFor(() => titles(terminal).length === 2);
  expect(titles(terminal)).toEqual([PUSH, title]);
  terminal.press('ctrlZ');
  await shell.prompt();
  expect(titles(terminal)).toEqual([PUSH, title, POP]);
  shell.run('fg');
  await terminal.waitFor(() => titles(terminal).length === 5);
  terminal.press('q');
  await shell.prompt();
  expect(titles(terminal)).toEqual([PUSH, title, POP, PUSH, title, POP]);
});

test.each(['SIGTERM', 'SIGHUP'] as const)('the title is given back once on %s', async (signal) => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  terminal.signal(signal);
  await terminal.exited;
  expect(titles(terminal).filter((written) => written === POP)).toHaveLength(1);
});

test('the console, which has no window, gets no title', async () => {
  const { terminal, run, prompt } = await openLiveShell();
  run(`TERM=linux ${LIVE_COMMAND}`);
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('q');
  await prompt();
  expect(titles(terminal)).toEqual([]);
});

test('--bell rings once when a group turns critical; without it nothing rings', async () => {
  const proc = copyProc();
  const terminals = [startLive({ proc }), startLive({ proc, args: ['--bell'] })] as const;
  for (const terminal of terminals) await terminal.waitFor(FULLEST_ROW);
  addMany(proc);
  for (const terminal of terminals) {
    await terminal.waitFor(/▲ 10\.0\.3\.7/);
    terminal.press('q');
    await terminal.exited;
  }
  const rings = terminals.map((terminal) => terminal.raw().split(BELL).length - 1);
  expect(rings).toEqual([0, 1]);
});
