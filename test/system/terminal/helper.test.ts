import { afterEach, expect, test } from 'vitest';
import { click, paste, wheelDown, wheelUp } from '../../helpers/terminal-keys.ts';
import { sessionPids } from '../../helpers/terminal-processes.ts';
import { openShell } from '../../helpers/terminal-shell.ts';
import { closeTerminals, openTerminal } from '../../helpers/terminal.ts';

afterEach(closeTerminals);

const node = (program: string) => openTerminal(process.execPath, ['-e', program]);
const sh = (script: string) => openTerminal('sh', ['-c', script], { columns: 40, rows: 5 });

/** Shows the keys it gets and its size; leaves with code 7 on q. */
const KEY_VIEWER = `
  process.stdin.setRawMode(true);
  const size = () => console.log('size', process.stdout.columns, process.stdout.rows);
  process.stdout.on('resize', size);
  process.stdin.on('data', (keys) => {
    if (keys.toString() === 'q') process.exit(7);
    console.log('key', JSON.stringify(keys.toString()));
  });
  size();
`;

/** A full-screen program: alternate screen, hidden cursor, mouse and raw mode; q undoes it all. */
const FULL_SCREEN = `
  process.stdin.setRawMode(true);
  process.stdout.write("\\x1b[?1049h\\x1b[H\\x1b[?25l\\x1b[?1000;1006h\\x1b[?2004hfull screen");
  process.stdin.once("data", () => {
    process.stdout.write("\\x1b[?2004l\\x1b[?1000;1006l\\x1b[?25h\\x1b[?1049l");
    process.exit();
  });
`;

test('reads text, places and colours off the screen', async () => {
  const terminal = sh(String.raw`printf 'one\n  \033[1;31mtwo\033[0m \033[38;2;1;2;3mrgb\033[0m'`);
  await terminal.exited;
  expect(terminal.screen()).toBe('one\n  two rgb');
  expect(terminal.lines()).toHaveLength(5);
  expect(terminal.find('two')).toEqual({ x: 2, y: 1 });
  expect(terminal.find('three')).toBeUndefined();
  expect(terminal.cell(2, 1)).toMatchObject({ text: 't', foreground: 'ansi1', bold: true });
  expect(terminal.cell(6, 1)).toMatchObject({ text: 'r', foreground: '#010203', bold: false });
  expect(terminal.bytes()).toBe(terminal.raw().length);
});

test('presses keys and clicks, follows a resize, and learns the exit code', async () => {
  const terminal = node(KEY_VIEWER);
  await terminal.waitFor('size 100 30');
  expect(terminal.isRaw()).toBe(true);
  terminal.press('down');
  await terminal.waitFor(String.raw`key "\u001b[B"`);
  terminal.press(click(4, 2));
  await terminal.waitFor(String.raw`key "\u001b[<0;5;3M\u001b[<0;5;3m"`);
  terminal.press(wheelUp(0, 0), wheelDown(0, 0));
  await terminal.waitFor(/<64;1;1M.*[^]*<65;1;1M/);
  terminal.press(paste('two words'));
  await terminal.waitFor(String.raw`\u001b[200~two words\u001b[201~`);
  terminal.resize(60, 20);
  await terminal.waitFor(/^size 60 20$/m);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 7, signal: undefined });
});

test('tells which signal ended the program', async () => {
  const terminal = node(KEY_VIEWER);
  await terminal.waitFor('size');
  terminal.signal('SIGTERM');
  expect(await terminal.exited).toMatchObject({ signal: 'SIGTERM' });
});

test('answers queries of the program', async () => {
  const terminal = node(String.raw`
    process.stdin.setRawMode(true);
    process.stdin.once('data', (answer) => { console.log(JSON.stringify(String(answer))); process.exit(); });
    process.stdout.write('\x1b[6n');
  `);
  expect(await terminal.waitFor('R')).toBe(String.raw`"\u001b[1;1R"`);
});

test('never shows half a synchronized frame', async () => {
  const terminal = sh(
    String.raw`printf 'old'; read x; printf '\033[?20'; printf '26h\033[2J\033[Hnew'; read x; printf 'er\033[?2026l'; read x`,
  );
  await terminal.waitFor('old');
  terminal.press('enter');
  expect(await terminal.waitFor(() => terminal.raw().includes('new'))).toBe('old');
  terminal.press('enter');
  expect(await terminal.waitFor('new')).toBe('new\ner'); // the terminal echoed Enter in between
});

test('fails with the screen, at once when the program is gone', async () => {
  const terminal = sh('echo some output');
  await expect(terminal.waitFor('other output')).rejects.toThrow(
    /the program ended[^]*some output/,
  );
});

test('a shell sees whether a program put the terminal back', async () => {
  const { terminal, run, prompt, output } = await openShell({ columns: 90, rows: 20 });
  const before = await output('stty -g');
  const state = terminal.state();
  run(`'${process.execPath}' -e '${FULL_SCREEN.replaceAll('\n', ' ')}'`);
  await terminal.waitFor(/^full screen$/);
  expect(terminal.isRaw()).toBe(true);
  expect(terminal.state()).toEqual({
    alternateScreen: true,
    cursorVisible: false,
    autowrap: true,
    bracketedPaste: true,
    focusReports: false,
    schemeReports: false,
    mouseModes: [1000, 1006],
  });
  terminal.press('q');
  expect(await prompt()).toContain('shell-1> stty -g'); // the earlier screen
  expect(terminal.state()).toEqual(state);
  expect(await output('stty -g')).toBe(before);
});

test('a shell sees what a program left behind', async () => {
  const { terminal, output } = await openShell();
  const before = await output('stty -g');
  await output(String.raw`printf '\033[?25l\033[?1003h'; stty -icanon`);
  expect(terminal.state()).toMatchObject({ cursorVisible: false, mouseModes: [1003] });
  expect(await output('stty -g')).not.toBe(before);
});

test('leaves no process behind, not even one that ignores the hangup', async () => {
  const { terminal, output } = await openShell();
  await output(`(trap '' HUP TERM; exec sleep 1000) &`);
  expect(sessionPids(terminal.pid)).toHaveLength(2);
  await terminal.close();
  await expect.poll(() => sessionPids(terminal.pid)).toEqual([]);
});
