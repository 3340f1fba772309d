/** What happens where the process may have few threads or files: real limits, from too few to enough. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { LAUNCHER } from '../helpers/launcher.ts';
import { nodePath } from '../helpers/namespace.ts';

/** A user who has no other process, and no privilege over the limit. */
const NOBODY = [
  '--reuid',
  '54321',
  '--clear-groups',
  '--bounding-set',
  '-all',
  '--inh-caps',
  '-all',
];

const isRoot = process.getuid?.() === 0;

/** What each limit makes of a check; Node itself is aborted, or hangs, below the first one. */
function outcomes(
  limits: readonly number[],
  command: (limit: number) => string[],
  options: readonly string[] = [],
) {
  return limits.map((limit) => {
    const args = [...command(limit), nodePath(), LAUNCHER, 'check', ...options];
    const startedMs = performance.now();
    const { status, stdout } = spawnSync('env', args, { encoding: 'utf8', timeout: 30_000 });
    return { status, stdout, isFast: performance.now() - startedMs < 8000 };
  });
}

test.skipIf(!isRoot)('a check that may have no thread says so at once', () => {
  const found = outcomes([6, 7, 8, 9, 10], (limit) => [
    'setpriv',
    ...NOBODY,
    'prlimit',
    `--nproc=${limit}`,
  ]);
  const unknown = found.filter(({ status }) => status === 3);
  expect(unknown.length).toBeGreaterThan(0);
  for (const { stdout, isFast } of unknown) {
    expect(stdout).toBe(
      'EPHTOP UNKNOWN: the sampling thread cannot start: no more threads are allowed: raise ulimit -u, or pids.max of the cgroup.\n',
    );
    expect(isFast).toBe(true);
  }
});

// With all namespaces, a thread that goes into them needs its own.
test.for([
  { options: [], limits: [20, 21, 22, 23] },
  { options: ['--all-namespaces'], limits: [22, 24, 26, 28] },
])('a check $options that may have no file says so at once', ({ options, limits }) => {
  const found = outcomes(limits, (limit) => ['prlimit', `--nofile=${limit}`], options);
  const unknown = found.filter(({ status }) => status === 3);
  expect(unknown.length).toBeGreaterThan(0);
  for (const { stdout, isFast } of unknown) {
    expect(stdout).toMatch(
      /^EPHTOP UNKNOWN: [^\n]*no file descriptor is left: raise ulimit -n\.\n$/,
    );
    expect(isFast).toBe(true);
  }
});

test('a command of --via that may have no file says so in one line', () => {
  const found = [24, 26, 28, 30, 32].map((limit) => {
    const limits = ['prlimit', `--nofile=${limit}`];
    const args = [...limits, nodePath(), LAUNCHER, 'snapshot', '--via', 'sh'];
    const { status, stderr } = spawnSync('env', args, { encoding: 'utf8', timeout: 30_000 });
    return { status, stderr };
  });
  // With the most of them it may have enough.
  const failed = found.filter(({ status }) => status !== 0);
  expect(failed.length).toBeGreaterThan(1);
  for (const { status, stderr } of failed) {
    expect(stderr).toMatch(/^ephtop: [^\n]*no file descriptor is left: raise ulimit -n\.\n$/);
    expect(status).toBe(2);
  }
});
