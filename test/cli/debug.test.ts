import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOfFixtureProc, FIXTURE_PROC } from '../helpers/fixture.ts';
import { ephtop, LAUNCHER } from '../helpers/launcher.ts';
import { newPath } from '../helpers/recordings.ts';

const HERE = ['--proc', FIXTURE_PROC];

/** Runs the built program with a debug log, and reads that. */
function debugged(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const path = newPath();
  const line = [LAUNCHER, ...args, '--debug', path];
  const { status, stderr } = spawnSync(process.execPath, line, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stderr, log: existsSync(path) ? readFileSync(path, 'utf8') : '' };
}

/** What each line says, without time and thread. */
const saidIn = (log: string) =>
  log
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z main /, ''));

const STEPS =
  'read \\d+\\.\\d ms, classify \\d+\\.\\d ms, owners \\d+\\.\\d ms, measure \\d+\\.\\d ms';
const SAMPLE = new RegExp(`^sample: procfs, 36 sockets, 3 groups; ${STEPS}$`);

test('snapshot: how it began, what it read, from where, how long each step took, and its end', () => {
  const { status, stderr, log } = debugged(['snapshot', ...HERE, '--filter', '9090']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(saidIn(log)).toEqual([
    expect.stringMatching(
      /^ephtop \d+\.\d+\.\d+, Node \d+\.\S+, linux \S+ \S+, pid \d+, user \d+$/,
    ),
    expect.stringMatching(/^command line: \["snapshot","--proc",".*","--filter","9090","--debug",/),
    expect.stringMatching(
      /^options: \{"format":"table","count":1,"maxGroups":50,"allNamespaces":false,"interval":250,"source":"auto",/,
    ),
    `source: procfs in ${FIXTURE_PROC} (netlink would show another network namespace than --proc may)`,
    expect.stringMatching(SAMPLE),
    expect.stringMatching(/^output: model \d+\.\d ms, print \d+\.\d ms$/),
    'end of snapshot',
  ]);
});

test('advise: warnings, and an error with its stack', () => {
  const proc = copyOfFixtureProc();
  writeFileSync(join(proc, 'net/netstat'), 'TcpExt: a\nTcpExt: many\n');
  const warned = saidIn(debugged(['advise', '--proc', proc]).log);
  expect(warned).toContainEqual(expect.stringMatching(/^warning: .*netstat.*"many"/));
  const { status, stderr, log } = debugged(['advise', '--proc', '/nonexistent']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^ephtop: \/nonexistent\/net\/tcp is not there: [^\n]+\n$/);
  expect(log).toMatch(
    / main error: SourceError: \/nonexistent\/net\/tcp is not there: .*\n {8}at /,
  );
});

test('a fallback, and why', () => {
  // Node 22 has no node:ffi to switch off, and no flag for it.
  const flag = '--no-experimental-ffi';
  const NODE_OPTIONS = process.allowedNodeEnvironmentFlags.has(flag) ? flag : '';
  const said = saidIn(debugged(['snapshot'], { NODE_OPTIONS }).log);
  const [source, fallback, sample] = said.slice(3);
  expect(source).toBe('source: netlink (while it works)');
  expect(fallback).toMatch(/^fallback: procfs, as netlink is read through node:ffi, /);
  expect(sample).toMatch(/^sample: procfs, /);
});

test('--source is the reason where it is given', () => {
  const said = saidIn(debugged(['snapshot', '--source', 'procfs']).log);
  expect(said).toContain('source: procfs in /proc (--source)');
});

test('record: the pace, and its end by a signal; a replay adds to the same file', async () => {
  const [log, recording] = [newPath(), newPath()];
  const words = [LAUNCHER, 'record', ...HERE, '-o', recording, '--debug', log];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(child.stderr, 'data');
  child.kill('SIGTERM');
  await once(child, 'close');
  const said = saidIn(readFileSync(log, 'utf8'));
  expect(said).toContainEqual(
    expect.stringMatching(/^budget: 250 ms between samples \(250 ms asked for\); .* limit 10\.0%$/),
  );
  expect(said).toContainEqual(expect.stringMatching(SAMPLE));
  expect(said.at(-1)).toBe('end of record');
  spawnSync(process.execPath, [LAUNCHER, 'replay', recording, '--debug', log]);
  const after = saidIn(readFileSync(log, 'utf8'));
  expect(after.slice(0, said.length)).toEqual(said);
  // On a busy machine the signal comes late.
  const samples = said.filter((line) => SAMPLE.test(line)).length;
  const read = after.find((line) => line.startsWith('recording: '));
  expect(read?.replace(/ \d+ ms,/, '')).toBe(`recording: ${samples} samples, ${recording}`);
  expect(after.at(-1)).toBe('end of replay');
});

describe('a file that cannot be written', () => {
  test.each([
    ['/nonexistent/x', 'no such file'],
    ['/dev/null', 'it is not a regular file'],
  ])('%s ends the command before it begins', (path, reason) => {
    expect(ephtop('snapshot', ...HERE, '--debug', path)).toEqual({
      status: 2,
      stdout: '',
      stderr: `ephtop: cannot write the debug log to ${path}: ${reason}.\n`,
    });
  });

  test('a limit on the size of files ends nothing, with its signal as a new process has it', () => {
    const line = [process.execPath, LAUNCHER, 'advise', ...HERE, '--debug', newPath()];
    const script = 'ulimit -f 0; exec "$@"';
    const { status, signal, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...line], {
      encoding: 'utf8',
    });
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stdout).toContain('Healthy.');
    expect(stderr).toBe(
      'ephtop: the debug log is incomplete: a file may not grow that large here (ulimit -f).\n',
    );
  });

  test('a disk that is full later is told at the end', () => {
    // A limit on the size of files stands for the disk.
    const script = 'trap "" XFSZ; ulimit -f 0; exec "$@"';
    const path = newPath();
    const line = [process.execPath, LAUNCHER, 'advise', ...HERE, '--debug', path];
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...line], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('Healthy.');
    expect(stderr).toMatch(/^ephtop: the debug log is incomplete: [^\n]+\.\n$/);
  });
});
