import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Refusal } from '../../src/kernel/perf-ring.ts';
import { RefusalFeed } from '../../src/sampling/refusal-feed.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { ProcessFiles } from '../../src/source/process-files.ts';
import { REFUSAL } from '../helpers/perf-records.ts';

/** A feed in a pretended /proc, from a watcher that says what it is told to. */
function fakeFeed() {
  const path = mkdtempSync(join(tmpdir(), 'ephtop-proc-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const namespace of ['ours', 'theirs']) writeFileSync(join(path, namespace), '');
  const put = (process: string | number, namespace: 'ours' | 'theirs', command = '') => {
    mkdirSync(join(path, `${process}/net`), { recursive: true });
    linkSync(join(path, namespace), join(path, `${process}/net/netstat`));
    writeFileSync(join(path, `${process}/comm`), `${command}\n`);
  };
  const end = (pid: number) => rmSync(join(path, String(pid)), { recursive: true });
  put('thread-self', 'ours');
  const ring: { refusals: Refusal[]; lost: number; isClosed: boolean } = {
    refusals: [],
    lost: 0,
    isClosed: false,
  };
  const watcher = {
    read: () => ({ refusals: ring.refusals.splice(0), lost: ring.lost - (ring.lost = 0) }),
    close: () => void (ring.isClosed = true),
  };
  const proc = procRoot(path);
  const feed = new RefusalFeed(watcher, proc, new ProcessFiles(proc));
  const happen = (pid: number | undefined, localAddress: string = REFUSAL.localAddress) =>
    void ring.refusals.push({ ...REFUSAL, pid, localAddress });
  return { feed, ring, put, end, happen };
}

it('has news from a refusal until it is taken, however often it is asked', () => {
  const { feed, put, happen } = fakeFeed();
  put(7, 'ours', 'haproxy');
  expect(feed.hasNews()).toBe(false);
  happen(7);
  expect([feed.hasNews(), feed.hasNews()]).toEqual([true, true]);
  happen(7);
  expect(feed.take().refusals.map(({ pid, command }) => [pid, command])).toEqual([
    [7, 'haproxy'],
    [7, 'haproxy'],
  ]);
  expect(feed.hasNews()).toBe(false);
  expect(feed.take()).toEqual({ refusals: [], unattributed: [], lost: 0 });
});

it('has news where all that is known is that some were lost, and hands them on once', () => {
  const { feed, ring } = fakeFeed();
  ring.lost = 12;
  expect(feed.hasNews()).toBe(true);
  ring.lost = 3;
  expect(feed.take()).toMatchObject({ refusals: [], lost: 15 });
  expect(feed.take()).toMatchObject({ lost: 0 });
});

it('remembers the name of a process that has ended since, and has none for one it never saw', () => {
  const { feed, put, end, happen } = fakeFeed();
  put(7, 'ours', 'haproxy');
  happen(7);
  feed.take();
  end(7);
  happen(7);
  happen(8, '127.0.0.1');
  const { refusals, unattributed } = feed.take();
  expect(refusals.map(({ command }) => command)).toEqual(['haproxy']);
  expect(unattributed.map(({ pid, command }) => [pid, command])).toEqual([[8, '']]);
});

it('counts what was refused in another namespace, and says no more of it', () => {
  const { feed, put, happen } = fakeFeed();
  put(9, 'theirs', 'curl');
  happen(9, '127.0.0.1');
  // No sample would show it.
  expect(feed.hasNews()).toBe(false);
  expect(feed.take()).toEqual({ refusals: [], unattributed: [], lost: 0 });
});

it('asks whose a refusal is while its process lives, be there a sample or not', () => {
  const { feed, put, end, happen } = fakeFeed();
  put(7, 'ours', 'curl');
  happen(7);
  expect(feed.hasNews()).toBe(true);
  end(7);
  const { refusals, unattributed } = feed.take();
  expect(refusals).toMatchObject([{ pid: 7, command: 'curl' }]);
  expect(unattributed).toEqual([]);
});

it('keeps the name of a process as it is', () => {
  const { feed, put, happen } = fakeFeed();
  put(7, 'ours', 'evil\u001b[2J');
  happen(7);
  expect(feed.take().refusals[0]?.command).toBe('evil\u001b[2J');
});

it('closes its watcher', () => {
  const { feed, ring } = fakeFeed();
  feed.close();
  expect(ring.isClosed).toBe(true);
});
