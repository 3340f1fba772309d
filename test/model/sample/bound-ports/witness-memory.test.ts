import { expect, test } from 'vitest';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import type { SysctlValues } from '../../../../src/kernel/sysctl.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

/** Samples of one machine, each knowing what the ones before it saw. */
function watch() {
  const witnesses = new WitnessMemory();
  // As on a machine that has been up for long.
  const counters = { activeOpens: 1_000_000, timeWaitReused: 1 };
  let known = 0;
  return (
    sockets: readonly TestSocket[],
    range = '40000 40099',
    opens = Math.max(0, sockets.length - known),
    settings: Partial<SysctlValues> = {},
  ) => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': range, ...settings };
    known = sockets.length;
    counters.activeOpens += opens;
    const sample = sampleOf(reading(sockets, { counters: { ...counters }, sysctls }), {
      witnesses,
    });
    witnesses.push(sample);
    const group = (port: number) => sample.groups.find(({ remotePort }) => remotePort === port);
    return { sample, group: group(8080), other: group(9090) };
  };
}

const odd = (count: number): TestSocket[] =>
  connections(count).map((socket, index) => ({
    ...socket,
    localPort: 40_001 + 2 * ((17 * index) % 50),
  }));
const others = connections(3, { remotePort: 9090 });

test('what is left of a rush that was seen is not held', () => {
  const look = watch();
  const alone = watch()([...odd(40), ...others]);
  expect(alone.other).toMatchObject({ free: 97, freeAtLeast: 57 });
  look([...connections(90), ...others]);
  const { sample, other, group } = look([...odd(40), ...others]);
  expect(other).toMatchObject({ free: 97, freeAtLeast: 97 });
  expect(group?.bindBeforeConnect.suspected).toBe(false);
  expect(sample.portSpace.held).toBe(0);
});

test('the second half taken before the eyes while the first has room was bound', () => {
  const look = watch();
  look(others);
  look([...odd(5), ...others]);
  expect(look([...odd(5), ...others]).other).toMatchObject({ free: 97, freeAtLeast: 92 });
  look([...odd(8), ...others]);
  expect(look([...odd(8), ...others]).other).toMatchObject({ free: 89, freeAtLeast: 89 });
  // Past the point at which the first half tells.
  const full = look([...connections(50), ...odd(8), ...others]);
  expect(full.other).toMatchObject({ free: 89, freeAtLeast: 89 });
});

test('one more bound port proves nothing of those that were there before the first look', () => {
  const look = watch();
  look([...odd(30), ...others]);
  look([...odd(31), ...others]);
  expect(look([...odd(31), ...others])).toMatchObject({
    other: { free: 97, freeAtLeast: 66 },
    sample: { portSpace: { held: 0 } },
  });
  // Once they have all gone, what comes is seen.
  look([...connections(1), ...others]);
  look([...connections(1), ...odd(2), ...others]);
  expect(look([...connections(1), ...odd(2), ...others]).other).toMatchObject({
    free: 95,
    freeAtLeast: 95,
  });
});

test('what is in doubt without evidence has some once a bind() was seen', () => {
  const look = watch();
  const closed = odd(40).map((socket) => ({
    ...socket,
    state: 'TIME_WAIT' as const,
    leftMs: 30_000,
  }));
  const before = look([...closed, ...others]);
  expect(before.other).toMatchObject({ freeAtLeast: 57, unsupportedDoubt: 40 });
  look([...closed, ...odd(42).slice(40), ...others]);
  const after = look([...closed, ...odd(42).slice(40), ...others]);
  expect(after.other).toMatchObject({ freeAtLeast: 55, passingDoubt: 40 });
  expect(after.other?.unsupportedDoubt).toBeUndefined();
});

test('a rush after bind() leaves in doubt which ports were bound', () => {
  const look = watch();
  look([...connections(5), ...others]);
  look([...connections(5), ...odd(3), ...others]);
  expect(look([...connections(5), ...odd(3), ...others]).sample.portSpace.held).toBe(3);
  const during = look([...connections(50), ...odd(20), ...others]);
  expect(during.other).toMatchObject({ free: 97, freeAtLeast: 77 });
  expect(look([...odd(20), ...others])).toMatchObject({
    other: { free: 97, freeAtLeast: 77 },
    sample: { portSpace: { held: 0 } },
  });
});

test.for([
  ['reserved', '40000 40099', { 'net.ipv4.ip_local_reserved_ports': '40000-40079' }],
  ['outside the range', '40080 40099', {}],
] as const)('ports that were %s and no longer are have not come', ([, range, settings]) => {
  const look = watch();
  const all = [...odd(30), ...others];
  look(all, range, 0, settings);
  look(all, range, 0, settings);
  look(all, undefined, 40);
  expect(look(all)).toMatchObject({
    other: { free: 97, freeAtLeast: 67 },
    sample: { portSpace: { held: 0 } },
  });
});

