/** Several places whose list, or of which one, cannot be read: said, and never a machine where all is well. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../bin/ephtop.cjs');
const isRoot = process.getuid?.() === 0;

function ephtop(...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', timeout: 30_000 });
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-places-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A procfs that shows this process, and so its namespace. */
function procWithThis(): string {
  const proc = join(makeDirectory(), 'proc');
  mkdirSync(proc);
  symlinkSync(`/proc/${process.pid}`, join(proc, String(process.pid)));
  return proc;
}

test.each(['snapshot', 'advise', 'namespaces', 'exporter'])(
  '%s says that a directory without processes is no procfs',
  (command) => {
    const proc = makeDirectory();
    const everywhere = command === 'namespaces' ? [] : ['--all-namespaces'];
    const listen = command === 'exporter' ? ['--listen', '127.0.0.1:0'] : [];
    const { status, stdout, stderr } = ephtop(command, ...everywhere, ...listen, '--proc', proc);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      `ephtop: ${proc} shows no process: procfs is not mounted there.`,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  },
);

test('a check of a directory without processes is UNKNOWN', () => {
  const proc = makeDirectory();
  const { status, stdout } = ephtop('check', '--all-namespaces', '--proc', proc);
  expect(stdout).toBe(`EPHTOP UNKNOWN: ${proc} shows no process: procfs is not mounted there.\n`);
  expect(status).toBe(3);
});

test('what is no directory is told', () => {
  const file = join(makeDirectory(), 'proc');
  writeFileSync(file, '');
  const { status, stderr } = ephtop('namespaces', '--proc', file);
  expect(stderr).toBe(`ephtop: ${file} cannot be listed: not a directory.\n`);
  expect(status).toBe(2);
});

test.skipIf(!isRoot)('a namespace that cannot be entered is lost, and the others are read', () => {
  const proc = procWithThis();
  mkdirSync(join(proc, '42/ns'), { recursive: true });
  mkdirSync(join(proc, '42/net'));
  writeFileSync(join(proc, '42/comm'), 'web\n');
  // It has no link to tell its namespace by, and setns(2) takes it for none.
  writeFileSync(join(proc, '42/ns/net'), '');
  writeFileSync(join(proc, '42/net/netstat'), '');
  const args = ['--all-namespaces', '--proc', proc];
  const snapshot = ephtop('snapshot', '--format', 'json', ...args);
  expect(snapshot.stderr).toContain('ephtop: web[42]: the network namespace has gone.\n');
  expect(snapshot.stdout).toContain('"kind":"here"');
  expect(snapshot.status).toBe(2);
  const check = ephtop('check', ...args);
  expect(check.stdout).toContain('lost=1;;;0');
  expect(check.status).not.toBe(0);
});

test('namespaces that cannot be listed for a moment are watched on', async () => {
  const proc = procWithThis();
  const args = ['record', '--all-namespaces', '--proc', proc, '--duration', '7s', '-o', '-'];
  const child = spawn(process.execPath, [PROGRAM, ...args]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.resume();
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await expect.poll(() => stderr, { timeout: 10_000 }).toContain('recording to stdout');
  await delay(1000);
  renameSync(proc, `${proc}-gone`);
  await delay(3000);
  renameSync(`${proc}-gone`, proc);
  expect(await ended).toBe(0);
  expect(stderr).toMatch(/recorded \d+ samples?, .* to stdout\.\n$/);
}, 30_000);
