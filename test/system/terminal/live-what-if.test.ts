import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  cleanUpAfterEach,
  startLive,
  TABLE_TITLE,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

async function shown(terminal: Terminal): Promise<Terminal> {
  await terminal.waitFor(FULLEST_ROW);
  return terminal;
}

/** What the program has handed to the clipboard so far. */
function copiedTexts(terminal: Terminal): string[] {
  // oxlint-disable-next-line no-control-regex -- the sequence is made of them
  const sequences = terminal.raw().matchAll(/\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/g);
  return [...sequences].map(([, text = '']) => Buffer.from(text, 'base64').toString());
}

const WIDEST = 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"';
const MARK = /^ WHAT IF, not the real machine: range 1024–65535/m;

test('w shows the outcome of changes, marked as such and live, and Esc goes back', async () => {
  const proc = copyProc();
  const terminal = await shown(startLive({ columns: 80, rows: 24, proc }));
  terminal.press('w');
  await terminal.waitFor(/^ WHAT IF: nothing is changed yet/m);
  terminal.press('right', 'right', 'right', 'right');
  const screen = await terminal.waitFor(MARK);
  expect(screen).toMatch(/10\.0\.9\.21:8080 has 99\.9% of its ports left/);
  expect(screen).toMatch(/^ ▸ port range +40000–40099 +→ 1024–65535/m);
  expect(screen).toMatch(/^ +as it is +85\.4%/m);
  expect(screen).toMatch(/^ +changed +9\d\.\d% +9\d\.\d% +9\d\.\d%/m);
  expect(screen).toMatch(/^▸ +10\.0\.3\.7 → 10\.0\.9\.21:8080 .*9\d\.\d%/m);
  expect(terminal.cell(1, terminal.find('WHAT IF')?.y ?? 0).inverse).toBe(true);
  addConnections(proc, TO_BACKEND, 40_064, 18);
  await terminal.waitFor(/^ +as it is +65\.2%/m);
  terminal.press('escape');
  const real = await terminal.waitFor(/10\.0\.9\.21:8080 .*65\.2%/);
  expect(real).not.toContain('WHAT IF');
  expect(real).toMatch(TABLE_TITLE);
});

test('y hands the commands to the clipboard and leaves the screen as it is', async () => {
  // Whatever the tests themselves run in.
  const env = { TMUX: undefined, STY: undefined };
  const terminal = await shown(startLive({ columns: 80, rows: 24, env }));
  terminal.press('w', 'right', 'right', 'right', 'right', 'down', 'left', 'y');
  const screen = await terminal.waitFor(/copied \d lines; if your terminal refuses OSC 52/);
  const [text = ''] = copiedTexts(terminal);
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([WIDEST, 'sysctl -w net.ipv4.tcp_tw_reuse=1']),
  );
  for (const command of text.split('\n')) expect(screen).toContain(`   ${command}`);
  // Between frames, not in one: each of them begins and ends with mode 2026.
  // oxlint-disable-next-line no-control-regex
  const frames = terminal.raw().match(/\x1b\[\?2026h[^]*?\x1b\[\?2026l/g) ?? [];
  expect(frames.length).toBeGreaterThan(1);
  expect(frames.filter((frame) => frame.includes('\x1b]52;'))).toEqual([]);
  terminal.press('y', 'y');
  await terminal.waitFor(() => copiedTexts(terminal).length === 3);
  terminal.press('escape');
  const back = await terminal.waitFor(FULLEST_ROW);
  expect(back).not.toMatch(/copied|52;c/);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('y copies the opened suggestion, and in tmux also past tmux', async () => {
  const terminal = await shown(startLive({ env: { TMUX: '/tmp/tmux-1/default,1,0' } }));
  terminal.press('1', 'y');
  const screen = await terminal.waitFor(/copied \d lines?; if your terminal refuses OSC 52/);
  const [plain = '', wrapped] = copiedTexts(terminal);
  expect(wrapped).toBe(plain);
  expect(terminal.raw()).toContain('\x1bPtmux;\x1b\x1b]52;c;');
  expect(plain).toMatch(/^sysctl -w /);
  for (const command of plain.split('\n')) expect(screen).toContain(command);
});

test('what-if works at 40x10', async () => {
  const terminal = await shown(startLive({ columns: 40, rows: 10 }));
  terminal.press('w', 'down', 'left');
  const screen = await terminal.waitFor(/▸ tcp_tw_reuse +→ 1 on/);
  expect(screen).toMatch(/^ WHAT IF, not real: tw_reuse 1$/m);
  expect(screen).toMatch(/^ HEADROOM +NOW +1 MIN +SETTLED +EMPTY$/m);
  expect(screen).toMatch(/^ +↓ \d+ more lines/m);
  terminal.press('end');
  await terminal.waitFor(/middlebox/);
  terminal.press('home', 'left');
  await terminal.waitFor(/^ No smaller range; right arrow goes on$/m);
  terminal.press('w');
  expect(await terminal.waitFor(FULLEST_ROW)).not.toContain('WHAT IF');
});
