import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  LIVE_COMMAND,
  openLiveShell,
  cleanUpAfterEach,
  startLive,
  TERMINAL_AS_IT_WAS,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const READER = { INK_SCREEN_READER: 'true' };
const LAST_GROUP = /3 of 3: 127\.0\.0\.1 to 127\.0\.0\.1 port 9090, healthy/;

/** Modes and the title that are borrowed, the marks of a write, and Ink's erasing of the empty line below. */
const UNSEEN = [
  ...['1004', '2004', '2026'].flatMap((mode) => [`\x1b[?${mode}h`, `\x1b[?${mode}l`]),
  '\x1b[22;2t',
  '\x1b[23;2t',
  `\x1b]2;ephtop: ${hostname()}\x1b\\`,
  '\x1b[?25h',
  '\x1b[2K\x1b[G',
  '\r',
];

/** What was written; an escape sequence is left in it where it does anything to what was said. */
function plain(terminal: Terminal): string {
  return UNSEEN.reduce((text, sequence) => text.replaceAll(sequence, ''), terminal.raw());
}

test('the view is lines below each other: no other screen, no cursor that moves or hides, no mouse', async () => {
  const terminal = startLive({ env: READER });
  const screen = await terminal.waitFor(LAST_GROUP);
  expect(screen).toMatch(
    /^Healthy: the fullest group, 10\.0\.3\.7 to 10\.0\.9\.21 port 8080, has /,
  );
  expect(terminal.state()).toMatchObject({
    alternateScreen: false,
    cursorVisible: true,
    autowrap: true,
    mouseModes: [],
  });
  terminal.press('j');
  await terminal.waitFor(/^2 of 3, selected: /m);
  terminal.press('s');
  await terminal.waitFor(/^12 of 12: net\.ipv6/m);
  terminal.resize(100, 30);
  terminal.press('escape');
  await terminal.waitFor(/^3 groups\.$/m);
  // Only characters and ends of lines; an escape sequence that was left would be seen.
  expect(plain(terminal)).toMatch(/^[\n\x20-\x7e]*$/);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test('samples that bring no news write nothing; one that does is a line', async () => {
  const proc = copyProc();
  const terminal = startLive({ args: ['--screen-reader', '--interval', '100ms'], proc });
  await terminal.waitFor(LAST_GROUP);
  addConnections(proc, TO_BACKEND, 40_000, 50);
  addConnections(proc, TO_BACKEND, 40_001, 41);
  await terminal.waitFor(/^Critical: 10\.0\.3\.7 to 10\.0\.9\.21 port 8080 /m);
  const verdicts = plain(terminal).match(/^(?:Healthy|Warning|Critical): /gm) ?? [];
  // A sample may have seen the half of what was added.
  expect(['Healthy, Critical', 'Healthy, Warning, Critical']).toContain(
    verdicts.map((verdict) => verdict.slice(0, -2)).join(', '),
  );
  expect(plain(terminal).match(/^Machine /gm)).toHaveLength(1);
  // Ink marks where a write begins; the first frame is empty, and a sample without news is not worth a byte.
  expect(terminal.raw().split('\x1b[?2026h').slice(1)).toHaveLength(1 + verdicts.length);
});

test('Ctrl-Z leaves what was said, and fg says everything as it is now', async () => {
  const shell = await openLiveShell({ env: READER });
  const settings = await shell.output('stty -g');
  shell.run(LIVE_COMMAND);
  await shell.terminal.waitFor(LAST_GROUP);
  shell.terminal.press('ctrlZ');
  expect(await shell.prompt()).toMatch(LAST_GROUP);
  expect(shell.terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(await shell.output('stty -g')).toBe(settings);
  shell.run('fg');
  await shell.terminal.waitFor((screen) => screen.match(/^3 of 3: /gm)?.length === 2);
  shell.terminal.press('q');
  await shell.prompt();
  expect(await shell.output('stty -g')).toBe(settings);
});

test('what was said stays above the prompt, which stands on a line of its own', async () => {
  const shell = await openLiveShell({ env: READER });
  shell.run(LIVE_COMMAND);
  await shell.terminal.waitFor(LAST_GROUP);
  shell.terminal.press('q');
  await shell.prompt();
  expect(await shell.output('echo "status $?"')).toBe('status 0');
  expect(shell.terminal.screen()).toMatch(LAST_GROUP);
  expect(shell.terminal.state()).toMatchObject({ alternateScreen: false, cursorVisible: true });
});
