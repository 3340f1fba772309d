import { once } from 'node:events';
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { NamespaceRounds } from '../../src/sampling/namespace-rounds.ts';
import { NamespaceWatch } from '../../src/sampling/namespace-watch.ts';
import { openWorld } from '../../src/sampling/namespace-world.ts';
import { systemClock } from '../../src/source/clock.ts';

afterEach(() => void vi.restoreAllMocks());

const PACING = { intervalMs: 250, cpuShare: undefined };

const HERE = readlinkSync('/proc/self/ns/net').replace(/[[\]]/g, '');

/** Rounds through the namespace of this process, and those that only a name holds. */
function roundsHere(): NamespaceRounds {
  const proc = mkdtempSync(join(tmpdir(), 'ephtop-rounds-'));
  symlinkSync(`/proc/${process.pid}`, join(proc, String(process.pid)));
  const rounds = new NamespaceRounds({ source: 'auto', procMount: proc, isSingle: true });
  onTestFinished(() => {
    rounds.close();
    rmSync(proc, { recursive: true });
  });
  return rounds;
}

test.each([2 * 3_600_000, -2 * 3_600_000])(
  'a clock that is set by %i ms has every place read again at once: no sample is hours old, or to come',
  (byMs) => {
    const rounds = roundsHere();
    const taken = () =>
      rounds
        .round(PACING, 50)
        .samples.filter(({ place }) => place.id === HERE)
        .map(({ takenAtMs }) => takenAtMs);
    expect(taken()).toHaveLength(1);
    expect(taken()).toEqual([]);
    const now = Date.now;
    vi.spyOn(systemClock, 'nowMs').mockImplementation(() => now() + byMs);
    const [takenAtMs = 0, ...others] = taken();
    expect(Math.abs(takenAtMs - (now() + byMs))).toBeLessThan(10_000);
    expect(others).toEqual([]);
    expect(taken()).toEqual([]);
  },
);

test('of a namespace that only a name holds, and this user may not enter, the sockets of here are not counted', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = { source: 'auto', procMount: '/proc', isSingle: true } as const;
  const world = { ...openWorld(settings, undefined), cannotEnter: 'this user may not.' };
  onTestFinished(() => {
    world.close();
    server.close();
  });
  const namespace = { id: 'net:1', inode: 1, pids: [], mountPath: '/run/netns/blue' };
  const place = { kind: 'namespace', id: 'net:1', name: 'blue' } as const;
  const watch = new NamespaceWatch(place, namespace, world);
  watch.count();
  expect(watch.state().sockets).toBe(0);
});
