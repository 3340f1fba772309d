/** The program as a single file: with nothing of its own around it, on machines that have nothing. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeExecutable, writeSingleFile } from '../../scripts/standalone/executable.ts';
import { nodeBinary } from '../../scripts/standalone/node-binary.ts';
import type { Architecture } from '../../scripts/standalone/slim-node.ts';
import { withoutLibatomic, withoutSymbols } from '../../scripts/standalone/slim-node.ts';
import { cleanUpAfterEach, LAUNCHER, RECORDED_PROC, TABLE_TITLE } from '../helpers/live-view.ts';
import { PATH, requireMounts, runOn, WITHOUT_LIBATOMIC } from '../helpers/other-machine.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { apart, requireTracefs } from '../helpers/tracefs-namespace.ts';

cleanUpAfterEach();

const ARCHITECTURE = process.arch as Architecture;

let place: string;
/** Each single file, as it is started. */
let commands: Record<'executable' | 'ephtop.mjs', readonly [string, ...string[]]>;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'ephtop-standalone-'));
  const main = join(place, await writeSingleFile(place));
  const executable = join(place, writeExecutable(place, ARCHITECTURE));
  commands = { executable: [executable], 'ephtop.mjs': [process.execPath, main] };
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

const FORMS = ['executable', 'ephtop.mjs'] as const;
type Form = (typeof FORMS)[number];

// For the Node that the tests run on, not for the executable.
const { LD_LIBRARY_PATH } = process.env;
const environments: Record<Form, NodeJS.ProcessEnv> = {
  executable: {},
  'ephtop.mjs': LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH },
};

function run(form: Form, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [file, ...before] = commands[form];
  const { status, stdout, stderr } = spawnSync(file, [...before, ...args], {
    encoding: 'utf8',
    env: { ...environments[form], ...env },
  });
  return { status, stdout, stderr };
}

/** How a snapshot over two samples saw the kernel. */
function sampling(text: string): { source: string; connectFailures: string | null } {
  const last = text.trim().split('\n').at(-1) ?? '';
  const { sampling: seen } = JSON.parse(last) as {
    sampling: { source: string; connectFailures: string | null };
  };
  return seen;
}

const TWO_SAMPLES = ['snapshot', '--count', '2', '--interval', '100ms', '--format', 'json'];

describe.each(FORMS)('%s, with an empty environment', (form) => {
  test('it reads netlink, and sees refused connections as the checkout does', () => {
    const { status, stdout, stderr } = run(form, TWO_SAMPLES);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const built = spawnSync(process.execPath, [LAUNCHER, ...TWO_SAMPLES], { encoding: 'utf8' });
    const { source, connectFailures } = sampling(built.stdout);
    expect(sampling(stdout)).toMatchObject({ source: 'netlink', connectFailures });
    expect(source).toBe('netlink');
  });

  test('it shows the live view, over netlink', async () => {
    const [file, ...before] = commands[form];
    const variables = Object.entries({ ...environments[form], TERM: 'xterm-256color' });
    const words = ['-i', ...variables.map(([name, value]) => `${name}=${value}`)];
    const terminal = openTerminal('env', [...words, file, ...before], { columns: 120, rows: 40 });
    await terminal.waitFor(TABLE_TITLE);
    await terminal.waitFor(/ netlink /);
    terminal.press('s');
    await terminal.waitFor(/ip_local_port_range/);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  });

  test('its other threads start: the exporter, and --via', async () => {
    const via = run(form, ['snapshot', '--via', 'sh', '--format', 'json'], { PATH });
    expect(via.stderr).toBe('');
    expect(JSON.parse(via.stdout)).toMatchObject({ sampling: { source: 'procfs' } });

    const [file, ...before] = commands[form];
    const child = spawn(file, [...before, 'exporter', '--listen', '127.0.0.1:0'], {
      env: environments[form],
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = (await once(createInterface({ input: child.stderr }), 'line')) as [string];
    const url = / (http:\/\/\S+)$/.exec(line)?.[1] ?? '';
    expect(await (await fetch(url)).text()).toMatch(/^ephtop_up 1$/m);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('the demo plays', async () => {
    const [file, ...before] = commands[form];
    const env = { ...environments[form], PATH, HOME: place };
    const terminal = openTerminal(file, [...before, 'demo'], { columns: 120, rows: 40, env });
    await terminal.waitFor(/10\.0\.9\.21:8080 .*%/, 30_000);
    terminal.press('q');
    expect(await terminal.exited).toMatchObject({ code: 0 });
  });

  test('it plays a recorded /proc, and refuses what is wrong as the launcher does', () => {
    const { status, stdout } = run(form, ['snapshot', '--proc', RECORDED_PROC]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching('10.0.9.21') });
    expect(run(form, ['snapshot', '--colour'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ephtop: /),
    });
  });
});

describe('the executable', () => {
  test('it takes 135 MB at most', () => {
    expect(statSync(commands.executable[0]).size).toBeLessThan(135e6);
  });

  test('it sees refused connections where tracefs is', async (context) => {
    await requireTracefs(context);
    const command = ['env', '-i', ...commands.executable, ...TWO_SAMPLES];
    expect(sampling(await apart(command, 'beside others'))).toMatchObject({
      source: 'netlink',
      connectFailures: null,
    });
  });

  test('it needs no libatomic', (context) => {
    requireMounts(context);
    const [file] = commands.executable;
    const command = [file, 'snapshot', '--format', 'json'];
    const { status, stdout, stderr } = runOn({ change: WITHOUT_LIBATOMIC, command });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(sampling(JSON.stringify(JSON.parse(stdout)))).toMatchObject({ source: 'netlink' });
  });

  test('nobody adds to its options of Node: it may run with more rights than they have', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const file = join(place, 'not-there.cjs');
    expect(run('executable', ['--version'], { NODE_OPTIONS: `--require=${file}` })).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    expect(run('executable', [`--node-options=--require=${file}`])).toMatchObject({ status: 2 });
  });

  test('built again, it is the same to the byte', async () => {
    const again = mkdtempSync(join(tmpdir(), 'ephtop-standalone-'));
    onTestFinished(() => rmSync(again, { recursive: true }));
    await writeSingleFile(again);
    const name = writeExecutable(again, ARCHITECTURE);
    const hash = (directory: string) =>
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex');
    expect(hash(again)).toBe(hash(place));
  });

  test('a Node that is not as expected is refused, not damaged', () => {
    const node = withoutSymbols(nodeBinary(ARCHITECTURE));
    const slim = withoutLibatomic(node, ARCHITECTURE);
    expect(slim.length).toBe(node.length);
    expect(() => withoutLibatomic(slim, ARCHITECTURE)).toThrow(
      '__atomic_compare_exchange is not called',
    );
    expect(() => withoutSymbols(Buffer.from('#!/bin/sh\n'.padEnd(64)))).toThrow(/no ELF file/);
  });
});

test('ephtop.mjs on an old Node says in one sentence what to install', ({ skip }) => {
  const found = spawnSync('node', ['--version'], { encoding: 'utf8', env: { PATH } }).stdout.trim();
  skip(!found.startsWith('v20.'), `the machine's own Node is ${found || 'not there'}`);
  const old = (...args: string[]) =>
    spawnSync('node', [join(place, 'ephtop.mjs'), ...args], { encoding: 'utf8', env: { PATH } });
  const { status, stdout, stderr } = old('snapshot');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^ephtop\.mjs needs Node 22\.12 or newer; this is Node 20\.[^\n]*\n$/);
  expect(old('check')).toMatchObject({ status: 3, stdout: `EPHTOP UNKNOWN: ${stderr}` });
});
