import { describe, expect, test } from 'vitest';
import type { KernelReading } from '../../../src/kernel/reading.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import { ReuseMemory } from '../../../src/model/sample/reuse-memory.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../helpers/sockets.ts';

/** A range of 1,000 ports, where TIME_WAIT may be taken over. */
const SYSCTLS = {
  ...SMALL_RANGE,
  'net.ipv4.ip_local_port_range': '40000 40999',
  'net.ipv4.tcp_tw_reuse': '1',
};
const NOON_MS = reading([]).takenAtMs;

/** Closes, one every so many ms up to now, each of a connection that was made just before; even ports first. */
function closes(count: number, everyMs: number, socket: Partial<TestSocket> = {}): TestSocket[] {
  return connections(count, socket).map((each, index) => ({
    ...each,
    localPort: 40_000 + 2 * (index % 500) + (index < 500 ? 0 : 1),
    state: 'TIME_WAIT',
    leftMs: 60_000 - (count - index) * everyMs,
  }));
}

function readingOf(
  sockets: readonly TestSocket[],
  reused: number | undefined,
  { opens, afterMs = 0 }: { opens?: number; afterMs?: number } = {},
): KernelReading {
  const counters = { ...reading([]).counters, timeWaitReused: reused, activeOpens: opens };
  return {
    ...reading(sockets, { sysctls: SYSCTLS }),
    takenAtMs: NOON_MS + afterMs,
    counters,
  };
}

describe('one look', () => {
  test('at a stream of closes that took nothing over has a doubt', () => {
    const [group] = sampleOf(readingOf(closes(450, 20), 0)).groups;
    expect(group?.reuse?.works).toBeUndefined();
    expect(group?.reuse?.expected).toBeGreaterThan(100);
    expect(group?.reuse?.seen).toBe(0);
    // Those of the last second were not to be had anyway.
    expect(group).toMatchObject({ free: 1000 - 50, freeAtLeast: 1000 - 450 });
    expect(group?.uncertain).toMatch(/^connect\(\) may fail to take over 400 ports in TIME_WAIT: /);
  });

  test('has one that raises no alarm where too few tell, and none was taken over', () => {
    const [group] = sampleOf(readingOf(closes(120, 20), 0)).groups;
    expect(group?.reuse).toBeUndefined();
    expect(group).toMatchObject({ free: 1000 - 50, freeAtLeast: 1000 - 120, unsupportedDoubt: 70 });
    expect(group?.uncertain).toBe(
      'connect() may fail to take over 70 ports in TIME_WAIT: it has taken over none since the counters began, and no live connection shows whether the peer has TCP timestamps.',
    );
  });

  test('has none of a peer whose address is this machine’s', () => {
    const listener = { local: '10.0.9.21', localPort: 8080, state: 'LISTEN' } as const;
    const [group] = sampleOf(readingOf([...closes(120, 20), listener], 0)).groups;
    expect(group).toMatchObject({ free: 1000 - 50, freeAtLeast: 1000 - 50 });
    const other = { ...listener, local: '10.0.9.22' };
    expect(sampleOf(readingOf([...closes(120, 20), other], 0)).groups[0]?.freeAtLeast).toBe(880);
  });

  test.each([
    ['too few tell, but some were taken over', closes(120, 20), 1],
    ['closed at once', closes(450, 1), 0],
    ['some were taken over', closes(450, 20), 100],
    ['the kernel does not count', closes(450, 20), undefined],
  ])('has none where %s', (_, sockets, reused) => {
    const [group] = sampleOf(readingOf(sockets, reused)).groups;
    expect(group?.reuse).toBeUndefined();
    expect(group?.uncertain).toBeUndefined();
    expect(group?.freeAtLeast).toBe(group?.free);
  });

  test('has none at connections within this machine: its own timestamps are on', () => {
    const within = { local: '10.0.3.7', remote: '10.0.3.7' };
    expect(sampleOf(readingOf(closes(450, 20, within), 0)).groups[0]?.reuse).toBeUndefined();
    const loopback = { local: '10.0.3.7', remote: '127.0.0.9' };
    expect(sampleOf(readingOf(closes(450, 20, loopback), 0)).groups[0]?.reuse).toBeUndefined();
  });

  test('has none where connections live for longer than the closes go back', () => {
    const live = connections(500).map((each, index) => ({
      ...each,
      localPort: 40_001 + 2 * index,
    }));
    const [group] = sampleOf(readingOf([...closes(400, 10), ...live], 0)).groups;
    expect(group?.reuse).toBeUndefined();
  });
});

