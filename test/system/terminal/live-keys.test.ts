import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  groupRows,
  cleanUpAfterEach,
  startLive,
  TABLE_TITLE,
  TO_BACKEND,
  TO_LOOPBACK,
} from '../../helpers/live-view.ts';
import { expectScreen } from '../../helpers/screens.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

async function shown(terminal: Terminal): Promise<Terminal> {
  await terminal.waitFor(FULLEST_ROW);
  return terminal;
}

const rowsAre = (terminal: Terminal, destinations: string[], selected: string) =>
  terminal.waitFor((screen) => {
    const rows = groupRows(screen);
    return rows.destinations.join() === destinations.join() && rows.selected === selected;
  });

const BACKEND = '10.0.9.21:8080';
const LOOPBACK = '127.0.0.1:9090';
const LOOPBACK_6 = '[::1]:9090';

test('a shows the suggestions, and again the groups; a number opens one', async () => {
  const terminal = await shown(startLive());
  terminal.press('a');
  expect(await terminal.waitFor(/SUGGESTIONS/)).toMatch(/^ ▸ 1 /m);
  expect(terminal.screen()).not.toMatch(TABLE_TITLE);
  terminal.press('3');
  await terminal.waitFor(/^ ▸ 3 .*Widen/m);
  expect(terminal.screen()).toContain('net.ipv4.ip_local_port_range="1024 65535"');
  terminal.press('a');
  await terminal.waitFor(TABLE_TITLE);
  terminal.press('2'); // from the groups as well
  await terminal.waitFor(/^ ▸ 2 /m);
  terminal.press('escape');
  await terminal.waitFor(TABLE_TITLE);
});

test('a number beyond the last suggestion opens the last', async () => {
  const terminal = await shown(startLive());
  terminal.press('9');
  const screen = await terminal.waitFor(/^ ▸ \d /m);
  const numbers = [...screen.matchAll(/^ [▸ ] (\d) /gm)].map(([, number]) => number);
  expect(screen).toContain(` ▸ ${numbers.at(-1)} `);
});

test('s shows the sysctls with their values; ? shows the keys', async () => {
  const terminal = await shown(startLive());
  terminal.press('s');
  expect(await terminal.waitFor(/recommended if short of ports/)).toMatch(
    /net\.ipv4\.ip_local_port_range .*40000 40099/,
  );
  terminal.press('down', 'down');
  await terminal.waitFor(/▸[ △] net\.ipv4\.tcp_tw_reuse /);
  terminal.press('?');
  expect(await terminal.waitFor(/q Ctrl-C +quit/)).not.toContain('recommended');
  terminal.press('?');
  await terminal.waitFor(TABLE_TITLE);
});

test('/ filters as it is typed; Esc clears, Enter keeps', async () => {
  const terminal = await shown(startLive());
  terminal.press('/');
  await terminal.waitFor(/^ \/ /m);
  terminal.press('9');
  await terminal.waitFor(/^ \/ 9/m);
  terminal.press('090');
  await rowsAre(terminal, [LOOPBACK_6, LOOPBACK], LOOPBACK_6);
  terminal.press('q'); // a letter like the others here
  await terminal.waitFor('No group matches the filter');
  terminal.press('backspace');
  await rowsAre(terminal, [LOOPBACK_6, LOOPBACK], LOOPBACK_6);
  terminal.press('escape');
  await rowsAre(terminal, [BACKEND, LOOPBACK_6, LOOPBACK], BACKEND);
  terminal.press('/', '127');
  await rowsAre(terminal, [LOOPBACK], LOOPBACK);
  terminal.press('enter');
  await terminal.waitFor('filter: 127');
  terminal.press('escape');
  await rowsAre(terminal, [BACKEND, LOOPBACK_6, LOOPBACK], BACKEND);
});

// Fast typing and a busy machine bring several keys in one read.
test('Enter and Backspace are keys also in the middle of other keys', async () => {
  const terminal = await shown(startLive());
  terminal.press('/128\x7f7\ra');
  await terminal.waitFor(/SUGGESTIONS/, 3000);
  terminal.press('escape');
  await rowsAre(terminal, [LOOPBACK], LOOPBACK);
});

