import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processRoot, procRoot } from '../../src/source/proc-root.ts';
import { ProcessFiles, type Steps } from '../../src/source/process-files.ts';
import { asNobody, FakeProcesses } from '../helpers/fake-processes.ts';
import { numbersFrom } from '../helpers/owners.ts';

/** What the work comes to, and in how many steps. */
function finish<Result>(work: Steps<Result>): { result: Result; steps: number } {
  for (let steps = 1; ; steps++) {
    const { done, value } = work.next();
    if (done === true) return { result: value, steps };
  }
}

function socketsOf(fake: FakeProcesses, pid: number) {
  const inodes: number[] = [];
  const files = new ProcessFiles(procRoot(fake.path));
  const { result: outcome, steps } = finish(files.sockets(pid, (inode) => inodes.push(inode)));
  return { outcome, steps, inodes: inodes.toSorted((a, b) => a - b) };
}

const pidsIn = (path: string) => finish(new ProcessFiles(procRoot(path)).pids()).result;

describe('the pids', () => {
  test('are the directories of processes, ascending', () => {
    const fake = new FakeProcesses();
    for (const pid of [100, 9, 812, 30]) fake.set(pid);
    expect(pidsIn(fake.path)).toEqual([9, 30, 100, 812]);
  });

  test('are none in a place that shows none, or that is not there', () => {
    const fake = new FakeProcesses(); // hidepid=2 hides the others' processes
    expect(pidsIn(fake.path)).toEqual([]);
    expect(pidsIn(join(fake.path, 'nowhere'))).toEqual([]);
    writeFileSync(join(fake.path, 'file'), '');
    expect(pidsIn(join(fake.path, 'file'))).toEqual([]);
  });
});

describe('the sockets of a process', () => {
  test('are those among its files', () => {
    const fake = new FakeProcesses();
    fake.set(812, { files: ['/dev/null', 'pipe:[7]', '/tmp/socket:[8]'], sockets: [11, 12] });
    expect(socketsOf(fake, 812)).toMatchObject({ outcome: 'seen', inodes: [11, 12] });
  });

  test('come in steps, however many files there are', () => {
    const fake = new FakeProcesses();
    const sockets = numbersFrom(1, 3000);
    fake.set(812, { sockets });
    const { steps, ...seen } = socketsOf(fake, 812);
    expect(seen).toEqual({ outcome: 'seen', inodes: sockets });
    expect(steps).toBeGreaterThan(3000 / 50);
  });

  test('a process that is not there has ended', () => {
    expect(socketsOf(new FakeProcesses(), 812)).toEqual({ outcome: 'ended', inodes: [], steps: 1 });
  });

  test('a process may end while it is looked at, and a file be no link any more', () => {
    const fake = new FakeProcesses();
    fake.set(812, { sockets: numbersFrom(1, 200) });
    writeFileSync(join(fake.fdPath(812), '999'), '');
    const inodes: number[] = [];
    const work = new ProcessFiles(procRoot(fake.path)).sockets(812, (inode) => inodes.push(inode));
    work.next();
    rmSync(join(fake.path, '812'), { recursive: true });
    expect(finish(work).result).toMatch(/^(seen|ended)$/);
    expect(inodes.length).toBeGreaterThan(0);
    expect(inodes.length).toBeLessThan(200);
  });

  test.for([
    [0o000, 'the directory'],
    [0o444, 'the links in it'],
  ] as const)('of another user are refused (%i: %s)', ([mode]) => {
    const fake = new FakeProcesses();
    fake.set(812, { sockets: [11] });
    fake.permit(812, mode);
    expect(asNobody(() => socketsOf(fake, 812))).toMatchObject({ outcome: 'refused', inodes: [] });
  });

  test('a kernel thread has none, and that it refuses them is no loss', () => {
    const fake = new FakeProcesses();
    fake.set(2, { stat: '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0' });
    fake.permit(2, 0o000);
    expect(asNobody(() => socketsOf(fake, 2)).outcome).toBe('kernel thread');
  });
});

test('the name of a process is as it was given; one that has ended has none', () => {
  const fake = new FakeProcesses();
  fake.set(812, { command: 'a\u001b[2Jb' });
  const files = new ProcessFiles(procRoot(fake.path));
  expect(files.command(812)).toBe('a\u001b[2Jb');
  expect(files.command(813)).toBeUndefined();
});

test.for([
  ['/proc', '/proc/7'],
  ['/proc/', '/proc/7'],
  ['/host/proc', '/host/proc/7'],
  ['/host/proc/1', '/host/proc/7'],
  ['/host/proc/4711/', '/host/proc/7'],
  ['/tmp/proc-1', '/tmp/proc-1/7'],
] as const)('with --proc %s a process is at %s', ([mount, path]) => {
  expect(processRoot(mount).path('7')).toBe(path);
});
