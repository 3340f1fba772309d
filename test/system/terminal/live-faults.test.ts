/** What an incident does to the live view: each row of docs/reliability.md that needs a terminal. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  BRIEF_RUN,
  cleanUpAfterEach,
  FULLEST_ROW,
  LIVE_COMMAND,
  makeDirectory,
  openLiveShell,
  RECORDED_PROC,
  REPOSITORY,
  startLive,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { openTerminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

/** NODE_OPTIONS that load a module with this text first, in each thread. */
function preloaded(text: string): { NODE_OPTIONS: string } {
  const file = join(makeDirectory(), 'preloaded.mjs');
  writeFileSync(file, text);
  return { NODE_OPTIONS: `--import=${file}` };
}

/** Seconds of timers pass 30 times as fast. */
const HASTE = `
  const real = globalThis.setInterval;
  globalThis.setInterval = (call, ms, ...rest) => real(call, ms / 30, ...rest);`;

test.each([
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
  { columns: 30, rows: 6 },
])('at $columns x $rows, a sampling thread that hangs is told, until it goes on', async (size) => {
  const marker = join(makeDirectory(), 'hang');
  const env = preloaded(`
    import fs, { existsSync } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { isMainThread } from 'node:worker_threads';
    const { readSync } = fs;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    if (!isMainThread) {
      fs.readSync = (...args) => {
        while (existsSync(${JSON.stringify(marker)})) Atomics.wait(cell, 0, 0, 20);
        return readSync(...args);
      };
      syncBuiltinESMExports();
    } else {${HASTE}}`);
  const terminal = startLive({ ...size, env });
  await terminal.waitFor(/85\.4%/);
  writeFileSync(marker, '');
  await terminal.waitFor(/ ! no sample for (?:[5-9]|\d\d) s/);
  await terminal.waitFor(/ ! no sample for [2-9]\d s/);
  // Keys are answered meanwhile.
  terminal.press('s');
  await terminal.waitFor((screen) => !screen.includes('HEADROOM'));
  rmSync(marker);
  await terminal.waitFor((screen) => !screen.includes('no sample'));
});

test('what another program has written onto the screen goes within a minute, within one frame', async () => {
  const terminal = startLive({ env: preloaded(HASTE) });
  await terminal.waitFor(FULLEST_ROW);
  const write = (text: string) =>
    new Promise<void>((resolve) => terminal.emulator.write(text, resolve));
  await write('\x1b[25;3Hkernel: foo\r\nsecond line\x1b[1;1H');
  expect(terminal.screen()).toContain('second line');
  const start = terminal.raw().length;
  await terminal.waitFor((screen) => !/kernel: foo|second line/.test(screen));
  const written = terminal.raw().slice(start);
  // Erased and drawn within a synchronized frame.
  expect(written).toContain('\x1b[?2026h\x1b[H\x1b[J');
  expect(written.split('\x1b[H\x1b[J').length).toBe(2);
});

test.each(['throw', 'memory'] as const)(
  'a sampling thread that ends by %s is one sentence',
  async (how) => {
    const crash =
      how === 'throw'
        ? `throw new TypeError('the roof fell in');`
        : `const kept = []; for (;;) kept.push(Array.from({ length: 1e6 }, (_, i) => ({ i })));`;
    const marker = join(makeDirectory(), 'crash');
    const { NODE_OPTIONS } = preloaded(`
    import { existsSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    if (!isMainThread) setInterval(() => {
      if (!existsSync(${JSON.stringify(marker)})) return;
      ${crash}
    }, 50);`);
    const env = { NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=100` };
    const shell = await openLiveShell({ env });
    shell.run(LIVE_COMMAND);
    await shell.terminal.waitFor(FULLEST_ROW);
    writeFileSync(marker, '');
    const screen = (await shell.prompt(30_000)).replaceAll('\n', '');
    expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
    expect(screen).toMatch(
      how === 'throw'
        ? /ephtop: stopped by an error of its own: TypeError: the roof fell in \(at .*\)\. Please report this line; "--debug FILE" writes/
        : /ephtop: stopped by an error of its own: .*heap out of memory.*\. Please report this line/,
    );
    expect(await shell.output('echo "status $?"')).toBe('status 2');
  },
);

/** A copy of the program, and what an update does to it. */
function installation() {
  const installed = makeDirectory();
  for (const part of ['dist', 'bin', 'package.json'])
    cpSync(join(REPOSITORY, part), join(installed, part), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(installed, 'node_modules'));
  return {
    installed,
    replace: () => {
      rmSync(join(installed, 'dist'), { recursive: true });
      mkdirSync(join(installed, 'dist'));
    },
  };
}

test('N after the installation was replaced says why, and this place is watched on', async () => {
  const { installed, replace } = installation();
  const command = [...BRIEF_RUN, join(installed, 'bin/ephtop.cjs')];
  const terminal = openTerminal(process.execPath, command, { columns: 160, rows: 24 });
  await terminal.waitFor(/(?:netlink|procfs) \d+ms/);
  replace();
  terminal.press('N');
  await terminal.waitFor(
    'other namespaces: no sample so far: ephtop was upgraded or removed meanwhile: quit, and start it again',
  );
  terminal.press('s');
  await terminal.waitFor('net.ipv4.ip_local_port_range');
  terminal.press('q');
  expect((await terminal.exited).code).toBe(0);
});

test('r after the installation was replaced says why there is no recording, and the view goes on', async () => {
  const { installed, replace } = installation();
  const cwd = makeDirectory();
  const command = [...BRIEF_RUN, join(installed, 'bin/ephtop.cjs'), '--proc', RECORDED_PROC];
  const terminal = openTerminal(process.execPath, command, { columns: 120, rows: 24, cwd });
  await terminal.waitFor(FULLEST_ROW);
  replace();
  terminal.press('r');
  await terminal.waitFor(/^ No recording: ephtop was upgraded or removed meanwhile: quit/m);
  expect(readdirSync(cwd)).toEqual([]);
  expect(existsSync(join(installed, 'dist/main.js'))).toBe(false);
  terminal.press('s');
  await terminal.waitFor('net.ipv4.ip_local_port_range');
  terminal.press('q');
  expect((await terminal.exited).code).toBe(0);
});

test('r without a file descriptor left says so, and the view goes on', async () => {
  const marker = join(makeDirectory(), 'use-them-up');
  const full = `${marker}.full`;
  const env = preloaded(`
    import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    const full = ${JSON.stringify(full)};
    const held = [];
    if (isMainThread) setInterval(() => {
      if (!existsSync(${JSON.stringify(marker)})) {
        for (const file of held.splice(0)) closeSync(file);
        rmSync(full, { recursive: true, force: true });
        return;
      }
      try {
        for (;;) held.push(openSync('/dev/null'));
      } catch {
        mkdirSync(full, { recursive: true });
      }
    }, 5);`);
  const shell = await openLiveShell({ cwd: makeDirectory(), env });
  shell.run(`ulimit -n 100; ${LIVE_COMMAND}`);
  const { terminal } = shell;
  await terminal.waitFor(FULLEST_ROW);
  writeFileSync(marker, '');
  await terminal.waitFor(() => existsSync(full));
  terminal.press('r');
  await terminal.waitFor('No recording: no file descriptor is left: raise ulimit -n.');
  rmSync(marker);
  await terminal.waitFor(() => !existsSync(full));
  terminal.press('r');
  await terminal.waitFor('r stops it');
});
