/** What is written to the terminal while nothing, or little, changes: no flicker over a slow line. */
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  cleanUpAfterEach,
  startLive,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { goBack, goTo, SCREENS } from '../../helpers/screens.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

/** What is written from now on. */
function written(terminal: Terminal): () => string {
  const start = terminal.raw().length;
  return () => terminal.raw().slice(start);
}

/** The frames in what was written, and what was written beside them. */
function framesIn(text: string): { frames: string[]; beside: string } {
  const frames: string[] = [];
  const beside = text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
    /\x1b\[\?2026h[^]*?\x1b\[\?2026l/g,
    (frame) => {
      frames.push(frame.slice(BEGIN.length, -END.length));
      return '';
    },
  );
  return { frames, beside };
}

/** Resolves when the clock has moved on, `times` times. */
async function seconds(times: number, terminal: Terminal): Promise<void> {
  for (let second = 0; second < times; second++) {
    const clock = clockOf(terminal.screen());
    await terminal.waitFor((screen) => clockOf(screen) !== clock);
  }
}

const clockOf = (screen: string) => /\d\d:\d\d:\d\d/.exec(screen)?.[0];

/** Of a view that has shown all that comes with the first seconds. */
async function startSettled(proc: string): Promise<Terminal> {
  const terminal = startLive({ proc, args: ['--cpu-budget', '100%'] });
  await terminal.waitFor(
    (screen) => FULLEST_ROW.test(screen) && /cost [^]*opens\/s[^]*never/.test(screen),
  );
  return terminal;
}

test('all that is drawn lies within synchronized frames, and nothing is cleared for it', async () => {
  const terminal = await startSettled(copyProc());
  const output = written(terminal);
  for (const screen of SCREENS) {
    await goTo(terminal, screen);
    await goBack(terminal, screen);
  }
  terminal.press('f', 'j', '>');
  await terminal.waitFor('folded by');
  terminal.press('p', 'p', 't');
  await terminal.waitFor('Theme: colour-blind');
  const { frames, beside } = framesIn(output());
  expect(beside).toBe('');
  expect(frames.length).toBeGreaterThan(2 * SCREENS.length - 2);
  // Neither the screen, nor what is below the cursor: lines are erased one by one as they are written.
  // oxlint-disable-next-line no-control-regex
  expect(frames.filter((frame) => /\x1b\[[0-3]?J|\x1b\[2K|\x1bc|\?1049/.test(frame))).toEqual([]);
});

test('while nothing changes, only the clock is written, once a second; frozen, nothing', async () => {
  const [proc, clock] = [copyProc(), startLive()];
  const terminal = await startSettled(proc);
  await clock.waitFor(FULLEST_ROW);
  const whole = terminal.screen().length;
  const running = written(terminal);
  await seconds(2, terminal);
  const { frames, beside } = framesIn(running());
  expect(beside).toBe('');
  expect(frames.length).toBeLessThanOrEqual(4);
  // In the first row: the last figure of the clock, and what stands behind it.
  for (const frame of frames) {
    expect(textOf(frame)).toMatch(/^\d[\d:]* +procfs 250ms +cost \S+ CPU +\d+ sockets$/);
    expect(frame.length).toBeLessThan(whole / 5);
  }
  terminal.press('p');
  await terminal.waitFor(/FROZEN/);
  const frozen = written(terminal);
  await seconds(2, clock);
  expect(frozen()).toBe('');
});

test('when one group changes, its row is written, and what is said of it above', async () => {
  const proc = copyProc();
  const terminal = await startSettled(proc);
  const whole = terminal.screen().length;
  const output = written(terminal);
  addConnections(proc, TO_BACKEND, 40_064, 8);
  await terminal.waitFor(/10\.0\.9\.21:8080 .*76\.4%/);
  const changed = framesIn(output()).frames.find((frame) => frame.includes('76.4%')) ?? '';
  const lines = textOf(changed).split('\n');
  expect(changed).toContain('76.4%');
  expect(lines.filter((line) => /127\.0\.0\.1|::1|TIME_WAIT|Enter|SOURCE/.test(line))).toEqual([]);
  expect(changed.length).toBeLessThan(whole / 2);
});

/** The characters of a frame, line by line, without those that move and erase. */
function textOf(frame: string): string {
  return stripVTControlCharacters(frame).replaceAll('\r\n', '\n').trim();
}
