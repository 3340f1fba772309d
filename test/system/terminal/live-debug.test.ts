import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cleanUpAfterEach,
  FULLEST_ROW,
  LAUNCHER,
  makeDirectory,
  startLive,
} from '../../helpers/live-view.ts';
import { recordingOfSamples } from '../../helpers/recordings.ts';
import { connections, sampleOfSockets } from '../../helpers/sockets.ts';
import { openTerminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

test('--debug has what both threads do, once a second, and all of it at the end', async () => {
  const file = join(makeDirectory(), 'debug.log');
  const terminal = startLive({ args: ['--debug', file, '--no-config'] });
  await terminal.waitFor(FULLEST_ROW);
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 10_000 }).toMatch(/ main frame: /);
  terminal.press('+');
  await terminal.waitFor(/procfs 125ms/);
  await expect
    .poll(() => readFileSync(file, 'utf8'), { timeout: 10_000 })
    .toMatch(/ sampling budget: 125 ms between samples \(125 ms asked for\); /);
  terminal.press('q');
  await terminal.exited;
  const log = readFileSync(file, 'utf8');
  for (const line of [
    / main settings: \{\} from --no-config$/m,
    / main terminal: \S+, 120x40, truecolor colours$/m,
    / sampling source: procfs in \S+ \(/m,
    / sampling sample: procfs, 36 sockets, 3 groups; read [\d.]+ ms, classify [\d.]+ ms, owners [\d.]+ ms, measure [\d.]+ ms$/m,
    / main model: [\d.]+ ms$/m,
    / main frame: [\d.]+ ms$/m,
    / main end of live\n$/,
  ])
    expect(log).toMatch(line);
});

test('--debug of a replay has what is wanted of the recording', async () => {
  const directory = makeDirectory();
  const [file, recording] = [join(directory, 'debug.log'), join(directory, 'x.eph.gz')];
  const samples = [0, 1, 2].map((second) =>
    sampleOfSockets(connections(second), { takenAtMs: 1_000_000 + 1000 * second }),
  );
  writeFileSync(recording, recordingOfSamples(samples));
  const command = [LAUNCHER, 'replay', recording, '--debug', file, '--no-config'];
  const terminal = openTerminal(process.execPath, command, { columns: 80, rows: 24 });
  await terminal.waitFor(/REPLAY|END/);
  terminal.press('L');
  await terminal.waitFor('END');
  terminal.press('q');
  await terminal.exited;
  const log = readFileSync(file, 'utf8');
  expect(log).toContain(` main recording: 3 samples, 2000 ms, ${recording}\n`);
  expect(log).toMatch(/ main play: (?:speed 1|paused), to sample Infinity$/m);
  expect(log).toMatch(/ main model: [\d.]+ ms$/m);
});
