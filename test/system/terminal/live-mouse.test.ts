import { afterEach, expect, test } from 'vitest';
import { FULLEST_ROW, groupRows, startLive } from '../../helpers/live-view.ts';
import { click, wheelDown, wheelUp } from '../../helpers/terminal-keys.ts';
import { closeTerminals, type Terminal } from '../../helpers/terminal.ts';

afterEach(closeTerminals);

const LOOPBACK = '127.0.0.1:9090';
const BACKEND = '10.0.9.21:8080';

async function startWithMouse(): Promise<Terminal> {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  expect(terminal.state().mouseModes).toEqual([1000, 1006]);
  return terminal;
}

/** The cell where the table's row of this destination, or a title, stands: the last line that has it. */
function cellOf(terminal: Terminal, text: string): [x: number, y: number] {
  const lines = terminal.lines();
  const y = lines.findLastIndex((line) => line.includes(text));
  return [lines[y]?.indexOf(text) ?? 0, y];
}

test('a click selects a row, a second one opens it', async () => {
  const terminal = await startWithMouse();
  terminal.press(click(...cellOf(terminal, LOOPBACK)));
  await terminal.waitFor((screen) => groupRows(screen).selected === LOOPBACK);
  terminal.press(click(...cellOf(terminal, LOOPBACK)));
  await terminal.waitFor((screen) => !screen.includes('HEADROOM  LIVE'));
  terminal.press('escape');
  await terminal.waitFor((screen) => groupRows(screen).selected === LOOPBACK);
});

test('a click on a title sorts by it, another one inverts the order', async () => {
  const terminal = await startWithMouse();
  const { destinations } = groupRows(terminal.screen());
  terminal.press(click(...cellOf(terminal, 'SOURCE')));
  await terminal.waitFor('▾SOURCE');
  terminal.press(click(...cellOf(terminal, 'SOURCE')));
  const inverted = await terminal.waitFor('▴SOURCE');
  expect(groupRows(inverted).destinations[0]).not.toBe(BACKEND);
  expect(groupRows(inverted).destinations.toSorted()).toEqual(destinations.toSorted());
});

test('the wheel moves the selection; nothing of it is taken for keys', async () => {
  const terminal = await startWithMouse();
  expect(groupRows(terminal.screen()).selected).toBe(BACKEND);
  terminal.press(wheelDown(50, 30), wheelDown(50, 30), wheelDown(50, 30));
  await terminal.waitFor((screen) => groupRows(screen).selected !== BACKEND);
  terminal.press(wheelUp(0, 0), wheelUp(0, 0), wheelUp(0, 0));
  await terminal.waitFor((screen) => groupRows(screen).selected === BACKEND);
  expect(terminal.screen()).toContain('HEADROOM');
});

test('a click selects a row of a panel; one on the footer does what the key does', async () => {
  const terminal = await startWithMouse();
  terminal.press(click(...cellOf(terminal, 's sysctl')));
  await terminal.waitFor(/▸[ △] net\.ipv4\.ip_local_port_range/);
  terminal.press(click(...cellOf(terminal, 'net.core.somaxconn')));
  await terminal.waitFor(/▸[ △] net\.core\.somaxconn/);
  terminal.press(click(...cellOf(terminal, 'w what-if')));
  await terminal.waitFor(/▸ port range/);
  terminal.press(click(...cellOf(terminal, 'tcp_tw_reuse   ')));
  await terminal.waitFor(/▸ tcp_tw_reuse/);
  terminal.press(click(...cellOf(terminal, 'q quit')));
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('--no-mouse leaves the mouse to the terminal', async () => {
  const terminal = startLive({ args: ['--no-mouse'] });
  await terminal.waitFor(FULLEST_ROW);
  expect(terminal.state().mouseModes).toEqual([]);
  terminal.press('q');
  await terminal.exited;
  expect(terminal.raw()).not.toMatch(/\?1000|\?1006/);
});
