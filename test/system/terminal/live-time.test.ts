import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addConnections,
  copyProc,
  FULLEST_ROW,
  cleanUpAfterEach,
  startLive,
  TO_BACKEND,
} from '../../helpers/live-view.ts';

cleanUpAfterEach();

const WITH_8_MORE = /10\.0\.9\.21:8080 .*76\.4%/;
const WITH_18_MORE = /10\.0\.9\.21:8080 .*65\.2%/;
const PAST = /^ PAST \d\d:\d\d:\d\d, .*; → forward, L live *$/m;

test('back in time the old number stands under a mark, and L shows the new one', async () => {
  const proc = copyProc();
  const terminal = startLive({ proc, columns: 80, rows: 24 });
  await terminal.waitFor(FULLEST_ROW);
  addConnections(proc, TO_BACKEND, 40_064, 8);
  await terminal.waitFor(WITH_8_MORE);
  terminal.press('[');
  const past = await terminal.waitFor(PAST);
  expect(past).toMatch(FULLEST_ROW);
  expect(past.split('\n').length).toBe(24);
  addConnections(proc, TO_BACKEND, 40_080, 10); // sampling goes on
  await terminal.waitFor(/, [3-9] s ago;/);
  expect(terminal.screen()).toMatch(FULLEST_ROW);
  terminal.press('L');
  expect(await terminal.waitFor(WITH_18_MORE)).not.toContain('PAST');
});

test('the arrows go a sample back and forward, until the newest', async () => {
  const terminal = startLive();
  await terminal.waitFor(FULLEST_ROW);
  const clockOf = (screen: string) => screen.match(/PAST (\S+),/)?.[1] ?? '';
  const [start] = /\d\d:\d\d:\d\d/.exec(terminal.screen()) ?? [''];
  await terminal.waitFor((screen) => {
    const [now = ''] = /\d\d:\d\d:\d\d/.exec(screen) ?? [];
    return secondsOf(now) - secondsOf(start) >= 3;
  });
  terminal.press('left');
  const once = clockOf(await terminal.waitFor(PAST));
  terminal.press('left');
  const twice = clockOf(await terminal.waitFor((screen) => clockOf(screen) < once));
  terminal.press('right');
  await terminal.waitFor((screen) => clockOf(screen) > twice);
  terminal.press(']');
  await terminal.waitFor((screen) => !screen.includes('PAST'));
  terminal.press('left');
  await terminal.waitFor(PAST);
  terminal.press('escape');
  await terminal.waitFor((screen) => !screen.includes('PAST'));
});

test('a group that has gone stays for some seconds, dimmed and marked', async () => {
  const proc = copyProc();
  const terminal = startLive({ proc, columns: 80, rows: 24 });
  await terminal.waitFor(/^ {3}127\.0\.0\.1 → 127\.0\.0\.1:9090 /m);
  for (const file of ['net/tcp', 'net/tcp6']) {
    const lines = readFileSync(join(proc, file), 'utf8').split('\n');
    const isKept = (line: string) => !/^ *\d+: \S+ \S+:2382 /.test(line);
    writeFileSync(join(proc, file), lines.filter(isKept).join('\n'));
  }
  const screen = await terminal.waitFor(/^ × 127\.0\.0\.1 → 127\.0\.0\.1:9090 .*96\.6%/m);
  expect(screen).toMatch(FULLEST_ROW);
  const { x, y } = terminal.find('127.0.0.1 →') ?? { x: 0, y: 0 };
  expect(terminal.cell(x, y).dim).toBe(true);
  await terminal.waitFor((now) => !now.includes('9090'));
});

/** Of a time of day; the test is not run around midnight's second. */
function secondsOf(clock: string): number {
  return clock.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
}
