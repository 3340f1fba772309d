import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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

const BIN = join(import.meta.dirname, '../../bin');
const LAUNCHER = join(BIN, 'ephtop.cjs');
const FINDER = join(BIN, 'own-node.cjs');
const RUNNER = join(BIN, 'other-node.cjs');
const SETTINGS = join(BIN, 'runtime.cjs');

// Where the Node that runs the tests finds libatomic.
const { LD_LIBRARY_PATH } = process.env;
const LIBRARIES = LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH };

// A checkout of our own, with a program in place of ephtop.
let checkout: string;

beforeEach(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'ephtop-launcher-')));
  mkdirSync(join(checkout, 'bin'));
  copyFileSync(LAUNCHER, join(checkout, 'bin/ephtop.cjs'));
  copyFileSync(FINDER, join(checkout, 'bin/own-node.cjs'));
  copyFileSync(RUNNER, join(checkout, 'bin/other-node.cjs'));
  copyFileSync(SETTINGS, join(checkout, 'bin/runtime.cjs'));
  // The machine that runs the tests may have no libatomic.
  mkdirSync(join(checkout, 'lib', process.arch), { recursive: true });
  writeFileSync(join(checkout, 'lib', process.arch, 'libatomic.so.1'), 'for an empty program');
});

/** A module that makes a Node say it is of another version, and as able as that. */
function pretend(version: string): string {
  const file = join(checkout, `node-${version}.cjs`);
  writeFileSync(
    file,
    `Object.defineProperty(process, 'version', { value: 'v${version}' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
     if (${!CAN_REPLACE.test(version)}) delete process.execve;`,
  );
  return file;
}

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

const OWN_NODE_PLACE = `node_modules/node-linux-${process.arch}/bin`;

function bringOwnNode(script = OWN_NODE, mode = 0o755): void {
  mkdirSync(join(checkout, OWN_NODE_PLACE), { recursive: true });
  writeFileSync(join(checkout, OWN_NODE_PLACE, 'node'), script, { mode });
}

type Launch = {
  version?: string;
  args?: string[];
  bin?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
};

const OLD = { version: '20.20.2' };

/** Versions that have process.execve. */
const CAN_REPLACE = /^(?:22\.(?:1[5-9]|[2-9]\d)|2[4-9])\./;

