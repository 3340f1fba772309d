import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  LAUNCHER,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TERMINAL_AS_IT_WAS,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { openTerminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const WITH_8_MORE = /10\.0\.9\.21:8080 .*76\.4%/;
const NAME = /ephtop-[\w.-]+-\d{8}T\d{6}Z\.eph\.gz/;

/** The recordings in a directory, each as its lines; they may still be written to. */
function recordingsIn(directory: string): string[][] {
  const unpack = (name: string) =>
    gunzipSync(readFileSync(join(directory, name)), { finishFlush: constants.Z_SYNC_FLUSH });
  const names = readdirSync(directory).filter((name) => NAME.test(name));
  return names.map((name) => unpack(name).toString().trimEnd().split('\n'));
}

test('r records into a file here, under a mark, and a second r says how to look at it', async () => {
  const cwd = makeDirectory();
  const proc = copyProc();
  const terminal = startLive({ cwd, proc, columns: 100, rows: 24 });
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('r');
  const [file = ''] = NAME.exec(await terminal.waitFor(/Recording to \S+; r stops it/)) ?? [];
  expect(terminal.screen()).toMatch(/^ ephtop .*● REC ?$/m);
  // Also while the screen is held.
  terminal.press('p');
  await terminal.waitFor('FROZEN');
  addConnections(proc, TO_BACKEND, 40_064, 8);
  await terminal.waitFor(/● REC \d+ s, [\d.]+ k?B/);
  await terminal.waitFor(() => /"free":68\b/.test(recordingsIn(cwd).flat().join('\n')));
  terminal.press('p');
  await terminal.waitFor(WITH_8_MORE);
  terminal.press('r');
  const said = await terminal.waitFor(/^ Recorded: /m);
  expect(said).not.toContain('● REC');
  expect(said).toMatch(new RegExp(`ephtop replay ${file} \\(\\d+ samples, `));
  expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
  expect(recordingsIn(cwd)[0]?.[0]).toContain('ephtop.recording/1');
});

test.each(['the file', 'the directory'])('%s of a recording may be removed', async (what) => {
  const cwd = join(makeDirectory(), 'here');
  mkdirSync(cwd);
  const terminal = startLive({ cwd, columns: 160, rows: 24 });
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('r');
  const [file = ''] = NAME.exec(await terminal.waitFor(/Recording to \S+; r stops it/)) ?? [];
  rmSync(what === 'the file' ? join(cwd, file) : cwd, { recursive: true });
  await terminal.waitFor('The recording ended: the file was removed; nothing was kept.');
  expect(terminal.screen()).not.toContain('● REC');
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.raw()).not.toContain('look at it with');
});

test('leaving ends a recording, and tells where it is once the terminal is given back', async () => {
  const shell = await openLiveShell({ cwd: makeDirectory() });
  shell.run(LIVE_COMMAND);
  await shell.terminal.waitFor(FULLEST_ROW);
  shell.terminal.press('r');
  await shell.terminal.waitFor('r stops it');
  shell.terminal.press('q');
  const screen = (await shell.prompt()).replaceAll('\n', '');
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  const [, path = ''] = /ephtop: recorded .*: ephtop replay (\/\S+\.eph\.gz)/.exec(screen) ?? [];
  expect(gunzipSync(readFileSync(path)).toString().split('\n').length).toBeGreaterThan(2);
  expect(await shell.output('"$LIVE_NODE" "$LIVE_MAIN" replay *.eph.gz | cat')).toContain('85.4%');
});

test.each(['SIGTERM', 'SIGHUP'] as const)('on %s the file has all samples', async (signal) => {
  const cwd = makeDirectory();
  const terminal = startLive({ cwd });
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('r');
  await terminal.waitFor('r stops it');
  // Before the first second is over.
  terminal.signal(signal);
  await terminal.exited;
  const [lines = []] = recordingsIn(cwd);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines[1]).toMatch(/^\{"=":\{"takenAtMs":/);
});

test('where nothing can be written, a sentence says so, and the view goes on', async () => {
  const proc = copyProc();
  const terminal = startLive({ cwd: '/proc', proc });
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('r');
  await terminal.waitFor(/No recording: cannot record to ephtop-\S+: no such file\./);
  expect(terminal.screen()).not.toContain('REC');
  addConnections(proc, TO_BACKEND, 40_064, 8);
  await terminal.waitFor(WITH_8_MORE);
});

test('a terminal is no place for a recording', async () => {
  const terminal = openTerminal(process.execPath, [LAUNCHER, 'record', '-o', '-']);
  expect((await terminal.exited).code).toBe(2);
  expect(terminal.screen()).toMatch(
    /^ephtop: a recording cannot be shown on a terminal: use "-o FILE"/,
  );
});
