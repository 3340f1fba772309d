import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { copyOfFixtureProc, FIXTURE_PROC } from '../helpers/fixture.ts';
import { hangingRead, silentFifo } from '../helpers/hanging-read.ts';
import { ephtop, LAUNCHER } from '../helpers/launcher.ts';
import { nodePath } from '../helpers/namespace.ts';

const HANG_IN_READ = join(import.meta.dirname, '../helpers/hang-in-read.cjs');
const HANGING = fileURLToPath(new URL('../helpers/hanging-check.ts', import.meta.url));

function check(...args: string[]) {
  return ephtop('check', ...args);
}

const HERE = ['--proc', FIXTURE_PROC];

test('one line on stdout, nothing on stderr, and the status', () => {
  const { status, stdout, stderr } = check(...HERE, '--filter', '8080');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^EPHTOP OK: 10\.0\.3\.7 -> 10\.0\.9\.21:8080 is the fullest of 1 group: 14\.6% used \(76 of 89 left\) \| used=14\.61%;75;90;0;100 free=76;;;0;89 groups=1;;;0\n$/,
  );
});

test.for<[string[], number, RegExp]>([
  [['-w', '10'], 1, /^EPHTOP WARNING: 10\.0\.3\.7 -> .* is short of ports: 14\.6% used/],
  [['-w', '5', '-c', '10%'], 2, /^EPHTOP CRITICAL: /],
  [['--critical', '@14:15'], 2, /^EPHTOP CRITICAL: /],
  [['--filter', 'dst:192.0.2.'], 0, /^EPHTOP OK: no group matches the filter, and 3 do not \|/],
])('%j', ([args, status, line]) => {
  const found = check(...HERE, ...args);
  expect(found).toMatchObject({ status, stderr: '' });
  expect(found.stdout).toMatch(line);
});

describe('UNKNOWN, in one line on stdout, is', () => {
  test.for<[string, string[], RegExp]>([
    ['a wrong range', ['-w', '20:10'], /'20:10' is invalid\. Write a range such as/],
    ['a wrong duration', ['--eta-warning', 'soon'], /'soon' is invalid\. Write a duration/],
    ['an option that it cannot use', ['--theme', 'mono'], /"check" cannot use --theme; it is for/],
    ['an option that there is not', ['--bogus'], /unknown option '--bogus'/],
    ['an argument', ['now'], /too many arguments/],
    ['a wrong filter', ['--filter', 'port:x'], /port:8080/],
    [
      'a source that reads elsewhere',
      ['--proc', FIXTURE_PROC, '--source', 'netlink'],
      /UNKNOWN: --source netlink reads the network namespace it runs in/,
    ],
    [
      'a machine that cannot be read',
      ['--proc', '/nonexistent'],
      /\/nonexistent\/net\/tcp is not there/,
    ],
    ['a pipe in a quote', ['-w', 'a|b'], /'a\\x7cb' is invalid/],
    ['a debug log that cannot be written', ['--debug', '/nonexistent/log'], /no such/],
  ])('%s', ([, args, message]) => {
    const { status, stdout } = check(...args);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^EPHTOP UNKNOWN: [^\n|]+\n$/);
    expect(stdout).toMatch(message);
  });

  test('half of the sockets, with no verdict on what is seen', () => {
    const proc = copyOfFixtureProc();
    rmSync(join(proc, 'net/tcp6'));
    writeFileSync(join(proc, 'net/tcp6'), 'nonsense');
    const { status, stdout } = check('--proc', proc);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^EPHTOP UNKNOWN: not all sockets could be read.*\| used=/);
    expect(check('--proc', proc, '-c', '1')).toMatchObject({ status: 2 });
  });

  test.for([['--help'], ['-h'], ['--version'], ['-V']])('%s', ([flag = '']) => {
    const { status, stdout, stderr } = check(flag);
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    expect(stdout).toMatch(/^(?:Usage: ephtop check|\d+\.\d+\.\d+\n$)/);
  });
});

describe('a reading', () => {
  /** Runs a check whose sampling thread does this instead. */
  function checkWith(body: string, timeoutMs: number) {
    const args = ['--disable-warning=ExperimentalWarning', HANGING, body, String(timeoutMs)];
    const startedMs = performance.now();
    const { status, signal, stdout } = spawnSync(nodePath(), args, { encoding: 'utf8' });
    return { status, signal, stdout, tookMs: performance.now() - startedMs };
  }

  test.for(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGALRM'] as const)(
    'that is ended by %s is UNKNOWN',
    (signal) => {
      const body = `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000);`;
      const { status, stdout } = checkWith(body, 60_000);
      expect({ status, stdout }).toEqual({
        status: 3,
        stdout: `EPHTOP UNKNOWN: ended by ${signal} before there was a verdict\n`,
      });
    },
  );

  test('that hangs in the kernel is UNKNOWN in time', () => {
    const { tookMs, ...found } = checkWith(hangingRead(), 1500);
    expect(found).toEqual({
      status: 3,
      signal: null,
      stdout: 'EPHTOP UNKNOWN: no answer within 1.5 s\n',
    });
    expect(tookMs).toBeGreaterThan(1500);
  });

  test('that hangs in this very thread is UNKNOWN in time', () => {
    const args = ['-r', HANG_IN_READ, LAUNCHER, 'check', '--timeout', '1s'];
    const env = { ...process.env, HANGS_IN: '/proc/net/sockstat', HANGS_ON: silentFifo() };
    const startedMs = performance.now();
    const { status, stdout, stderr } = spawnSync(nodePath(), args, { encoding: 'utf8', env });
    expect({ status, stdout, stderr }).toEqual({
      status: 3,
      stdout: 'EPHTOP UNKNOWN: no answer within 1 s\n',
      stderr: '',
    });
    expect(performance.now() - startedMs).toBeGreaterThan(1000);
  });

  test('that nobody reads ends in time', async () => {
    const pipe = openSync(silentFifo(), constants.O_RDWR | constants.O_NONBLOCK);
    try {
      expect(() => {
        for (;;) writeSync(pipe, 'x');
      }).toThrow('EAGAIN');
      const args = [LAUNCHER, 'check', ...HERE, '--timeout', '1s'];
      const child = spawn(nodePath(), args, { stdio: ['ignore', pipe, 'inherit'] });
      expect(await once(child, 'exit')).toEqual([3, null]);
    } finally {
      closeSync(pipe);
    }
  });

  test.for([
    ['that spins', 'for (;;);', 'no answer within 0.5 s'],
    ['that throws', 'throw new Error("a | b\\nc");', 'a \\x7c b\\x0ac'],
    ['that ends', 'process.exit(0);', 'the sampling thread ended by itself.'],
  ] as const)('%s is UNKNOWN', ([, body, problem]) => {
    expect(checkWith(body, body.includes(';;') ? 500 : 60_000)).toMatchObject({
      status: 3,
      stdout: `EPHTOP UNKNOWN: ${problem}\n`,
    });
  });
});
