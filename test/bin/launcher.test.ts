import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'acorn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../../bin/ephtop.cjs');

// A checkout of our own, with a program in place of ephtop.
let checkout: string;

beforeEach(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'ephtop-launcher-')));
  mkdirSync(join(checkout, 'bin'));
  copyFileSync(LAUNCHER, join(checkout, 'bin/ephtop.cjs'));
  writeFileSync(
    join(checkout, 'old-node.cjs'),
    `Object.defineProperty(process, 'version', { value: 'v20.20.2' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`,
  );
});

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(checkout, { recursive: true, force: true });
});

function writeProgram(source: string): void {
  mkdirSync(join(checkout, 'dist'), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(checkout, 'dist/main.js'), source);
}

// A script, so that the program can tell which Node it was given.
const OWN_NODE = `#!/bin/sh\nOWN_NODE=yes exec '${process.execPath}' "$@"\n`;

function bringOwnNode(script = OWN_NODE): void {
  mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(checkout, 'node_modules/.bin/node'), script, { mode: 0o755 });
}

type Launch = { old?: boolean; args?: string[]; bin?: string; env?: NodeJS.ProcessEnv };

function launch({ old = false, args = [], bin, env = {} }: Launch = {}): ChildProcess {
  const preload = old ? ['-r', join(checkout, 'old-node.cjs')] : [];
  const file = bin ?? join(checkout, 'bin/ephtop.cjs');
  const child = spawn(process.execPath, [...preload, file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: checkout, ...env },
  });
  children.push(child);
  return child;
}

type Ending = { code: number | null; signal: string | null; stdout: string; stderr: string };

async function ending(child: ChildProcess): Promise<Ending> {
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null, string | null]>,
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  return { code, signal, stdout, stderr };
}

const run = (options?: Launch): Promise<Ending> => ending(launch(options));

describe('the launcher', () => {
  it('is ES5, so that an old Node can read it', () => {
    const source = readFileSync(LAUNCHER, 'utf8');
    expect(() => parse(source, { ecmaVersion: 5, allowHashBang: true })).not.toThrow();
  });

  it('names the Node it needs when it has only an old one', async () => {
    writeProgram('');
    const { code, stdout, stderr } = await run({ old: true });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `ephtop needs Node 22.12 or newer; this is Node 20.20.2 (${process.execPath}). ` +
        'Install a newer Node, or run "npm ci" in the checkout, which brings its own.\n',
    );
  });

  it('says so in one line when the Node of the checkout cannot be run', async () => {
    writeProgram('');
    mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
    writeFileSync(join(checkout, 'node_modules/.bin/node'), 'another system', { mode: 0o644 });
    const { code, stderr } = await run({ old: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop needs Node 22\.12 or newer.*\n$/);
  });

  it('says what to do when nothing is built', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop is not built: .*"npm ci" \(or "npm run build"\).*\n$/);
  });

  it('takes the Node of the checkout only in place of an old one', async () => {
    writeProgram('console.log(process.env.OWN_NODE)');
    bringOwnNode();
    expect((await run({ old: true })).stdout).toBe('yes\n');
    expect((await run()).stdout).toBe('undefined\n');
  });

  it('gives up when the Node of the checkout is too old as well', async () => {
    writeProgram('');
    const old = join(checkout, 'old-node.cjs');
    const script = `#!/bin/sh\nexec '${process.execPath}' -r '${old}' "$@"\n`;
    bringOwnNode(script);
    const { code, stderr } = await run({ old: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop needs Node 22\.12 or newer.*\n$/);
  });

  it('finds the program through a link', async () => {
    writeProgram('console.log("linked")');
    symlinkSync('bin/ephtop.cjs', join(checkout, 'ephtop'));
    expect((await run({ bin: join(checkout, 'ephtop') })).stdout).toBe('linked\n');
  });

  it('keeps experimental warnings off the terminal, and shows others', async () => {
    writeProgram(`process.emitWarning('x', 'ExperimentalWarning');
      process.emitWarning('y', { type: 'ExperimentalWarning' });
      process.emitWarning('shown');`);
    const { stderr } = await run();
    expect(stderr).toContain('shown');
    expect(stderr).not.toContain('Experimental');
  });

  it('starts in silence when it cannot keep compiled code', async () => {
    writeProgram('console.log("started")');
    writeFileSync(join(checkout, 'file'), '');
    const { code, stdout, stderr } = await run({
      env: { XDG_CACHE_HOME: join(checkout, 'file/cache') },
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'started\n', stderr: '' });
  });

  it('keeps no compiled code where the kernel would kill it for that at its very end', () => {
    writeProgram("process.on('SIGXFSZ', () => {});");
    const script = 'ulimit -f 0; exec "$@"';
    const line = [process.execPath, join(checkout, 'bin/ephtop.cjs')];
    const { status, signal, stderr } = spawnSync('bash', ['-c', script, 'bash', ...line], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: checkout },
    });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });

  it('reports a program that throws', async () => {
    writeProgram('throw new Error("broken")');
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('Error: broken');
  });
});

describe.each([
  { where: 'in process', old: false },
  { where: 'on the Node of the checkout', old: true },
])('the program $where', ({ old }) => {
  beforeEach(() => bringOwnNode());

  it.each([
    "Object.assign(new Error('open'), { code: 'EMFILE' })",
    "new Error('Worker initialization failure: EMFILE')",
  ])('says in one line what to raise where no file descriptor is left: %s', async (error) => {
    writeProgram(`throw ${error};`);
    const { code, stderr } = await run();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'ephtop: no file descriptor is left: raise ulimit -n.\n',
    });
  });

  it('gets the arguments and the standard streams', async () => {
    writeProgram(`console.error(process.argv.slice(2).join('|'));
      process.stdin.pipe(process.stdout);`);
    const child = launch({ old, args: ['--json', 'a b'] });
    child.stdin?.end('from stdin');
    const { code, stdout, stderr } = await ending(child);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'from stdin',
      stderr: '--json|a b\n',
    });
  });

  it('decides the exit code', async () => {
    writeProgram('process.exitCode = 3');
    expect(await run({ old })).toMatchObject({ code: 3, signal: null });
  });

  it('decides the death by a signal', async () => {
    writeProgram('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    expect(await run({ old })).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('handles %s itself', async (signal) => {
    writeProgram(`process.once('${signal}', () => process.exit(7));
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const child = launch({ old });
    child.stdout?.once('data', () => child.kill(signal));
    expect(await ending(child)).toMatchObject({ code: 7, signal: null });
  });

  it('dies of a signal it does not handle', async () => {
    writeProgram('setInterval(() => {}, 1000); console.log("ready");');
    const child = launch({ old });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await ending(child)).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});
