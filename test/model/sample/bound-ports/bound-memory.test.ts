/** Ports that were surely bound at an earlier look, and what puts an end to that. */
import { describe, expect, test } from 'vitest';
import { BoundMemory } from '../../../../src/model/sample/bound-ports/bound-memory.ts';
import { classify } from '../../../../src/model/sample/classify.ts';
import { measure } from '../../../../src/model/sample/measure.ts';
import type { KernelReading } from '../../../../src/kernel/reading.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 27, 12);
const OTHER = { remote: '10.0.9.22' };
const RANGE = { 'net.ipv4.ip_local_port_range': '40000 40799', 'net.ipv4.tcp_tw_reuse': '0' };

/** Looks at a machine, each by its time in seconds; gives the free ports of another destination. */
function watch(source: KernelReading['source'] = 'netlink', sysctls: Partial<typeof RANGE> = {}) {
  const boundMemory = new BoundMemory();
  return (
    second: number,
    sockets: readonly TestSocket[],
    activeOpens = 1_000_000,
    settings: Readonly<Record<string, string>> = {},
  ) => {
    const classified = classify(
      reading([...sockets, ...connections(1, { ...OTHER, inode: 9 }, 50_000)], {
        source,
        takenAtMs: NOON + 1000 * second,
        sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '0', ...sysctls, ...settings },
        counters: { activeOpens, timeWaitReused: 1 },
      }),
    );
    const { groups } = measure(classified, { boundMemory });
    const other = groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote);
    return Object.assign([other?.freeAtLeast, other?.free], {
      unsupportedDoubt: other?.unsupportedDoubt,
    });
  };
}

/** Sockets on these ports, each with an inode of its own. */
const on = (ports: readonly number[], socket: Partial<TestSocket> = {}): TestSocket[] =>
  connections(ports.length, socket).map((each, index) => ({
    ...each,
    localPort: ports[index] ?? 0,
    inode: 1000 + (((ports[index] ?? 0) * 7919) % 65_536),
    ...socket,
  }));
const closed = (ports: readonly number[], secondsAgo: number, socket: Partial<TestSocket> = {}) =>
  on(ports, { state: 'TIME_WAIT', leftMs: 60_000 - 1000 * secondsAgo, inode: 0, ...socket });
const evens = Array.from({ length: 50 }, (_, index) => 40_000 + 2 * index);
const TEN = [3, 91, 27, 55, 71, 13, 43, 85, 61, 37].map((port) => 40_000 + port);
/** connect() has filled the first half since: the table alone tells nothing of the second. */
const full = on(evens);

test.for([
  ['reserved', { 'net.ipv4.ip_local_reserved_ports': '40001-40099' }, [1, 1]],
  ['outside the range', { 'net.ipv4.ip_local_port_range': '40200 40299' }, [100, 100]],
] as const)('it outlasts a time in which the ports are %s', ([, settings, meanwhile]) => {
  const look = watch();
  expect(look(0, on(TEN), 11)).toEqual([90, 90]);
  expect(look(1, on(TEN), 11, settings)).toEqual(meanwhile);
  expect(look(2, [...on(TEN.slice(0, 6)), ...closed(TEN.slice(6), 0)], 11, settings)).toEqual(
    meanwhile,
  );
  expect(look(3, [...on(TEN.slice(0, 6)), ...closed(TEN.slice(6), 1), ...full])).toEqual([90, 90]);
});

describe('what a look was sure of', () => {
  const after = (second: number, sockets: readonly TestSocket[]) => {
    const look = watch();
    // No more were ever opened.
    expect(look(0, on(TEN), 11)).toEqual([90, 90]);
    return look(second, [...sockets, ...full]);
  };

  test('stays so while the sockets are there', () => {
    expect(watch()(0, [...on(TEN), ...full])).toEqual([100, 100]);
    expect(after(1, on(TEN))).toEqual([90, 90]);
    expect(after(3600, on(TEN))).toEqual([90, 90]);
    expect(after(1, on(TEN.slice(4)))).toEqual([94, 94]);
  });

  test('stays so without a process', () => {
    expect(after(1, on(TEN, { state: 'FIN_WAIT1', inode: 0 }))).toEqual([90, 90]);
  });

  test('ends with the socket: another one has the port', () => {
    expect(after(1, on(TEN, { inode: 7 }))).toEqual([100, 100]);
    // These are in doubt.
    expect(after(1, on(TEN, { local: '10.0.3.8' }))).toEqual([90, 100]);
    expect(after(1, on(TEN, { remotePort: 81 }))).toEqual([90, 100]);
  });

  test.for([
    [5, 4, 90],
    [5, 10, 90],
    [5, 11, 100],
    [6, 4, 100],
  ] as const)('is closed within the %d s between two looks, %d s ago', ([second, ago, free]) => {
    expect(after(second, closed(TEN, ago))).toEqual([free, free]);
  });

  test('is forgotten where a look did not find it', () => {
    const look = watch();
    look(0, on(TEN), 11);
    look(1, full);
    expect(look(2, [...on(TEN), ...full])).toEqual([100, 100]);
  });

  test.for([
    [20, 90],
    [24.9, 90],
    [25.1, 100],
    [14.9, 100],
  ] as const)('TIME_WAIT lasts while its timer goes on: closed %d s ago', ([ago, free]) => {
    const look = watch();
    look(0, on(TEN), 11);
    expect(look(2, [...closed(TEN, 2), ...full])).toEqual([90, 90]);
    expect(look(20, [...closed(TEN, ago), ...full])).toEqual([free, free]);
  });

  test('is refuted where the group turns out to have a port range of its own', () => {
    const look = watch('netlink', { 'net.ipv4.ip_local_port_range': '40000 40799' });
    const few = [40_301, 40_315, 40_329];
    expect(look(0, on(few), 4)).toEqual([797, 797]);
    const block = Array.from({ length: 40 }, (_, index) => 40_296 + index);
    expect(look(1, on(block), 41)).toEqual([760, 800]);
  });
});

