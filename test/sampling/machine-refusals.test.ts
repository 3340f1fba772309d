import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Refusal } from '../../src/kernel/perf-ring.ts';
import { MachineRefusals } from '../../src/sampling/machine-refusals.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import type { RefusalWatch } from '../../src/source/refusal-watcher.ts';
import { REFUSAL } from '../helpers/perf-records.ts';

/** Two namespaces, `a` with process 1 and `b` with process 2, and a kernel that refuses what it is told to. */
function machine() {
  const path = mkdtempSync(join(tmpdir(), 'ephtop-refusals-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const inodeOf = (network: string, pid: number) => {
    writeFileSync(join(path, network), '');
    mkdirSync(join(path, `${pid}/net`), { recursive: true });
    linkSync(join(path, network), join(path, `${pid}/net/netstat`));
    return statSync(join(path, network)).ino;
  };
  const ring = { refusals: [] as Refusal[], lost: 0, unseen: '', opened: 0, isClosed: false };
  let nowMs = 0;
  const open = (): RefusalWatch => {
    ring.opened++;
    if (ring.unseen !== '') return { unseen: ring.unseen };
    const read = () => ({ refusals: ring.refusals.splice(0), lost: ring.lost - (ring.lost = 0) });
    return { watcher: { read, close: () => void (ring.isClosed = true) } };
  };
  const all = new MachineRefusals(open, procRoot(path), { monotonicMs: () => nowMs });
  const placeOf = (inode: number) => {
    const { watch, attribution } = all.of(inode);
    const take = () => {
      const opened = watch();
      if ('unseen' in opened) return opened;
      const { refusals, lost } = opened.watcher.read();
      const { own, unattributed } = attribution.ownNamespaceOnly(refusals);
      return { own: own.map(({ pid }) => pid), unattributed: unattributed.length, lost };
    };
    return { take };
  };
  const inodes = { a: inodeOf('a', 1), b: inodeOf('b', 2) };
  const refuse = (...pids: number[]) =>
    ring.refusals.push(...pids.map((pid) => ({ ...REFUSAL, pid, tid: pid })));
  return { all, ring, placeOf, inodes, refuse, wait: (ms: number) => void (nowMs += ms) };
}

describe('the refusals of the machine', () => {
  it('are handed to the place of their process, once', () => {
    const { all, placeOf, inodes, refuse } = machine();
    const [a, b] = [placeOf(inodes.a), placeOf(inodes.b)];
    refuse(1, 2, 1);
    all.pump();
    expect(a.take()).toEqual({ own: [1, 1], unattributed: 0, lost: 0 });
    expect(a.take()).toEqual({ own: [], unattributed: 0, lost: 0 });
    refuse(2);
    all.pump();
    expect(b.take()).toEqual({ own: [2, 2], unattributed: 0, lost: 0 });
  });

  it('are offered to every place where nobody knows whose they are', () => {
    const { all, placeOf, inodes, refuse } = machine();
    const [a, b] = [placeOf(inodes.a), placeOf(inodes.b)];
    refuse(99);
    all.pump();
    expect([a.take(), b.take()]).toEqual([
      { own: [], unattributed: 1, lost: 0 },
      { own: [], unattributed: 1, lost: 0 },
    ]);
  });

  it('that were lost are those of the place of the ones next to them', () => {
    const { all, ring, placeOf, inodes, refuse } = machine();
    const [a, b] = [placeOf(inodes.a), placeOf(inodes.b)];
    refuse(2, 1, 1, 1, 2);
    ring.refusals = ring.refusals.map((each, index) =>
      index === 0 ? each : { ...each, lostBeside: 2 },
    );
    all.pump();
    expect([a.take(), b.take()]).toMatchObject([{ lost: 6 }, { lost: 2 }]);
  });

  it('of a namespace that has gone are dropped', () => {
    const { all, placeOf, inodes, refuse } = machine();
    const a = placeOf(inodes.a);
    all.forget(inodes.a);
    refuse(1);
    all.pump();
    expect(a.take()).toEqual({ own: [], unattributed: 0, lost: 0 });
  });

  it('do not pile up for a place that is never looked at', () => {
    const { all, placeOf, inodes, refuse } = machine();
    const a = placeOf(inodes.a);
    for (let round = 0; round < 11; round++) {
      refuse(...Array<number>(1000).fill(1));
      all.pump();
    }
    expect(a.take()).toMatchObject({ own: { length: 10_000 } });
  });

  it('that cannot be seen say why, and are tried again after 10 s, once for all places', () => {
    const { all, ring, placeOf, inodes, wait } = machine();
    ring.unseen = 'no tracefs';
    const [a, b] = [placeOf(inodes.a), placeOf(inodes.b)];
    all.pump();
    expect([a.take(), b.take(), ring.opened]).toEqual([
      { unseen: 'no tracefs' },
      { unseen: 'no tracefs' },
      1,
    ]);
    ring.unseen = '';
    wait(9999);
    expect(a.take()).toEqual({ unseen: 'no tracefs' });
    wait(1);
    expect(a.take()).toEqual({ own: [], unattributed: 0, lost: 0 });
    expect(ring.opened).toBe(2);
    all.close();
    expect(ring.isClosed).toBe(true);
  });
});
