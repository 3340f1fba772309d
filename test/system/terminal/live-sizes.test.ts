import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { ASK_BACKGROUND } from '../../../src/terminal/answers.ts';
import { crowdedProc } from '../../helpers/crowded-proc.ts';
import { cleanUpAfterEach, startLive } from '../../helpers/live-view.ts';
import { expectScreen, foldedLines, goBack, goTo, SCREENS } from '../../helpers/screens.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

type Size = { columns: number; rows: number };

const sizeOf = (text: string): Size => {
  const [columns = 0, rows = 0] = text.split('x').map(Number);
  return { columns, rows };
};

/** In an order in which the screen gets wider and narrower, higher and lower, and one of them only. */
const SIZES = ['80x24', '200x60', '200x10', '40x10', '120x40', '60x20', '60x60', '41x11', '100x30'];

/** The smallest that is laid out; of it, smaller ones show the upper left corner. */
const SMALLEST = '30x6';
const SMALLER = ['29x6', '20x5', '1x1'];

const corner = (text: string, { columns, rows }: Size) =>
  text
    .split('\n')
    .slice(0, rows)
    .map((line) => line.slice(0, columns))
    .join('\n')
    .trimEnd();

/** The narrowest screen has the ends of an address. */
const WORST_ROW = /^▸▲ .*(?:10\.0\.9\.21|1…1):8080 .*10\.1%/m;

/** The view of the crowded machine, of which one sample is taken: nothing but its size changes it. */
async function startStill(proc: string, size: Size): Promise<Terminal> {
  const terminal = startLive({ proc, args: ['--interval', '1m'], ...size });
  await terminal.waitFor(WORST_ROW);
  // The last that it writes by itself.
  await terminal.waitFor(() => terminal.raw().includes(ASK_BACKGROUND));
  return terminal;
}

/** Every screen of a program that was started at this size, by name; each is looked at for what a size may spoil. */
async function freshScreens(proc: string, size: Size): Promise<Map<string, string>> {
  const terminal = await startStill(proc, size);
  const fresh = new Map<string, string>();
  for (const screen of SCREENS) {
    const text = await goTo(terminal, screen);
    const where = `${screen.name} at ${size.columns}x${size.rows}`;
    expect(foldedLines(terminal), where).toEqual([]);
    expect(terminal.lines().at(-1), where).toMatch(
      screen.name === 'filter' ? /Esc clears it$/ : /q quit$/,
    );
    expect(text, where).toContain('10.0.3.7 → 10.0.9.21:8080');
    expect(text, where).toContain('runs out of ports in 12 s');
    expect(text, where).toContain('range 40000–40099');
    if (/groups|filter/.test(screen.name) && size.rows >= 10)
      expect(text, where).toMatch(WORST_ROW);
    // On a low screen the figures of the worst group take the place of its row.
    if (screen.name === 'what-if' && size.rows >= 10)
      expect(text, where).toMatch(/^ +as it is +10\.1% +0\.0% +0\.0% +12 s$/m);
    if (screen.name === 'what-if' && size.rows >= 24) expect(text, where).toMatch(WORST_ROW);
    fresh.set(screen.name, text);
    await goBack(terminal, screen);
  }
  if (size.rows >= 10) expectShortened(terminal, size);
  await terminal.close();
  return fresh;
}

/** The addresses of the second group, which only the widest screen has room for. */
function expectShortened(terminal: Terminal, { columns }: Size): void {
  const second = terminal.lines().find((line) => line.includes(':8443'));
  expect(second).toMatch(
    columns < 200
      ? /^ {3}(?:2001:\S*…\S* )?→ \[2001:\S*…\S*fffe\]:8443 .*44\.9%/
      : /^ {3}2001:[^ …]* → \[2001:[^ …]*fffe\]:8443 .*44\.9%/,
  );
  // Of one sample its growth is not known.
  if (columns >= 40) expect(second).toMatch(/unknown$/);
}

test('every screen at every size holds what matters, folds nothing, and is the same after a resize', async () => {
  const proc = crowdedProc();
  const sizes = [...SIZES, SMALLEST];
  const screens = await Promise.all(sizes.map((size) => freshScreens(proc, sizeOf(size))));
  const fresh = (size: string, name: string) => screens[sizes.indexOf(size)]?.get(name) ?? '';
  const terminal = await startStill(proc, sizeOf('120x40'));
  for (const screen of SCREENS) {
    await goTo(terminal, screen);
    for (const size of sizes) {
      const { columns, rows } = sizeOf(size);
      terminal.resize(columns, rows);
      await expectScreen(terminal, fresh(size, screen.name));
    }
    for (const size of SMALLER) {
      const { columns, rows } = sizeOf(size);
      terminal.resize(columns, rows);
      await expectScreen(terminal, corner(fresh(SMALLEST, screen.name), { columns, rows }));
    }
    terminal.resize(80, 24);
    await goBack(terminal, screen);
  }
});

const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

test('a resize is answered by one frame, of the new size', async () => {
  const terminal = await startStill(crowdedProc(), sizeOf('120x40'));
  for (const size of ['80x24', '80x60', '120x10', '40x10', '120x40']) {
    const { columns, rows } = sizeOf(size);
    const before = terminal.raw().length;
    terminal.resize(columns, rows);
    const answer = () => terminal.raw().slice(before);
    await terminal.waitFor(
      () => answer().endsWith(END) && / quit *$/.test(stripVTControlCharacters(answer())),
    );
    const written = answer();
    // All of it between the marks of one or of two frames, of which the first is blank.
    const frames = written.split(END).slice(0, -1);
    expect(frames.every((frame) => frame.startsWith(BEGIN))).toBe(true);
    const lines = frames.map((frame) => stripVTControlCharacters(frame).split('\r\n'));
    const drawn = lines.filter((frame) => frame.length > 1);
    expect(drawn.map((frame) => frame.length)).toEqual([rows]);
    expect(Math.max(...drawn.flat().map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  }
});

const STORM = {
  size: '120x40',
  sizes: ['80x24', '119x40', '40x10', '120x10', '40x40', '200x60', '90x39'],
};

test('every screen outlives a storm of resizes, with keys in it, running, frozen and in the past', async () => {
  const start = sizeOf(STORM.size);
  const terminal = startLive({ proc: crowdedProc(), ...start });
  await terminal.waitFor(/日本語プロ… .*44\.9%/);
  // The clock has gone on: there is something to go back to.
  await terminal.waitFor(/cost/);
  const weather = async () => {
    const before = await terminal.waitFor((screen) => screen.split('\n').length === start.rows);
    for (const [index, size] of STORM.sizes.entries()) {
      const { columns, rows } = sizeOf(size);
      terminal.resize(columns, rows);
      terminal.press(index % 2 === 0 ? 'down' : 'up');
    }
    terminal.press('up');
    terminal.resize(start.columns, start.rows);
    await expectScreen(terminal, before);
  };
  await weather();
  for (const [key, mark] of [
    ['p', /FROZEN/],
    ['left', /PAST/],
  ] as const) {
    terminal.press(key);
    await terminal.waitFor(mark);
    for (const screen of SCREENS) {
      if (screen.name === 'filter') continue;
      await goTo(terminal, screen);
      await weather();
      await goBack(terminal, screen);
    }
    terminal.press(key === 'p' ? 'p' : 'L');
    await terminal.waitFor((screen) => !mark.test(screen));
  }
});