describe('evidence for bind() of ports in doubt', () => {
  const SOME = [...TEN, 40_007, 40_019];
  test('is remembered for as long as TIME_WAIT lasts', () => {
    const look = watch();
    expect(look(0, on(SOME)).unsupportedDoubt).toBeUndefined();
    expect(look(2, closed(SOME, 2)).unsupportedDoubt).toBeUndefined();
    expect(look(59, closed(SOME, 59)).unsupportedDoubt).toBeUndefined();
  });

  test('is none where nobody saw it, and is over after that time', () => {
    expect(watch()(2, closed(SOME, 2)).unsupportedDoubt).toBe(12);
    const look = watch();
    look(0, on(SOME));
    look(61, on([40_002]));
    expect(look(62, closed(SOME, 2)).unsupportedDoubt).toBe(12);
  });
});

/** Numbers below `usable` in no order. */
const scattered = (usable: number) =>
  Array.from({ length: usable }, (_, index) => (index * 167 + 5) % usable);
/** bind() has taken the second half of a range of 800 ports for three destinations, and 70 of the first for each. */
const THREE = ['10.0.9.31', '10.0.9.32', '10.0.9.33'].map((remote, nth) => {
  const share = (from: number, until: number) =>
    scattered(400).filter((_, index) => index % 3 === nth && index >= from && index < until);
  return {
    remote,
    second: share(0, 400).map((index) => 40_001 + 2 * index),
    first: share(0, 210).map((index) => 40_000 + 2 * index),
  };
});
/** Ports of the first half that nobody has, upwards. */
const spare = scattered(400)
  .slice(210)
  .map((index) => 40_000 + 2 * index)
  .toSorted((a, b) => a - b);

describe('the first half of an address whose second half bind() has used up', () => {
  const bound = THREE.flatMap(({ remote, second, first }) => on([...second, ...first], { remote }));
  const remote = THREE[0]?.remote ?? '';
  const closedInTurn = (count: number, ago = 1) =>
    spare
      .slice(0, count)
      .flatMap((port, index) => closed([port], ago + 0.1 * (count - index), { remote }));

  test('is bound where its groups share no port', () => {
    expect(watch('procfs', RANGE)(0, bound)).toEqual([190, 190]);
  });

  test.for([
    [3, 187],
    [4, 260],
  ] as const)('%d more that were closed in turn: %d free', ([count, free]) => {
    expect(watch('procfs', RANGE)(0, [...bound, ...closedInTurn(count)])).toEqual([
      190 - count,
      free,
    ]);
  });

  test('stays known where others turn up that were closed in turn', () => {
    const look = watch('procfs', RANGE);
    look(0, bound);
    expect(look(5, [...bound, ...closedInTurn(5)])).toEqual([185, 190]);
  });

  test.for([
    ['procfs', 2.9, 230],
    ['procfs', 3.1, 190],
    ['netlink', 2.9, 190],
  ] as const)('by %s, what was closed %d s before is known or not', ([source, ago, free]) => {
    const look = watch(source, RANGE);
    look(0, bound);
    const ports = new Set(bound.slice(133 + 30, 133 + 70).map(({ localPort }) => localPort));
    const gone = closed([...ports], ago, { remote });
    const left = bound.filter(({ localPort }) => !ports.has(localPort));
    look(1, [...left, ...gone]);
    const still = closed([...ports], ago, { remote });
    expect(look(1.01, [...left, ...still, ...closedInTurn(5)])[1]).toBe(free);
  });

  test('with IP_BIND_ADDRESS_NO_PORT among them, TIME_WAIT that nobody knows is in doubt', () => {
    const [port = 0, ...others] = spare;
    const option = on([port], { remote, bindAddressNoPort: true });
    const unseen = closed(others.slice(0, 3).toReversed(), 1, { remote });
    expect(watch('netlink', RANGE)(0, [...bound, ...unseen])).toEqual([187, 187]);
    expect(watch('netlink', RANGE)(0, [...bound, ...unseen, ...option])).toEqual([187, 190]);
  });
});
