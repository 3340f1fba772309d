import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  cleanUpAfterEach,
  FULLEST_ROW,
  LIVE_COMMAND,
  type LiveOptions,
  nearlyFullProc,
  openLiveShell,
  startLive,
} from '../../helpers/live-view.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const QUESTION = '\x1b]11;?\x1b\\\x1b[c';
const WHITE = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\';
const BLACK = '\x1b]11;rgb:00/00/00\x07';
const ATTRIBUTES = '\x1b[?64;1;2c';
const TURNED = { dark: '\x1b[?997;1n', light: '\x1b[?997;2n' } as const;

/** The terminal answers both questions with these pieces, one after the other, and nothing else. */
function answerWith(terminal: Terminal, pieces: readonly string[], gapMs = 0): Promise<void> {
  const { parser } = terminal.emulator;
  return new Promise((resolve) => {
    parser.registerOscHandler(11, () => true);
    parser.registerCsiHandler({ final: 'c' }, () => {
      void (async () => {
        for (const piece of pieces) {
          if (gapMs > 0) await sleep(gapMs);
          terminal.press(piece);
        }
        resolve();
      })();
      return true;
    });
  });
}

/** The colour that the worst row's mark is drawn in. */
function markColor(terminal: Terminal): string | undefined {
  const y = terminal.lines().findIndex((line) => line.startsWith('▸▲'));
  return terminal.cell(1, y).foreground;
}

const RED = 'ansi1';
/** Critical rows as long as the background is not known: red, and yellow for the colour-blind. */
const UNKNOWN = [RED, 'ansi3'];

/** Resolves with a program that used the answer; on a busy machine, 100 ms may go by before the terminal has its turn. */
async function startAnswered(options: LiveOptions, answer: string): Promise<Terminal> {
  const proc = nearlyFullProc();
  for (let turn = 0; turn < 8; turn++) {
    const terminal = startLive({ ...options, proc });
    await answerWith(terminal, [answer, ATTRIBUTES]);
    await terminal.waitFor(/^▸▲/m);
    const started = Date.now();
    const isKnown = () => !UNKNOWN.includes(markColor(terminal) ?? '');
    while (!isKnown() && Date.now() - started < 500) await sleep(20);
    if (isKnown()) return terminal;
    await terminal.close();
  }
  throw new Error('the answer was never used');
}

describe('the background that the terminal tells of', () => {
  test.for<[name: string, options: LiveOptions, dark: string, light: string]>([
    ['16 colours', { env: { FORCE_COLOR: '1' } }, 'ansi9', RED],
    ['256 colours', { args: ['--color', '256'], env: { NO_COLOR: '1' } }, 'ansi210', 'ansi124'],
    ['true colour', { env: { FORCE_COLOR: undefined } }, '#ff8078', '#b3201a'],
    ['the theme for the colour-blind', { args: ['--theme', 'colour-blind'] }, '#f5a742', '#a03e00'],
  ])('chooses the palette: %s', async ([, options, dark, light]) => {
    const terminal = await startAnswered(options, BLACK);
    expect(markColor(terminal)).toBe(dark);
    // The terminal's colours change while it runs.
    terminal.press(TURNED.light);
    await terminal.waitFor(() => markColor(terminal) === light);
    terminal.press(TURNED.dark);
    await terminal.waitFor(() => markColor(terminal) === dark);
    expect(terminal.state()).toMatchObject({ schemeReports: true });
  });

  test('is asked after the first frame, which does not wait', async () => {
    const terminal = startLive();
    const asked = answerWith(terminal, []);
    await terminal.waitFor(FULLEST_ROW);
    await asked;
    const raw = terminal.raw();
    expect(raw).toContain(QUESTION);
    expect(raw.indexOf('HEADROOM')).toBeLessThan(raw.indexOf(QUESTION));
    // A terminal that answers nothing at all has its Escape key.
    terminal.press('s');
    await terminal.waitFor(/what it means here/);
    terminal.press('escape');
    await terminal.waitFor(FULLEST_ROW);
  });

  test('light is light: text that steps back has a colour of its own', async () => {
    const terminal = await startAnswered({}, WHITE);
    const at = terminal.find('detail');
    expect(at).toBeDefined();
    const { foreground, dim } = terminal.cell(at?.x ?? 0, at?.y ?? 0);
    expect({ foreground, dim }).toEqual({ foreground: '#70777f', dim: false });
  });
});

describe('what a terminal answers is no key', () => {
  const WHOLE = WHITE + ATTRIBUTES;

  test.for<[name: string, pieces: readonly string[], gapMs: number]>([
    ['late', [WHITE, ATTRIBUTES], 250],
    ['byte by byte', [...WHOLE], 5],
    ['byte by byte, and late', [...WHOLE.replace('ffff', 'ff')], 25],
    ['in the wrong order', [ATTRIBUTES, WHITE], 150],
    ['cut off', ['\x1b]11;rgb:ffff/ff', ATTRIBUTES], 5],
  ])('%s', async ([, pieces, gapMs]) => {
    const terminal = startLive({ proc: nearlyFullProc() });
    const answered = answerWith(terminal, pieces, gapMs);
    const screen = await terminal.waitFor(/^▸▲/m);
    await answered;
    // f folds, 1 opens a suggestion, a too, r records, / filters; the key after them is answered last.
    terminal.press('j');
    const moved = await terminal.waitFor(/^▸ /m);
    const rows = (text: string) => text.match(/^..? .*:\d+ .*$/gm)?.length;
    expect(rows(moved)).toBe(rows(screen));
    expect(moved).toMatch(/HEADROOM/);
    expect(moved).not.toMatch(/11;|rgb:|ff\/|64;1|Recording|recording|folded/);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  });

  test.for<[name: string, end: (terminal: Terminal) => void, status: number]>([
    ['q', (terminal) => terminal.press('q'), 0],
    ['SIGTERM', (terminal) => terminal.signal('SIGTERM', 'foreground'), 143],
    ['Ctrl-Z', (terminal) => terminal.press('ctrlZ'), 148],
  ])('nor of the shell, when it comes after %s', async ([, end, status]) => {
    const shell = await openLiveShell();
    const { terminal } = shell;
    const { parser } = terminal.emulator;
    let writtenBefore = '';
    parser.registerOscHandler(11, () => true);
    parser.registerCsiHandler({ final: 'c' }, () => {
      end(terminal);
      setTimeout(() => {
        writtenBefore = terminal.raw();
        terminal.press(WHOLE);
      }, 300);
      return true;
    });
    shell.run(LIVE_COMMAND);
    const screen = await shell.prompt();
    // Once it leaves the screen, keys are the driver's to show, if only for a moment.
    expect(writtenBefore).toContain('\x1b[?1049h');
    expect(writtenBefore).not.toContain('\x1b[?1049l');
    expect(screen).not.toMatch(/\^\[|rgb|64;1/);
    expect(await shell.output('echo "status $?"')).toBe(`status ${status}`);
  });
});

test.for<[name: string, options: LiveOptions]>([
  ['no colour is wanted', { args: ['--no-color'] }],
  ['it is listened to', { args: ['--screen-reader'] }],
  ['it is the console of the kernel', { env: { TERM: 'linux' } }],
])('a terminal is not asked where %s', async ([, options]) => {
  const terminal = startLive(options);
  await terminal.waitFor(/10\.0\.9\.21/);
  terminal.press('q');
  await terminal.exited;
  expect(terminal.raw()).not.toMatch(/\]11;|\[c|2031/);
});
