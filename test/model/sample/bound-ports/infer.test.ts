import { describe, expect, test } from 'vitest';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import {
  connections,
  reading,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
} from '../../../helpers/sockets.ts';

/** The sockets on every second port from this one on. */
const spaced = (firstPort: number, sockets: readonly TestSocket[]): TestSocket[] =>
  sockets.map((socket, index) => ({ ...socket, localPort: firstPort + 2 * index }));
/** bind() takes odd ports first, wherever in the range; connect() even ones. */
const odd = (count: number, socket: Partial<TestSocket> = {}) =>
  connections(count, socket).map((each, index) => ({
    ...each,
    localPort: 40_001 + 2 * ((17 * index) % 50),
  }));
const even = (count: number, socket: Partial<TestSocket> = {}) =>
  spaced(40_000, connections(count, socket));
const OTHER = { remote: '10.0.9.22' };

function groupsOf(sockets: readonly TestSocket[], sysctls: Partial<typeof SMALL_RANGE> = {}) {
  const sample = sampleOfSockets(sockets, { sysctls: { ...SMALL_RANGE, ...sysctls } });
  const group = (remote: string) =>
    sample.groups.find(({ remoteAddress }) => remoteAddress === remote);
  return { sample, first: group('10.0.9.21'), other: group('10.0.9.22') };
}

describe('ports that bind() took', () => {
  test('are lost to every other destination, and used by their own', () => {
    const { sample, first, other } = groupsOf([...odd(30), ...even(5, OTHER)]);
    expect(first).toMatchObject({
      usable: 100,
      used: 30,
      free: 70,
      bindBeforeConnect: { suspected: true, ports: 30, certain: true },
    });
    expect(other).toMatchObject({
      usable: 70,
      used: 5,
      free: 65,
      bindBeforeConnect: { suspected: false, ports: 0 },
    });
    expect(sample.portSpace).toMatchObject({ held: 30, usable: 70 });
  });

  test('are in doubt where those without a device may have filled the other half', () => {
    const ofDevice = odd(30, { deviceIndex: 2 });
    const heldWith = (count: number) => {
      const { sample } = groupsOf([...ofDevice, ...even(count)]);
      const { bindBeforeConnect } = sample.groups.find(({ device }) => device === '2') ?? {};
      return { held: sample.inferredHeld, certain: bindBeforeConnect?.certain };
    };
    expect(heldWith(0)).toEqual({ held: 30, certain: true });
    expect(heldWith(1)).toEqual({ held: 0, certain: false });
  });

  test('stay lost in TIME_WAIT, reuse or not', () => {
    expect(
      groupsOf(odd(20, { state: 'TIME_WAIT', leftMs: 30_000 }), { 'net.ipv4.tcp_tw_reuse': '1' })
        .first,
    ).toMatchObject({
      used: 20,
      reusable: 0,
      free: 80,
    });
  });

  test('are told from connect()s beside them', () => {
    const { first, other } = groupsOf([...odd(25), ...even(5), ...even(1, OTHER)]);
    expect(first).toMatchObject({ used: 30, free: 70, bindBeforeConnect: { ports: 25 } });
    expect(other).toMatchObject({ usable: 75, free: 74 });
  });

  test('follow the parity of the range', () => {
    const sockets = [...spaced(40_002, connections(10)), ...spaced(40_001, connections(1, OTHER))];
    const { other } = groupsOf(sockets, { 'net.ipv4.ip_local_port_range': '40001 40100' });
    expect(other).toMatchObject({ usable: 90, used: 1 });
  });
});

describe('no bind() is suspected', () => {
  test.each<[string, TestSocket[]]>([
    [
      'while the first half is in use, as it is once connect() has filled it',
      [...even(50), ...odd(30)],
    ],
    ['with small gaps in the first half', [...even(42), ...odd(30)]],
    [
      'where two destinations share as many ports as chance has them share',
      [...odd(10), ...odd(14, OTHER).slice(6)],
    ],
    ['for even ports', even(40)],
    ['for ports outside the range', connections(9, {}, 50_001)],
  ])('%s', (_, sockets) => {
    expect(groupsOf(sockets).first?.bindBeforeConnect.suspected).toBe(false);
    expect(groupsOf(sockets).sample.portSpace.held).toBe(0);
  });
});