function launch({ version, args = [], bin, env = {}, cwd }: Launch = {}): ChildProcess {
  const preload = version === undefined ? [] : ['-r', pretend(version)];
  const file = bin ?? join(checkout, 'bin/ephtop.cjs');
  const child = spawn(process.execPath, [...preload, file, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...LIBRARIES, PATH: process.env['PATH'], HOME: checkout, ...env },
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
  it.each([LAUNCHER, FINDER, RUNNER, SETTINGS])(
    'is ES5, so that an old Node can read it: %s',
    (file) => {
      const source = readFileSync(file, 'utf8');
      expect(() => parse(source, { ecmaVersion: 5, allowHashBang: true })).not.toThrow();
    },
  );

  it('names the Node it needs when it has only an old one', async () => {
    writeProgram('');
    const { code, stdout, stderr } = await run(OLD);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `ephtop needs Node 22.12 or newer; this is Node 20.20.2 (${process.execPath}). ` +
        'Install a newer Node, or run "npm ci" in the checkout, which brings its own.\n',
    );
  });

  it.each([[['check']], [['-w', '60', 'check']]])(
    'is UNKNOWN to a monitoring system where it cannot start: %j',
    async (args) => {
      const { code, stdout } = await run({ args });
      expect(code).toBe(3);
      expect(stdout).toMatch(/^EPHTOP UNKNOWN: ephtop is not built: [^\n|]+\n$/);
      writeProgram('');
      expect(await run({ ...OLD, args })).toMatchObject({
        code: 3,
        stdout: expect.stringMatching(/^EPHTOP UNKNOWN: ephtop needs Node 22\.12 or newer/),
      });
      writeProgram('throw new Error("broken | in two")');
      expect(await run({ args })).toMatchObject({
        code: 3,
        stdout: 'EPHTOP UNKNOWN: ephtop: broken / in two\n',
      });
    },
  );

  it.each([
    [['check'], 'false'],
    [['snapshot', '--count', '2'], 'false'],
    [['record', '-o', 'snapshot'], 'true'],
    [[], 'true'],
  ])('keeps the optimizing compilers off where the program is short: %j', async (args, isFast) => {
    writeProgram(`
      import { setFlagsFromString } from 'node:v8';
      setFlagsFromString('--allow-natives-syntax');
      const square = new Function('x', 'return x * x');
      new Function('f', '%PrepareFunctionForOptimization(f)')(square);
      square(1);
      new Function('f', '%OptimizeFunctionOnNextCall(f)')(square);
      square(2);
      // kOptimized: the status' sixth bit in V8's runtime-test
      console.log((new Function('f', 'return %GetOptimizationStatus(f)')(square) & 32) !== 0);`);
    expect((await run({ args })).stdout).toBe(`${isFast}\n`);
  });

  it.each([
    { what: 'cannot be executed', script: 'another system', mode: 0o644 },
    { what: 'exits as the loader does', script: '#!/bin/sh\nexit 127\n', mode: 0o755 },
  ])('does without its own Node where that $what', async ({ script, mode }) => {
    writeProgram('console.log(process.versions.node, process.env.EPHTOP_STARTED_BY_LAUNCHER)');
    bringOwnNode(script, mode);
    const { code, stderr } = await run(OLD);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop needs Node 22\.12 or newer; this is Node 20\.20\.2 .*\n$/);
    expect(await run({ version: '22.12.0' })).toMatchObject({ stdout: '22.12.0 undefined\n' });
  });

  it('does without its own Node where starting it fails at once, as while an update writes it', async () => {
    writeProgram('console.log(process.versions.node)');
    const itself = join(checkout, OWN_NODE_PLACE, 'node');
    bringOwnNode(`#!${itself}\n`); // ELOOP
    expect(await run({ ...OLD, args: ['check'] })).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^EPHTOP UNKNOWN: ephtop needs Node 22\.12 or newer/),
    });
    expect(await run({ version: '22.12.0' })).toMatchObject({ stdout: '22.12.0\n' });
  });

  it('says what to do when nothing is built', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop is not built: .*"npm ci" \(or "npm run build"\).*\n$/);
  });

  it.each([
    { version: '20.20.2', own: 'yes' },
    { version: '22.12.0', own: 'yes' },
    { version: '22.15.0', own: 'yes' },
    { version: '25.9.0', own: 'yes' },
    { version: '26.0.0', own: 'undefined' },
    { version: '27.0.0', own: 'undefined' },
  ])('prefers its own Node to one without node:ffi: on $version $own', async ({ version, own }) => {
    writeProgram('console.log(process.env.OWN_NODE)');
    bringOwnNode();
    expect((await run({ version })).stdout).toBe(`${own}\n`);
  });

  it.each([
    { version: '22.11.0', code: 2 },
    { version: '22.12.0', code: 0 },
  ])('without its own Node it ends with $code on $version', async ({ version, code }) => {
    writeProgram('');
    expect(await run({ version })).toMatchObject({ code });
  });

  it('finds its own Node beside itself, where npm installed it for another package', async () => {
    writeProgram('console.log(process.env.OWN_NODE)');
    bringOwnNode();
    const modules = join(checkout, 'node_modules');
    for (const part of ['bin', 'dist', 'lib', 'package.json'])
      cpSync(join(checkout, part), join(modules, 'ephtop', part), { recursive: true });
    const bin = join(modules, 'ephtop/bin/ephtop.cjs');
    expect(await run({ ...OLD, bin })).toMatchObject({ stdout: 'yes\n' });
  });

  it('does without its own Node where it would abort to take its place', async () => {
    writeProgram('console.log(process.versions.node)');
    bringOwnNode('another system', 0o644);
    expect(await run({ version: '24.0.0' })).toMatchObject({ code: 0, stdout: '24.0.0\n' });
  });

  it('gives up when its own Node is too old as well', async () => {
    writeProgram('');
    bringOwnNode(`#!/bin/sh\nexec '${process.execPath}' -r '${pretend('22.0.0')}' "$@"\n`);
    const { code, stderr } = await run(OLD);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ephtop needs Node 22\.12 or newer; this is Node 22\.0\.0.*\n$/);
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

  it.each([
    [8000, true],
    [7999, false],
  ])('keeps compiled code where the disk has room for it: %i kB: %j', async (bavail, isKept) => {
    writeProgram(`import { getCompileCacheDir } from 'node:module';
      console.log(getCompileCacheDir() !== undefined);`);
    const disk = join(checkout, 'disk.cjs');
    writeFileSync(disk, `require('fs').statfsSync = () => ({ bsize: 1000, bavail: ${bavail} });`);
    const { stdout } = await run({ env: { NODE_OPTIONS: `--require=${disk}` } });
    expect(stdout).toBe(`${isKept}\n`);
  });

  it('starts where no directory can be made for compiled code, and none can be expected', async () => {
    writeProgram('console.log("started")');
    const { code, stdout, stderr } = await run({ env: { XDG_CACHE_HOME: '/proc/self' } });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'started\n', stderr: '' });
  });

  it.each(['', 'home'])('keeps nothing in a home that is no absolute path: %j', async (home) => {
    writeProgram('');
    mkdirSync(join(checkout, 'home'));
    const child = launch({ env: { HOME: home }, cwd: checkout });
    expect(await ending(child)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(checkout)).not.toContain('.cache');
    expect(readdirSync(join(checkout, 'home'))).toEqual([]);
  });

  it('that is killed takes the program with it, which gives the terminal back', async () => {
    bringOwnNode();
    writeProgram(`process.once('SIGTERM', () => { console.log('given back'); process.exit(); });
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const child = launch(OLD);
    child.stdout?.once('data', () => child.kill('SIGKILL'));
    expect(await ending(child)).toMatchObject({ signal: 'SIGKILL', stdout: 'ready\ngiven back\n' });
  });

  it.each(['1', '2147483647', 'yes'])(
    'is not believed to have started the program because the environment says %s',
    async (value) => {
      bringOwnNode();
      writeProgram(`console.log(process.versions.node, process.env.EPHTOP_STARTED_BY_LAUNCHER);
        setTimeout(() => console.log('goes on'), 1200);`);
      for (const version of ['24.0.0', undefined])
        expect(
          await run({
            ...(version !== undefined && { version }),
            env: { EPHTOP_STARTED_BY_LAUNCHER: value },
          }),
        ).toMatchObject({
          code: 0,
          signal: null,
          stdout: `${process.versions.node} undefined\ngoes on\n`,
        });
    },
  );

  it('keeps no compiled code where the kernel would kill it for that at its very end', () => {
    writeProgram("process.on('SIGXFSZ', () => {});");
    const script = 'ulimit -f 0; exec "$@"';
    const line = [process.execPath, join(checkout, 'bin/ephtop.cjs')];
    const { status, signal, stderr } = spawnSync('bash', ['-c', script, 'bash', ...line], {
      encoding: 'utf8',
      env: { ...LIBRARIES, PATH: process.env['PATH'], HOME: checkout },
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
  { where: 'in process', launched: {} },
  { where: 'on its own Node', launched: OLD },
  { where: 'on its own Node, in the place of a newer one', launched: { version: '24.0.0' } },
])('the program $where', ({ launched }) => {
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
    const child = launch({ ...launched, args: ['--json', 'a b'] });
    child.stdin?.end('from stdin');
    const { code, stdout, stderr } = await ending(child);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'from stdin',
      stderr: '--json|a b\n',
    });
  });

  it('may start no program and load no native code where it plays a recording', async () => {
    writeProgram(`const scopes = ['fs.read', 'fs.write', 'net', 'child', 'worker', 'ffi', 'addon', 'wasi', 'inspector'];
      console.log(process.permission && scopes.filter((scope) => process.permission.has(scope)).join());`);
    for (const command of ['replay', 'report']) {
      const replayed = await run({ ...launched, args: [command, 'recording'] });
      expect(replayed).toMatchObject({ stdout: 'fs.read,fs.write,net\n', stderr: '' });
    }
    // The others read the kernel through node:ffi, and record with fdatasync().
    expect(await run({ ...launched, args: ['record'] })).toMatchObject({ stdout: 'undefined\n' });
  });

  it('decides the exit code', async () => {
    writeProgram('process.exitCode = 3');
    expect(await run(launched)).toMatchObject({ code: 3, signal: null });
  });

  it('decides the death by a signal', async () => {
    writeProgram('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    expect(await run(launched)).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  const signals = [
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'SIGQUIT',
    'SIGUSR2',
    'SIGABRT',
    'SIGALRM',
  ] as const;
  it.each(signals)('handles %s itself', async (signal) => {
    writeProgram(`process.once('${signal}', () => process.exit(7));
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const child = launch(launched);
    child.stdout?.once('data', () => child.kill(signal));
    expect(await ending(child)).toMatchObject({ code: 7, signal: null });
  });

  it('is on a Node that has SIGUSR1 blocked from its start, if it is another', async () => {
    writeProgram(`import { readFileSync } from 'node:fs';
      const [, blocked] = /SigBlk:\\t(.*)/.exec(readFileSync('/proc/self/status', 'utf8'));
      console.log(BigInt('0x' + blocked) & 512n ? 'blocked' : 'listened to');`);
    const isAnother = 'version' in launched;
    const stdout = isAnother ? 'blocked\n' : 'listened to\n';
    expect(await run(launched)).toMatchObject({ code: 0, stdout, stderr: '' });
    expect(await run({ ...launched, args: ['report'] })).toMatchObject({ stdout: 'blocked\n' });
  });

  it('opens no debugger on SIGUSR1, and goes on', async () => {
    writeProgram(`process.once('SIGTERM', () => process.exit(7));
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const child = launch(launched);
    child.stdout?.once('data', () => {
      child.kill('SIGUSR1');
      setTimeout(() => child.kill('SIGTERM'), 500);
    });
    expect(await ending(child)).toMatchObject({ code: 7, signal: null, stderr: '' });
  });

  it('dies of a signal it does not handle', async () => {
    writeProgram('setInterval(() => {}, 1000); console.log("ready");');
    const child = launch(launched);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await ending(child)).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});
