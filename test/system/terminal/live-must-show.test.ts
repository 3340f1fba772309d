/** What the program shows in a terminal at every size, and what can be reached there by keys. */
import { expect, test } from 'vitest';
import { crowdedProc } from '../../helpers/crowded-proc.ts';
import { cleanUpAfterEach, startLive } from '../../helpers/live-view.ts';
import { foldedLines } from '../../helpers/screens.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
];

const WORST_ROW = /10\.0\.9\.21:8080 .*10\.1%.* \d+ s$/m;

/** The view of a machine with 302 groups, of which one sample is taken. */
async function start(size: (typeof SIZES)[number]): Promise<Terminal> {
  const terminal = startLive({ proc: crowdedProc(), args: ['--interval', '1m'], ...size });
  await terminal.waitFor(WORST_ROW);
  return terminal;
}

test.each(SIZES)(
  'at $columns x $rows the worst group, its headroom and its time, and the order, the source and the interval',
  async (size) => {
    const terminal = await start(size);
    expect(terminal.screen()).toMatch(/▾HEADROOM +EMPTY IN$/m);
    expect(terminal.screen()).toMatch(/ procfs 1m/);
    // Wherever the selection is, in any order.
    for (const keys of [['G'], ['>'], ['>', '>'], ['I'], ['g'], ['<', '<', '<', '<']]) {
      terminal.press(...keys);
      await terminal.waitFor(WORST_ROW);
    }
    expect(foldedLines(terminal)).toEqual([]);
  },
);

test.each(SIZES)('at $columns x $rows every command can be read and pasted', async (size) => {
  const terminal = await start(size);
  expect(terminal.state().mouseModes).toEqual([1000, 1006]);
  terminal.press('a');
  const first = await terminal.waitFor(/^ SUGGESTIONS/m);
  // Text is selected with the terminal's own mouse.
  await terminal.waitFor(() => terminal.state().mouseModes.length === 0);
  const read = new Set(first.split('\n'));
  for (let screen = '', next = first; next !== screen;) {
    screen = next;
    terminal.press('pageDown');
    next = await terminal.waitFor((text) => text !== screen, 1000).catch(() => screen);
    for (const line of next.split('\n')) read.add(line);
  }
  const commands = [...read].filter((line) => /^ *(?:sysctl|printf) /.test(line));
  expect(commands.join('\n')).toMatch(/^ *sysctl -w net\.ipv4\.tcp_tw_reuse=1$/m);
  expect(commands.join('\n')).toMatch(/^ *printf /m);
  for (const command of commands) expect(command).not.toMatch(/[│…]/);
  terminal.press('escape');
  await terminal.waitFor(() => terminal.state().mouseModes.join() === '1000,1006');
});