describe('with the counters of earlier looks', () => {
  /** What is said after a look of so long ago, with so many opens and takeovers since. */
  function after(seconds: number, since: { opens: number; reused: number }) {
    const reuseMemory = new ReuseMemory();
    reuseMemory.push(sampleOf(readingOf([], 5000, { opens: 90_000 })));
    const { opens, reused } = since;
    const look = readingOf(closes(450, 20), 5000 + reused, {
      opens: 90_000 + opens,
      afterMs: seconds * 1000,
    });
    return sampleOf(look, { reuseMemory }).groups[0];
  }

  test('what is not taken over counts as used', () => {
    expect(after(10, { opens: 450, reused: 0 })).toMatchObject({
      reuse: { works: false, seen: 0 },
      reusable: 0,
      timeWaitUsed: 450,
      free: 550,
      freeAtLeast: 550,
      freedByReuse: 0,
      reusableFromAgeMs: undefined,
    });
  });

  test('a few takeovers of others do not matter, a tenth does', () => {
    const expected = after(10, { opens: 450, reused: 0 })?.reuse?.expected ?? 0;
    expect(after(10, { opens: 450, reused: Math.floor(0.09 * expected) })?.reuse?.works).toBe(
      false,
    );
    expect(after(10, { opens: 450, reused: Math.ceil(0.12 * expected) })?.reuse).toBeUndefined();
  });

  test('closes of connections that were made long before tell nothing', () => {
    expect(after(10, { opens: 370, reused: 0 })?.reuse?.works).toBe(false);
    expect(after(10, { opens: 350, reused: 0 })?.reuse).toBeUndefined();
  });

  test('nor do closes of a pool that was opened at once, seconds before', () => {
    const reuseMemory = new ReuseMemory();
    for (const [seconds, opens] of [
      [0, 0],
      [1, 450],
      [2, 450],
      [6, 450],
    ] as const)
      reuseMemory.push(
        sampleOf(readingOf([], 5000, { opens: 90_000 + opens, afterMs: seconds * 1000 })),
      );
    const look = readingOf(closes(450, 20), 5000, { opens: 90_450, afterMs: 10_000 });
    expect(sampleOf(look, { reuseMemory }).groups[0]?.reuse).toBeUndefined();
  });

  test('nor does a pool that drains while as many connections are made elsewhere', () => {
    const reuseMemory = new ReuseMemory();
    const pool = (count: number) => connections(count, { remote: '10.0.9.77' });
    for (let second = 0; second < 10; second++) {
      const sockets = [
        ...closes(45 * second, 1000 / 45),
        ...connections(500 - 45 * second, {}, 50_000),
      ];
      const counts = { opens: 90_000 + 45 * second, afterMs: second * 1000 };
      // The old pool's connections are made from ports of the range in a real table.
      const sample = sampleOf(readingOf([...sockets, ...pool(45 * second)], 5000, counts));
      const groups = sample.groups.map((group) =>
        group.remoteAddress === '10.0.9.21' ? { ...group, liveUsed: 500 - 45 * second } : group,
      );
      reuseMemory.push({ ...sample, groups });
    }
    const look = readingOf([...closes(450, 1000 / 45), ...pool(450)], 5000, {
      opens: 90_450,
      afterMs: 10_000,
    });
    const drained = sampleOf(look, { reuseMemory }).groups.find(
      ({ remoteAddress }) => remoteAddress === '10.0.9.21',
    );
    expect(drained?.timeWaitUsed).toBeGreaterThan(0);
    expect(drained?.reuse).toBeUndefined();
  });

  test('less than five seconds tell nothing', () => {
    expect(after(4.9, { opens: 450, reused: 0 })?.reuse).toBeUndefined();
    expect(after(5.1, { opens: 450, reused: 0 })?.reuse?.works).toBe(false);
  });

  test('what was found out holds when the stream ends, until somebody takes over', () => {
    const reuseMemory = new ReuseMemory();
    const look = (afterMs: number, reused: number) => {
      const counts = { opens: afterMs === 0 ? 0 : 450, afterMs };
      const sample = sampleOf(readingOf(closes(450, 20), reused, counts), { reuseMemory });
      reuseMemory.push(sample);
      return sample.groups[0]?.reuse?.works;
    };
    const first = sampleOf(readingOf([], 0, { opens: 0 }));
    reuseMemory.push(first);
    expect(look(10_000, 0)).toBe(false);
    expect(look(69_000, 0)).toBe(false);
    expect(look(140_000, 0)).toBe(false);
    expect(look(141_000, 200)).toBe(false);
    expect(look(142_000, 200)).toBeUndefined();
  });

  test('what was closed before another setting came into force tells nothing of it', () => {
    const reuseMemory = new ReuseMemory();
    const off = reading([], { sysctls: { ...SYSCTLS, 'net.ipv4.tcp_tw_reuse': '0' } });
    reuseMemory.push(sampleOf({ ...off, counters: { ...off.counters, activeOpens: 0 } }));
    const check = (afterMs: number) => {
      const look = readingOf(closes(450, 20), 0, { opens: 450, afterMs });
      const sample = sampleOf(look, { reuseMemory });
      reuseMemory.push(sample);
      return sample.groups[0]?.reuse;
    };
    expect(check(10_000)).toBeUndefined();
    expect(check(11_000)).toBeUndefined();
    // From the look that found it on it is counted anew.
    expect(check(69_000)?.works).toBe(undefined);
  });
});