test('what a rush explains as well is in doubt: free is without it, and freeAtLeast with it', () => {
  // 30 odd ports beside 30 even ones: bound, or left over from a time when all even ones were taken.
  const { sample, first, other } = groupsOf([...even(30), ...odd(30), ...even(5, OTHER)]);
  // A destination without connections is in doubt as well, whose groups are not.
  expect(sample.portSpace).toMatchObject({ held: 0, usable: 100, usableAtLeast: 70 });
  expect(first?.bindBeforeConnect).toEqual({ suspected: true, ports: 30, certain: false });
  expect(first).toMatchObject({ free: 40, freeAtLeast: 40 });
  expect(first?.uncertain).toBeUndefined();
  expect(other).toMatchObject({
    usable: 100,
    free: 95,
    freeAtLeast: 65,
    uncertain:
      '30 ports of the half that connect() takes last were bound before connect(), or opened while the other half was full.',
  });
});

test('the halves of a group', () => {
  const listener: TestSocket = { local: '0.0.0.0', localPort: 40_051, state: 'LISTEN' };
  const { first } = groupsOf([...even(50), ...odd(3), listener]);
  expect(first?.parity).toEqual({
    first: { usable: 50, used: 50, reusable: 0 },
    second: { usable: 49, used: 3, reusable: 0 },
  });
});

test('ports of a full range that has been widened since were not bound', () => {
  const widened = { 'net.ipv4.ip_local_port_range': '1024 65535' };
  const all = connections(95, {}, 40_000).map((socket, index) => ({
    ...socket,
    localPort: index < 50 ? 40_000 + 2 * index : 40_001 + 2 * (index - 50),
  }));
  expect(groupsOf([...all, ...even(3, OTHER)], widened)).toMatchObject({
    first: { bindBeforeConnect: { suspected: false } },
    other: { usable: 64_512 },
  });
  // Without the first half beside them they stand out.
  expect(groupsOf(odd(45), widened).first?.bindBeforeConnect).toMatchObject({ ports: 45 });
});

/** A machine on which 5,000 connections have come and gone. */
const LONG_UP = { counters: { activeOpens: 5000, timeWaitReused: 0 } };
const freeOf = (sockets: readonly TestSocket[], overrides = {}) => {
  const { groups } = sampleOfSockets(sockets, overrides);
  const group = groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote);
  return group === undefined
    ? undefined
    : { free: group.free, atLeast: group.freeAtLeast, isCertain: group.uncertain === undefined };
};

describe('on a machine that has been up for long', () => {
  test('fewer opens than the first half has room leave no rush possible', () => {
    const sockets = [...even(10), ...odd(12), ...even(1, OTHER)];
    const opened = (activeOpens: number) => freeOf(sockets, { counters: { activeOpens } });
    expect(opened(23)).toEqual({ free: 87, atLeast: 87, isCertain: true });
    // 40 ports of the first half are free: 36 gone are a tenth short of a rush.
    expect(opened(23 + 35)).toEqual({ free: 87, atLeast: 87, isCertain: true });
    expect(opened(23 + 36)).toEqual({ free: 99, atLeast: 87, isCertain: false });
  });

  test('groups of other source addresses share numbers, and are bound all the same', () => {
    const sources = Array.from({ length: 9 }, (_, index) =>
      odd(10, { local: `10.0.4.${index}` }).map((socket) => ({
        ...socket,
        localPort: 40_001 + ((socket.localPort - 40_001 + 6 * index) % 100),
      })),
    );
    const bound = new Set(sources.flat().map(({ localPort }) => localPort)).size;
    const sockets = [...sources.flat(), ...even(1, OTHER)];
    const opened = (activeOpens: number) =>
      freeOf(sockets, { counters: { activeOpens, timeWaitReused: 0 } });
    // Nine rushes would need 450 more connections, less a tenth.
    expect(opened(91 + 404)).toEqual({ free: 99 - bound, atLeast: 99 - bound, isCertain: true });
    expect(opened(91 + 405)).toEqual({ free: 99, atLeast: 99 - bound, isCertain: false });
  });

  test('TIME_WAIT of one moment may be what a rush left, a stream up to now is not', () => {
    const closed = (leftMs: (index: number) => number) =>
      odd(30).map((socket, index) => ({
        ...socket,
        state: 'TIME_WAIT' as const,
        leftMs: leftMs(index),
      }));
    const burst = [...closed(() => 25_000), ...even(1, OTHER)];
    expect(freeOf(burst, LONG_UP)).toEqual({ free: 99, atLeast: 69, isCertain: false });
    const stream = [...closed((index) => 59_900 - 1000 * index), ...even(1, OTHER)];
    expect(freeOf(stream, LONG_UP)).toEqual({ free: 69, atLeast: 69, isCertain: true });
  });
});

