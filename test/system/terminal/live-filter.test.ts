import { expect, test } from 'vitest';
import { FULLEST_ROW, groupRows, cleanUpAfterEach, startLive } from '../../helpers/live-view.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const rowsAre = (terminal: Terminal, ...destinations: string[]) =>
  terminal.waitFor((screen) => groupRows(screen).destinations.join() === destinations.join());

test('the filter says what is wrong with it while it is typed, and Enter waits for it to be right', async () => {
  const terminal = startLive({ args: ['--filter', 'headroom<90%'] });
  await rowsAre(terminal, '10.0.9.21:8080');
  terminal.press('escape');
  await rowsAre(terminal, '10.0.9.21:8080', '[::1]:9090', '127.0.0.1:9090');
  terminal.press('/', 'port:9090 dst:', 'enter');
  const screen = await terminal.waitFor(/^ +\^\^\^\^ write the beginning of an address/m);
  const [typed = '', below = ''] = screen.split('\n').slice(-2);
  expect(below.indexOf('^')).toBe(typed.indexOf('dst:'));
  await rowsAre(terminal, '[::1]:9090', '127.0.0.1:9090');
  terminal.press('127', 'enter');
  await terminal.waitFor('filter: port:9090 dst:127');
  await rowsAre(terminal, '127.0.0.1:9090');
});

test('5,000 words pasted into the filter are cut, said, and hold up nothing', async () => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('/');
  await terminal.waitFor(/^ \/ /m);
  terminal.press('\x1b[200~', 'owner:x '.repeat(5000), '\x1b[201~');
  await terminal.waitFor(/at most 1000 characters/);
  terminal.press('ctrlC');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
});

test('f folds, Enter opens a fold, Esc goes back to it', async () => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  terminal.press('f');
  expect(await terminal.waitFor('folded by destination')).toContain('10.0.9.21:8080 (1 source)');
  terminal.press('f', 'f');
  await terminal.waitFor('folded by source');
  terminal.press('end', 'enter');
  await terminal.waitFor(/filter: src=\S+ /);
  terminal.press('escape');
  await terminal.waitFor('folded by source');
  terminal.press('escape');
  await terminal.waitFor(FULLEST_ROW);
});