test.for([
  [26, 67],
  [25, 97],
  [undefined, 97],
] as const)(
  'of 30 ports that came with %s connect() calls all are bound, or none is sure',
  ([opens, free]) => {
    const witnesses = new WitnessMemory();
    const look = (count: number, activeOpens: number | undefined) => {
      const counters = activeOpens === undefined ? {} : { activeOpens, timeWaitReused: 1 };
      const sockets = [...connections(15), ...odd(count), ...others];
      const sample = sampleOf(reading(sockets, { counters }), { witnesses });
      witnesses.push(sample);
      return sample.groups.find(({ remotePort }) => remotePort === 9090);
    };
    look(0, opens === undefined ? undefined : 1_000_000);
    const last = opens === undefined ? undefined : 1_000_000 + opens;
    look(30, last);
    expect(look(30, last)).toMatchObject({ free, freeAtLeast: 67 });
  },
);

test('TIME_WAIT that connect() could have taken over was room', () => {
  const closed = (count: number, leftMs: number) =>
    connections(count, { state: 'TIME_WAIT', leftMs });
  const after = (reuse: string) => {
    const look = watch();
    const settings = { 'net.ipv4.tcp_tw_reuse': reuse };
    const see = (sockets: readonly TestSocket[], opens = 0) =>
      look([...sockets, ...others], undefined, opens, settings);
    see(closed(50, 59_900), 50);
    see(closed(50, 50_000));
    see([...closed(50, 49_000), ...odd(6)], 6);
    see([...closed(50, 48_000), ...odd(12)], 6);
    return see([...closed(50, 47_000), ...odd(12)]);
  };
  expect(after('1').sample.portSpace.held).toBe(12);
  expect(after('0')).toMatchObject({ other: { free: 97, freeAtLeast: 97 } });
});

test('a group that has gone, or has no such ports any more, is forgotten', () => {
  const look = watch();
  look([...connections(90), ...others]);
  look([...connections(5), ...others]);
  expect(look([...odd(40), ...others]).other).toMatchObject({ free: 97, freeAtLeast: 57 });
});

test('a block is explained by a narrower range that was seen, and by no wider one', () => {
  const block = connections(100);
  const wide = '40000 49999';
  const unseen = watch()(block, wide).group;
  expect(unseen).toMatchObject({ free: 9900, freeAtLeast: 0, isAssumed: true });
  expect(unseen?.uncertain).toMatch(/^This group only takes ports 40000–40099/);
  for (const [before, isExplained] of [
    ['40000 40099', true],
    ['40000 40098', false],
    ['30000 49999', false],
  ] as const) {
    const look = watch();
    look(connections(1), before);
    expect(look(block, wide).group?.isAssumed === undefined).toBe(isExplained);
  }
});

test('ports of an earlier range are in doubt where nobody saw that its first half was full', () => {
  const look = watch();
  look([...odd(20), ...others]);
  const wide = look([...odd(20), ...others], '39000 42099');
  expect(wide.other).toMatchObject({ free: 3097, freeAtLeast: 3077 });
  const seen = watch();
  seen([...connections(90), ...others]);
  expect(seen([...odd(20), ...others], '39000 42099').other).toMatchObject({
    free: 3097,
    freeAtLeast: 3097,
  });
});

test('bind() after a rush is seen as well, and then nobody knows which port is whose', () => {
  const look = watch();
  look([...connections(90), ...others]);
  look([...odd(10), ...others]);
  look([...odd(30), ...others]);
  expect(look([...odd(30), ...others]).other).toMatchObject({ free: 97, freeAtLeast: 67 });
});

test('growth between two looks tells nothing if enough was opened to fill the first half meanwhile', () => {
  const growAfter = (opens: number) => {
    const look = watch();
    look([...others, ...connections(1)]);
    look([...odd(30), ...others], undefined, opens);
    return look([...odd(30), ...others]).other;
  };
  // The first half has 50 ports, one of them taken.
  expect(growAfter(48)).toMatchObject({ free: 67, freeAtLeast: 67 });
  expect(growAfter(49)).toMatchObject({ free: 97, freeAtLeast: 67 });
});