test('sockets with IP_BIND_ADDRESS_NO_PORT were not bound', () => {
  const all = reading([...odd(30), ...even(1, OTHER)], LONG_UP);
  const sockets = Object.assign(all.sockets, {
    bindAddressNoPort: new Uint8Array(31).fill(1, 0, 30),
  });
  const [, other] = sampleOf({ ...all, sockets }).groups;
  expect(other).toMatchObject({ free: 99, freeAtLeast: 99 });
});

test('ports outside the range are counted, and are lost to the others in the widest one', () => {
  const numbered = connections(5, {}, 20_001);
  const { first, other } = groupsOf([...numbered, ...even(2), ...even(1, OTHER)]);
  expect(first?.outsideRange).toEqual({ count: 5, low: 20_001, high: 20_005 });
  expect(first).toMatchObject({ used: 2, free: 98, fullRangeUsed: 7, fullRangeLost: 0 });
  expect(other?.outsideRange).toEqual({ count: 0, low: undefined, high: undefined });
  expect(other).toMatchObject({ free: 99, fullRangeLost: 5 });
});

test('ports that connect() took in a range of before are lost to nobody in the widest one', () => {
  const taken = spaced(20_000, connections(5));
  const { first, other } = groupsOf([...taken, ...even(1, OTHER)]);
  expect(first?.outsideRange.count).toBe(5);
  expect(other).toMatchObject({ fullRangeLost: 0 });
});

test('sockets bound to different devices are groups of their own', () => {
  const sockets = [...even(3, { deviceIndex: 2 }), ...even(4, { deviceIndex: 3 })];
  const { groups } = sampleOf(reading(sockets));
  expect(groups.map(({ label, free }) => [label, free])).toEqual([
    ['10.0.3.7 → 10.0.9.21:8080 %3', 96],
    ['10.0.3.7 → 10.0.9.21:8080 %2', 97],
  ]);
});

