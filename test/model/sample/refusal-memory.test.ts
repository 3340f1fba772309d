import { describe, expect, test } from 'vitest';
import type { NamedRefusal } from '../../../src/model/sample/refusal-memory.ts';
import { NO_FAILURES, RefusalMemory } from '../../../src/model/sample/refusal-memory.ts';
import { classify } from '../../../src/model/sample/classify.ts';
import { measure } from '../../../src/model/sample/measure.ts';
import { connections, reading, timeWaits } from '../../helpers/sockets.ts';

const KEY = 'here\n10.0.3.7 → 10.0.9.21:8080';

function refused(count: number, more: Partial<NamedRefusal> = {}): NamedRefusal[] {
  const refusal: NamedRefusal = {
    pid: 812,
    command: 'haproxy',
    family: 4,
    localAddress: '10.0.3.7',
    remoteAddress: '10.0.9.21',
    remotePort: 8080,
    ...more,
  };
  return Array.from({ length: count }, () => refusal);
}

/** A memory that was told of so many refusals at these times, in ms. */
function memoryOf(...told: readonly (readonly [atMs: number, count: number])[]): RefusalMemory {
  const memory = new RefusalMemory('here');
  for (const [atMs, count] of told) memory.push(refused(count), atMs);
  return memory;
}

describe('refusals of a tuple', () => {
  test('are none where nothing was refused', () => {
    const memory = memoryOf([0, 0]);
    expect(memory.of(KEY, 0)).toBe(NO_FAILURES);
    expect(memory.tuples().size).toBe(0);
  });

  test('are a mean over the time watched, and over 10 s at most', () => {
    expect(memoryOf([0, 0], [500, 20]).of(KEY, 500)).toMatchObject({
      perSecond: 40,
      lastMinute: 20,
      total: 20,
      sinceMs: 500,
      lastAtMs: 500,
    });
    const long = memoryOf([0, 0], [10_000, 30], [19_999, 30], [20_000, 40]);
    expect(long.of(KEY, 20_000)).toMatchObject({ perSecond: 7, lastMinute: 100 });
  });

  test('that came between two looks count for the part of that time', () => {
    // 100 in the 4 s before, of which 3 s are within the last 10.
    const memory = memoryOf([0, 0], [9000, 0], [13_000, 100], [20_000, 0]);
    expect(memory.of(KEY, 20_000)).toMatchObject({ perSecond: 7.5, lastMinute: 100 });
  });

  test('of the first look have no rate yet', () => {
    expect(memoryOf([0, 5]).of(KEY, 0)).toMatchObject({ perSecond: 0, lastMinute: 5 });
  });

  test('are forgotten after a minute', () => {
    const told = memoryOf([0, 0], [1000, 8], [60_999, 0]);
    expect(told.of(KEY, 60_999)).toMatchObject({ lastMinute: 8, perSecond: 0 });
    told.push([], 61_000);
    expect(told.of(KEY, 61_000)).toEqual({ ...NO_FAILURES, total: 8 });
  });

  test('count on after a pause, however long', () => {
    const memory = memoryOf([0, 0], [1000, 8], [100_000, 0], [500_000, 2]);
    expect(memory.of(KEY, 500_000)).toMatchObject({ lastMinute: 2, total: 10 });
  });

  test('begin anew after a pause of a minute', () => {
    const memory = memoryOf([0, 0], [1000, 8], [30_000, 1], [100_000, 2]);
    expect(memory.of(KEY, 100_000)).toMatchObject({ sinceMs: 100_000, lastMinute: 2 });
  });

  test('name the processes, the most refused first', () => {
    const memory = new RefusalMemory('here');
    memory.push([...refused(2), ...refused(3, { pid: 9, command: 'curl' })], 0);
    memory.push(refused(4), 1000);
    expect(memory.of(KEY, 1000).processes).toEqual([
      { pid: 812, command: 'haproxy', refusals: 6 },
      { pid: 9, command: 'curl', refusals: 3 },
    ]);
  });

  test('are not kept for more than a thousand tuples', () => {
    const memory = new RefusalMemory('here');
    for (let remotePort = 1; remotePort <= 1100; remotePort++)
      memory.push(refused(1, { remotePort }), 0);
    expect(memory.tuples().size).toBe(1000);
  });

  test('have the lost ones of which they have a share, in whole refusals', () => {
    const memory = new RefusalMemory('here');
    const other = refused(10, { remotePort: 9999 });
    memory.push([...refused(3, { lostBeside: 0.5 }), ...other], 0);
    expect(memory.of(KEY, 0)).toMatchObject({ lastMinute: 5, total: 5 });
    expect(memory.of(KEY.replace('8080', '9999'), 0)).toMatchObject({ total: 10 });
    memory.push(refused(1), 0);
    expect(memory.of(KEY, 0)).toMatchObject({ total: 6 });
  });

  test('survive a clock that was set back', () => {
    const memory = memoryOf([50_000, 0], [51_000, 5], [1000, 0], [2000, 10]);
    expect(memory.of(KEY, 2000)).toMatchObject({ perSecond: 10, lastMinute: 10 });
  });
});

describe('groups and refusals', () => {
  const sampleWith = (memory: RefusalMemory | undefined, sockets = connections(3)) =>
    measure(classify(reading(sockets)), { refusals: memory });
  const HERE = 'net:4026531840';

  test('say that nothing was refused, or that it cannot be seen', () => {
    expect(sampleWith(undefined).groups[0]?.connectFailures).toBeUndefined();
    expect(sampleWith(new RefusalMemory(HERE)).groups[0]?.connectFailures).toEqual(NO_FAILURES);
  });

  test('a destination without any connection has a group if its connects are refused', () => {
    const memory = new RefusalMemory(HERE);
    const sample = sampleWith(undefined);
    memory.push(refused(7, { remotePort: 9999 }), sample.takenAtMs);
    const { groups } = sampleWith(memory);
    expect(groups.map(({ label }) => label)).toContain('10.0.3.7 → 10.0.9.21:9999');
    expect(groups.find(({ remotePort }) => remotePort === 9999)).toMatchObject({
      usable: 100,
      used: 0,
      free: 100,
      byState: {},
      owners: [],
      connectFailures: { lastMinute: 7 },
    });
  });

  test('a group with both has both, once', () => {
    const memory = new RefusalMemory(HERE);
    const sockets = timeWaits(3, 50_000);
    const [plain] = sampleWith(undefined, sockets).groups;
    memory.push(
      refused(2, {
        localAddress: plain?.localAddress ?? '',
        remoteAddress: plain?.remoteAddress ?? '',
        remotePort: plain?.remotePort ?? 0,
      }),
      0,
    );
    const { groups } = sampleWith(memory, sockets);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ used: 3, connectFailures: { total: 2 } });
  });
});