test('Ctrl-C is a key also behind other keys', async () => {
  const terminal = await shown(startLive());
  terminal.press('/12\x03');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('the selection follows its group when the order changes', async () => {
  const proc = copyProc();
  addConnections(proc, TO_LOOPBACK, 40_090, 4); // more live ones than the fullest group has
  const terminal = await shown(startLive({ proc }));
  await rowsAre(terminal, [BACKEND, LOOPBACK, LOOPBACK_6], BACKEND);
  terminal.press('down');
  await rowsAre(terminal, [BACKEND, LOOPBACK, LOOPBACK_6], LOOPBACK);
  terminal.press('>', '>'); // by ports used, by live connections
  await rowsAre(terminal, [LOOPBACK, BACKEND, LOOPBACK_6], LOOPBACK);
  terminal.press('I');
  await rowsAre(terminal, [LOOPBACK_6, BACKEND, LOOPBACK], LOOPBACK);
  terminal.press('<');
  await rowsAre(terminal, [BACKEND, LOOPBACK, LOOPBACK_6], LOOPBACK);
  terminal.press('<', 'up');
  await rowsAre(terminal, [BACKEND, LOOPBACK, LOOPBACK_6], BACKEND);
  addConnections(proc, TO_LOOPBACK, 40_024, 20); // the kernel changes the order
  const screen = await rowsAre(terminal, [LOOPBACK, BACKEND, LOOPBACK_6], BACKEND);
  expect(screen).toMatch(/^▸  10\.0\.3\.7 → 10\.0\.9\.21:8080 /m);
});

test('p holds the screen while sampling goes on', async () => {
  const proc = copyProc();
  const [frozen, running] = [startLive({ proc }), startLive({ proc })];
  await Promise.all([shown(frozen), shown(running)]);
  frozen.press('p');
  const screen = await frozen.waitFor(/FROZEN at \d\d:\d\d:\d\d/);
  addConnections(proc, TO_BACKEND, 40_064, 18);
  // The other view shows when the change must have been seen: two samples after it.
  await running.waitFor(/10\.0\.9\.21:8080 .*65\.2%/);
  const clock = running.screen().match(/\d\d:\d\d:\d\d/)?.[0];
  await running.waitFor((now) => now.match(/\d\d:\d\d:\d\d/)?.[0] !== clock);
  expect(frozen.screen()).toBe(screen);
  frozen.press('p');
  expect(await frozen.waitFor(/10\.0\.9\.21:8080 .*65\.2%/)).not.toContain('FROZEN');
});

test('keys and panels work at 40x10', async () => {
  const terminal = await shown(startLive({ columns: 40, rows: 10 }));
  terminal.press('G');
  await rowsAre(terminal, [BACKEND, LOOPBACK_6, LOOPBACK], LOOPBACK);
  terminal.press('/', '8080');
  await rowsAre(terminal, [BACKEND], BACKEND);
  expect(terminal.lines().at(-2)).toMatch(/^ \/ 8080/);
  terminal.press('escape');
  await rowsAre(terminal, [BACKEND, LOOPBACK_6, LOOPBACK], LOOPBACK);
  terminal.press('?');
  await terminal.waitFor(/^ ↓ j/m);
  terminal.press('G');
  await terminal.waitFor(/eta<2m/);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('samples less often while the terminal says that another window is worked in', async () => {
  const terminal = await shown(startLive({ args: ['--cpu-budget', '100%'] }));
  expect(terminal.raw()).toContain('\x1b[?1004h');
  await terminal.waitFor(/procfs 250ms /);
  terminal.press('\x1b[O');
  await terminal.waitFor(/procfs 1s .*\(250ms asked\)/);
  terminal.press('\x1b[I');
  await terminal.waitFor(/procfs 250ms /);
});

test('stays within its CPU budget by sampling less often, and says so', async () => {
  const terminal = await shown(startLive({ args: ['--cpu-budget', '1%'] }));
  await terminal.waitFor(/procfs [\d.]+m?s .*\(250ms asked\)/);
});

test.each(['Ctrl-L', 'the focus'])(
  'what another program has written onto the screen is gone after %s',
  async (key) => {
    const terminal = await shown(startLive());
    const before = terminal.screen();
    const write = (text: string) =>
      new Promise<void>((resolve) => terminal.emulator.write(text, resolve));
    await write('kernel: foo\r\nsecond line\r\n\x1b[3;3Hthird');
    expect(terminal.screen()).toContain('third');
    if (key === 'Ctrl-L') terminal.press('ctrlL');
    else terminal.press('\x1b[O', '\x1b[I');
    await expectScreen(terminal, before);
  },
);