/** A range of 2,000 ports on a machine where nothing has gone. */
const WIDE = { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 41999' } };
/** Live sockets on these ports, made in this order. */
const made = (ports: readonly number[], socket: Partial<TestSocket> = {}) =>
  connections(ports.length, socket).map((each, index) => ({
    ...each,
    localPort: ports[index] ?? 0,
    inode: 1 + index,
  }));
/** Port after port of a parity, in no order. */
const scattered = (count: number, first: number) =>
  Array.from({ length: count }, (_, index) => first + 2 * ((index * 389) % 1000));
const onward = (count: number, step: number, first = 40_000) =>
  Array.from({ length: count }, (_, index) => first + step * index);
const ONE_OPEN_TOO_FEW = { ...WIDE, counters: { activeOpens: 0 } };

describe('in the order in which sockets were made', () => {
  test('ports of both halves one after another are numbered, or of an own range, not bound by port 0', () => {
    const sockets = [...made(onward(360, 5)), ...made([40_006], OTHER)];
    expect(freeOf(sockets, ONE_OPEN_TOO_FEW)).toEqual({
      free: 1999,
      atLeast: 1639,
      isCertain: false,
    });
  });

  test('an own range with room in what is seen of it is no reason to worry, a full one is', () => {
    const groupOf = (step: number, count: number) =>
      sampleOfSockets(made(onward(count, step, 40_100).map(Math.floor)), ONE_OPEN_TOO_FEW)
        .groups[0];
    expect(groupOf(1.4, 300)?.ownHeadroomPercent).toBeCloseTo(28.6, 0);
    expect(groupOf(1.4, 300)?.isAssumed).toBeUndefined();
    expect(groupOf(1, 300)).toMatchObject({
      ownHeadroomPercent: 0,
      isAssumed: true,
      freeAtLeast: 0,
    });
  });

  test('scattered ports of the second half were bound', () => {
    const ports = [...onward(60, 8), ...scattered(60, 40_001)];
    expect(freeOf([...made(ports), ...made([40_006], OTHER)], ONE_OPEN_TOO_FEW)).toEqual({
      free: 1939,
      atLeast: 1939,
      isCertain: true,
    });
  });

  test('where those of the first half are scattered too, they were perhaps bound by number', () => {
    const ports = [...scattered(60, 40_000), ...scattered(60, 40_001)];
    const sockets = [...made(ports), ...made([40_006], OTHER)];
    expect(freeOf(sockets, ONE_OPEN_TOO_FEW)).toEqual({
      free: 1939,
      atLeast: 1879,
      isCertain: false,
    });
    // After many connections those that are left need not be near each other.
    const later = { ...WIDE, counters: { activeOpens: sockets.length + 6 } };
    expect(freeOf(sockets, later)).toEqual({ free: 1939, atLeast: 1939, isCertain: true });
  });
});

describe('of one source address', () => {
  const bindBefore = (
    ports: readonly number[],
    socket: Partial<TestSocket> = { remote: '10.0.9.40' },
  ) =>
    connections(ports.length, socket).map((each, index) => ({
      ...each,
      localPort: ports[index] ?? 0,
    }));
  const remotes = Array.from({ length: 5 }, (_, index) => ({ remote: `10.0.9.${31 + index}` }));

  test('a rush to one destination beside bound ports of others shares none with them either', () => {
    const bound = remotes.flatMap((remote, index) =>
      spaced(40_001 + 60 * index, connections(30, remote)),
    );
    const rush = [...even(1000), ...spaced(40_401, connections(300))];
    const sockets = [...bound, ...rush, ...spaced(40_000, connections(1, OTHER))];
    expect(freeOf(sockets, WIDE)).toEqual({ free: 1849, atLeast: 1549, isCertain: false });
  });

  test('and what is left of it in both halves may be of the rush, whoever binds the others', () => {
    const bound = bindBefore(scattered(400, 40_001));
    const left = (ofFirst: number) => [
      ...spaced(40_000, connections(ofFirst)),
      ...bindBefore(scattered(1000, 40_001).slice(500, 650), {}),
    ];
    const long = { ...WIDE, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
    const look = (ofFirst: number) =>
      freeOf([...bound, ...left(ofFirst), ...spaced(41_900, connections(1, OTHER))], long);
    expect(look(150)).toEqual({ free: 1599, atLeast: 1449, isCertain: false });
    // What is nearly all in the second half is no rush's.
    expect(look(3)).toEqual({ free: 1449, atLeast: 1449, isCertain: true });
  });

  test('who has far more of the first half than others has connect()ed too, once bind() goes on there', () => {
    const all = Array.from({ length: 1000 }, (_, index) => 40_001 + 2 * ((index * 389) % 1000));
    const bound = remotes.flatMap((remote, index) =>
      [...all.slice(200 * index, 200 * (index + 1)), ...onward(40, 2, 40_000 + 80 * index)].map(
        (localPort) => ({ local: '10.0.3.7', remotePort: 8080, ...remote, localPort }),
      ),
    );
    const first = remotes[0];
    const more = spaced(41_000, connections(150, first));
    const other = spaced(41_900, connections(1, OTHER));
    const long = { ...WIDE, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
    expect(freeOf([...bound, ...other], long)).toEqual({
      free: 799,
      atLeast: 799,
      isCertain: true,
    });
    // 40 of them were bound.
    expect(freeOf([...bound, ...more, ...other], long)).toEqual({
      free: 839,
      atLeast: 649,
      isCertain: false,
    });
  });

  test('what is bound of the first half stays so when some of the second is free again', () => {
    const bound = remotes.flatMap((remote, index) =>
      [
        ...scattered(1000, 40_001).slice(150 * index, 150 * (index + 1)),
        ...onward(40, 2, 40_000 + 80 * index),
      ].map((localPort) => ({ local: '10.0.3.7', remotePort: 8080, ...remote, localPort })),
    );
    const sockets = [...bound, ...spaced(41_900, connections(1, OTHER))];
    const long = { ...WIDE, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
    expect(freeOf(sockets, long)).toEqual({ free: 1049, atLeast: 1049, isCertain: true });
  });

  test('its own sockets with IP_BIND_ADDRESS_NO_PORT are nobody that a group should share with', () => {
    const half = (first: number) => spaced(40_000 + first, connections(500));
    const withOption = half(1).map((socket) => ({ ...socket, bindAddressNoPort: true }));
    const closed = half(1001).map((socket) => ({
      ...socket,
      state: 'TIME_WAIT' as const,
      leftMs: 30_000,
    }));
    const sockets = [
      ...even(1000),
      ...withOption,
      ...closed,
      ...spaced(40_000, connections(9, OTHER)),
    ];
    expect(freeOf(sockets, WIDE)).toEqual({ free: 1991, atLeast: 1991, isCertain: true });
  });
});

test('a block goes on behind reserved ports', () => {
  // 24 ports by number, of which the nine behind the first are reserved.
  const ports = [40_026, ...onward(15, 1, 40_036)];
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '40027-40035' };
  const sockets = [...made(ports), ...made([40_090], OTHER)];
  expect(freeOf(sockets, { sysctls })).toEqual({ free: 90, atLeast: 74, isCertain: false });
});

describe('the order of closes', () => {
  const reuse = { ...WIDE.sysctls, 'net.ipv4.tcp_tw_reuse': '1' };
  const LONG = { sysctls: reuse, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
  /** Closed one every 20 ms, the last one 5 s ago. */
  const closedInTurn = (ports: readonly number[]) =>
    made(ports).map((socket, index) => ({
      ...socket,
      state: 'TIME_WAIT' as const,
      leftMs: 55_000 - 20 * (ports.length - index),
    }));

  test('leaves it open where it is in no order by port', () => {
    const ports = [...scattered(400, 40_001), ...scattered(400, 40_000)];
    const [group] = sampleOfSockets(closedInTurn(ports), LONG).groups;
    // Nor does anything show that the 800 are taken over.
    expect(group).toMatchObject({ free: 2000, freeAtLeast: 1200 - 800, unsupportedDoubt: 800 });
  });

  test('tells nothing of a full range whose ports are taken again as they come back', () => {
    // In passes, each upwards over what has come back meanwhile.
    const again = (from: number, passes: number) =>
      Array.from({ length: passes }, (_, pass) =>
        Array.from({ length: 100 }, (__, index) => from + 2 * pass + 20 * index),
      ).flat();
    const sockets = closedInTurn([...again(40_001, 4), ...again(40_000, 8)]);
    const counters = { activeOpens: 90_000, timeWaitReused: 0 };
    const [group] = sampleOfSockets(sockets, { ...WIDE, counters }).groups;
    expect(group).toMatchObject({ free: 800, freeAtLeast: 800 });
    expect(group?.uncertain).toBeUndefined();
  });

  test('tells nothing of a pool that is closed from its newest connection back', () => {
    const taken = [...onward(1000, 2), ...onward(400, 2, 40_001)];
    const ports = taken.toReversed().slice(0, 800);
    const [group] = sampleOfSockets(closedInTurn(ports), LONG).groups;
    expect(group?.bindBeforeConnect.certain).toBe(false);
    expect(group?.free).toBe(2000);
  });
});

test('a rush that goes from port to port is not called numbered', () => {
  const sockets = [...made(onward(360, 5)), ...made([40_006], OTHER)];
  const long = { ...WIDE, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
  const { groups } = sampleOfSockets(sockets, long);
  const other = groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote);
  expect(other?.uncertain).toMatch(/opened while the other half was full/);
});
