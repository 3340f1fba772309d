import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeProcesses } from '../../helpers/fake-processes.ts';
import {
  copyProc,
  FULLEST_ROW,
  cleanUpAfterEach,
  startLive,
  TABLE_TITLE,
  TO_BACKEND,
  withoutTimes,
} from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const SIZES = [
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
] as const;

type Size = { columns: number; rows: number };

const FOOTER = /\bq quit$/;

const fits = ({ columns, rows }: Size, screen: string) => {
  const lines = screen.split('\n');
  return lines.length === rows && lines.every((line) => [...line].length <= columns);
};

/** The screen once it shows the whole view: the rate of opens comes with the second sample. */
const wholeView = (terminal: Terminal, { columns }: Size) =>
  terminal.waitFor(
    (screen) => FULLEST_ROW.test(screen) && (columns < 120 || screen.includes('opens/s')),
  );

const looksLike = (terminal: Terminal, screen: string) =>
  terminal.waitFor((shown) => withoutTimes(shown) === withoutTimes(screen));

describe.each(SIZES)('at $columns x $rows', (size) => {
  test('shows group, headroom and range, and wraps nothing', async () => {
    const terminal = startLive(size);
    const screen = await wholeView(terminal, size);
    expect(screen).toMatch(TABLE_TITLE);
    expect(screen).toMatch(/\b40000\b.*\b40099\b/);
    expect(screen).toContain('94.4%');
    expect(screen).toContain('127.0.0.1:9090');
    expect(fits(size, screen)).toBe(true);
    expect(terminal.lines().at(-1)).toMatch(FOOTER);
    // A line that wrapped would say so to the emulator.
    const { active } = terminal.emulator.buffer;
    const wrapped = terminal.lines().filter((_, y) => active.getLine(y)?.isWrapped);
    expect(wrapped).toEqual([]);
  });
});

test('names the owner of the connections, and is not steered by its name', async () => {
  const proc = copyProc();
  const rows = readFileSync(join(proc, 'net/tcp'), 'utf8').split('\n');
  const inodes = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(
      ([, local = '', remote]) =>
        local.startsWith(TO_BACKEND.local) && remote === TO_BACKEND.remote,
    )
    .map((columns) => Number(columns[9]))
    .filter((inode) => inode > 0);
  new FakeProcesses(proc).set(812, { command: 'hap\u001b[2Jroxy', sockets: inodes });
  const terminal = startLive({ proc });
  await terminal.waitFor(/10\.0\.9\.21:8080 +hap\\x1b\[2J… /);
  terminal.press('enter');
  await terminal.waitFor(`owners   hap\\x1b[2Jroxy (812) ${inodes.length}`);
});

/** Expects output that was not there at the time of the call. */
const hasFrameSince = (terminal: Terminal) => {
  const before = terminal.bytes();
  return () => terminal.bytes() > before;
};

test('is drawn anew after each resize, as if it had been started at that size', async () => {
  const fresh = await Promise.all(
    SIZES.map(async (size) => {
      const terminal = startLive(size);
      return { size, screen: await wholeView(terminal, size) };
    }),
  );
  const [large, medium, small] = fresh;
  if (!large || !medium || !small) throw new Error('a size is missing');
  const terminal = startLive(large.size);
  await looksLike(terminal, large.screen);
  for (const { size, screen } of [medium, small, medium, large, small, large]) {
    terminal.resize(size.columns, size.rows);
    await looksLike(terminal, screen);
  }
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('outlives a storm of resizes', async () => {
  const [size] = SIZES;
  const terminal = startLive(size);
  const screen = await wholeView(terminal, size);
  for (let index = 0; index < 30; index++) {
    const { columns, rows } = SIZES[(index + 1) % 3] ?? size;
    terminal.resize(columns - (index % 7), rows - (index % 3));
    // Now and then what was drawn meanwhile comes in, for a size that no longer is.
    if (index % 10 === 9) await terminal.waitFor(hasFrameSince(terminal));
  }
  terminal.resize(size.columns, size.rows);
  await looksLike(terminal, screen);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('paints everything again when the size changed there and back unnoticed', async () => {
  const [size, , small] = SIZES;
  const terminal = startLive(size);
  const screen = await wholeView(terminal, size);
  terminal.signal('SIGSTOP');
  terminal.resize(small.columns, small.rows); // cuts what stands on the screen
  terminal.resize(size.columns, size.rows);
  terminal.signal('SIGCONT');
  expect(fits(size, await looksLike(terminal, screen))).toBe(true);
});

test('quits in the middle of a storm of resizes', async () => {
  const terminal = startLive();
  await terminal.waitFor(TABLE_TITLE);
  for (let index = 0; index < 30; index++) terminal.resize(120 - index * 2, 40 - index);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toMatchObject({ alternateScreen: false, cursorVisible: true });
});