test('what is surely bound stays so from look to look, when all ports are', () => {
  const look = watch();
  const remotes = Array.from({ length: 5 }, (_, index) => `10.0.8.${index + 1}`);
  const all = Array.from({ length: 2000 }, (_, index) => 40_000 + ((index * 767) % 2000));
  const sockets = remotes.flatMap((remote, index) =>
    connections(400, { remote }).map((socket, nth) => ({
      ...socket,
      localPort: all[400 * index + nth] ?? 0,
    })),
  );
  for (let nth = 0; nth < 3; nth++) {
    const { sample } = look(sockets, '40000 41999');
    expect(sample.portSpace.held).toBe(2000);
    for (const group of sample.groups) expect(group).toMatchObject({ free: 0, freeAtLeast: 0 });
  }
});

test('a single group that bind() had filled may still hold ports of the first half', () => {
  const look = watch();
  look([]);
  look(odd(20));
  look(odd(30));
  look(odd(50));
  expect(look([...odd(50), ...connections(20), ...others]).other).toMatchObject({
    freeAtLeast: 30,
  });
  const drained = [...odd(30), ...connections(20), ...others];
  expect(look(drained).other).toMatchObject({ free: 67, freeAtLeast: 50 });
  // However few are left of the second half, those of the first are still there,
  const few = look([...odd(12), ...connections(20), ...others]).other;
  expect(few).toMatchObject({ free: 85, freeAtLeast: 68 });
  // and what comes after they have gone is others.
  look([...odd(12), ...others]);
  const later = look([...odd(12), ...connections(20), ...others]).other;
  expect(later).toMatchObject({ free: 85, freeAtLeast: 85 });
});

const WIDE = '40000 40799';
/** Ports of a range of 800, in the order in which they were made. */
const inTurn = (ports: readonly number[]): TestSocket[] =>
  connections(ports.length).map((socket, index) => ({
    ...socket,
    localPort: ports[index] ?? 0,
    inode: 1000 + index,
  }));
const first = Array.from({ length: 400 }, (_, index) => 40_000 + 2 * index);
const rush = (count: number) => Array.from({ length: count }, (_, index) => 40_301 + 6 * index);
const strays = Array.from({ length: 8 }, (_, index) => 40_001 + 2 * ((index * 61) % 140));

test('what did not look like a rush while the first half was full stays in doubt when that has gone', () => {
  const look = watch();
  look([...inTurn([...first, ...rush(40), ...strays]), ...others], WIDE);
  const { other } = look([...inTurn([...rush(40), ...strays]), ...others], WIDE);
  expect(other).toMatchObject({ free: 797, freeAtLeast: 749, unsupportedDoubt: 48 });
});

test('and what looked like one does not', () => {
  const look = watch();
  look([...inTurn([...first, ...rush(2)]), ...others], WIDE);
  look([...inTurn([...first, ...rush(40)]), ...others], WIDE);
  const { other } = look([...inTurn(rush(40)), ...others], WIDE);
  expect(other).toMatchObject({ free: 797, freeAtLeast: 797 });
});

test.for([
  [240, 797],
  [241, 749],
] as const)(
  'with %d of 400 taken nothing tells but what was seen: %d free for sure',
  ([count, free]) => {
    const look = watch();
    look([...inTurn([...first, ...rush(2)]), ...others], WIDE);
    const step = Math.floor(400 / count);
    const many = Array.from({ length: count }, (_, index) => 40_001 + 2 * step * index);
    look([...inTurn([...first, ...many]), ...others], WIDE);
    const { other } = look([...inTurn(rush(48)), ...others], WIDE);
    expect(other).toMatchObject({ free: 797, freeAtLeast: free });
  },
);

test('bind() that is seen beside what did not look like a rush', () => {
  const look = watch();
  look([...inTurn([...first, ...rush(40), ...strays]), ...others], WIDE);
  look([...inTurn(strays), ...others], WIDE);
  look([...inTurn([...strays, 40_301, 40_501]), ...others], WIDE);
  const { other } = look([...inTurn([...strays, 40_301, 40_501]), ...others], WIDE);
  expect(other).toMatchObject({ free: 797, freeAtLeast: 787 });
  expect(other?.unsupportedDoubt ?? 0).toBe(0);
});

test('ports that were there before the first half was full are in doubt once it is not any more', () => {
  const look = watch();
  look([...inTurn(rush(40)), ...others], WIDE);
  // In turn, as a program's own numbers are.
  look([...inTurn([...first, ...rush(40)]), ...others], WIDE);
  const { other } = look([...inTurn(rush(40)), ...others], WIDE);
  expect(other).toMatchObject({ free: 797, freeAtLeast: 757 });
  // Until all of them have gone.
  look([...inTurn([40_000]), ...others], WIDE);
  look([...inTurn([...first, ...rush(40)]), ...others], WIDE);
  expect(look([...inTurn(rush(40)), ...others], WIDE).other?.freeAtLeast).toBe(797);
});
