/** The terminal goes away under the program: what holds its other end is killed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  BRIEF_RUN,
  cleanUpAfterEach,
  LAUNCHER,
  makeDirectory,
  RECORDED_PROC,
} from '../../helpers/live-view.ts';
import { recordingOfSamples } from '../../helpers/recordings.ts';
import { connections, sampleOfSockets } from '../../helpers/sockets.ts';

cleanUpAfterEach();

/** Runs the program in a terminal of script(1), and takes that away once the view stands; returns how it ended. */
async function hungUp(args: readonly string[], under: string) {
  const directory = makeDirectory();
  const line = [process.execPath, ...BRIEF_RUN, LAUNCHER, ...args].join(' ');
  // The shell has a trap, and so outlives the hangup; what it starts does not inherit that.
  // It says "Hangup" itself, elsewhere than the program does.
  const command = `trap : HUP; cd ${directory}; stty columns 120 rows 40; ${under} sh -c 'exec ${line} 2>errors'; echo $? >status`;
  const script = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void script.kill('SIGKILL'));
  let shown = '';
  await new Promise<void>((resolve) =>
    script.stdout.on('data', (data: Buffer) => {
      shown += data.toString();
      if (shown.includes('HEADROOM')) resolve();
    }),
  );
  script.kill('SIGKILL');
  const status = join(directory, 'status');
  await vi.waitFor(() => expect(existsSync(status) && readFileSync(status, 'utf8')).toMatch(/\n/), {
    timeout: 10_000,
  });
  return {
    status: readFileSync(status, 'utf8').trim(),
    errors: readFileSync(join(directory, 'errors'), 'utf8'),
  };
}

const LIVE = () => ['--proc', RECORDED_PROC];
const REPLAY = () => {
  const file = join(makeDirectory(), 'incident.eph.gz');
  const samples = [0, 1, 2].map((second) =>
    sampleOfSockets(connections(second), { takenAtMs: 1000 * second, source: 'netlink' }),
  );
  writeFileSync(file, recordingOfSamples(samples));
  return ['replay', file];
};

// In a session of its own the program gets no signal: it hears of the hangup only when it writes.
test.for<[string, () => string[], string]>([
  ['the live view', LIVE, ''],
  ['the live view, without a signal', LIVE, 'setsid --wait'],
  ['a replay', REPLAY, ''],
  ['a replay, without a signal', REPLAY, 'setsid --wait'],
])('%s dies of the hangup, and says nothing', async ([, args, under]) => {
  expect(await hungUp(args(), under)).toEqual({ status: '129', errors: '' });
});

test('where hangups are ignored, the view says what has ended it', async () => {
  expect(await hungUp(LIVE(), "trap '' HUP;")).toEqual({
    status: '2',
    errors: 'ephtop: cannot write to stdout: i/o error.\n',
  });
});
