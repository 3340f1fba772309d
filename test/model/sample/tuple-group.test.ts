import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TCP_STATES, type TcpState } from '../../../src/kernel/tcp-state.ts';
import {
  connections,
  modelOf,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../../helpers/sockets.ts';

const LISTEN_8080: TestSocket = { local: '0.0.0.0', localPort: 8080, state: 'LISTEN' };
const LOOPBACK = { local: '127.0.0.1', remote: '127.0.0.1' };

interface Case {
  readonly name: string;
  readonly sockets: readonly TestSocket[];
  readonly sysctls?: Partial<typeof SMALL_RANGE>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const CASES: readonly Case[] = [
  {
    name: 'live connections take a port each',
    sockets: connections(30),
    expected: { usable: 100, used: 30, liveUsed: 30, free: 70, reusable: 0, headroomPercent: 70 },
  },
  {
    name: 'a full group has no headroom',
    sockets: connections(100),
    expected: { used: 100, free: 0, headroomPercent: 0 },
  },
  {
    name: 'reserved ports are not usable, in the range or not',
    sockets: connections(1),
    sysctls: { 'net.ipv4.ip_local_reserved_ports': '8080,40010-40019,40095-40200' },
    expected: { usable: 85, used: 1, free: 84 },
  },
  {
    name: 'a listener of any address or family holds its port for everyone',
    sockets: [
      ...connections(1),
      { local: '127.0.0.9', localPort: 40_050, state: 'LISTEN' },
      { local: '::1', localPort: 40_051, state: 'LISTEN' },
      { local: '0.0.0.0', localPort: 40_051, state: 'LISTEN' },
      { local: '0.0.0.0', localPort: 9000, state: 'LISTEN' },
    ],
    expected: { usable: 98, used: 1, free: 97 },
  },
  {
    name: 'a port bound and not connected is held',
    sockets: [
      ...connections(1),
      { local: '127.0.0.1', localPort: 40_050, state: 'BOUND_INACTIVE' },
    ],
    expected: { usable: 99, free: 98 },
  },
  {
    name: 'a connection outside the range is shown and takes nothing',
    sockets: [...connections(2), ...connections(3, {}, 50_000)],
    expected: { used: 2, free: 98, byState: { ESTABLISHED: 5 } },
  },
  {
    name: 'TIME_WAIT off loopback blocks with tcp_tw_reuse 2',
    sockets: timeWaits(40, 30_000),
    expected: { used: 40, timeWaitUsed: 40, reusable: 0, free: 60 },
  },
  {
    name: 'TIME_WAIT on loopback is free once it is older than the delay',
    sockets: [...timeWaits(30, 58_990, LOOPBACK), ...timeWaits(10, 59_010, LOOPBACK, 40_050)],
    expected: { used: 10, timeWaitUsed: 10, reusable: 30, free: 90 },
  },
  {
    name: 'exactly as old as the delay is not old enough',
    sockets: timeWaits(5, 59_000, LOOPBACK),
    expected: { used: 5, reusable: 0 },
  },
  {
    name: 'tcp_tw_reuse 1 reuses everywhere',
    sockets: timeWaits(30, 30_000),
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1' },
    expected: { used: 0, reusable: 30, free: 100 },
  },
  {
    name: 'nothing is reused without timestamps',
    sockets: timeWaits(30, 30_000),
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' },
    expected: { used: 30, reusable: 0, free: 70 },
  },
  {
    name: 'nothing is reused with tcp_tw_reuse 0',
    sockets: timeWaits(30, 30_000, LOOPBACK),
    sysctls: { 'net.ipv4.tcp_tw_reuse': '0' },
    expected: { used: 30, reusable: 0 },
  },
  {
    name: 'the delay is 1 s where its sysctl does not exist',
    sockets: [...timeWaits(3, 58_000), ...timeWaits(4, 59_500, {}, 40_050)],
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_tw_reuse_delay': null },
    expected: { used: 4, reusable: 3 },
  },
  {
    name: 'FIN_WAIT2 time-wait sockets are never reused',
    sockets: connections(7, { ...LOOPBACK, state: 'FIN_WAIT2', leftMs: 100 }),
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1' },
    expected: { used: 7, reusable: 0, byState: { FIN_WAIT2: 7 } },
  },
  {
    name: '::1 is loopback, and a group of its own',
    sockets: timeWaits(6, 10_000, { local: '::1', remote: '::1' }),
    expected: {
      localAddress: '::1',
      remoteAddress: '::1',
      family: 6,
      label: '::1 → [::1]:8080',
      reusable: 6,
      free: 100,
    },
  },
  {
    name: 'a socket that is listed twice counts once',
    sockets: [...connections(3), ...timeWaits(3, 60_000)],
    expected: { used: 3, liveUsed: 3, byState: { ESTABLISHED: 3 } },
  },
];

describe('one group', () => {
  test.for(CASES)('$name', ({ sockets, sysctls, expected }) => {
    const { groups } = sampleOfSockets(sockets, { sysctls: { ...SMALL_RANGE, ...sysctls } });
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject(expected);
  });
});

describe('which connections are outgoing', () => {
  const inbound = (local: string): TestSocket => ({
    local,
    localPort: 8080,
    remote: '10.0.1.1',
    remotePort: 50_000,
  });

  test.for<[string, TestSocket, string, number]>([
    ['a wildcard listener accepts on every address', LISTEN_8080, '10.0.3.7', 0],
    [
      'a listener on another address does not',
      { ...LISTEN_8080, local: '10.0.3.8' },
      '10.0.3.7',
      1,
    ],
    ['a listener on the address does', { ...LISTEN_8080, local: '10.0.3.7' }, '10.0.3.7', 0],
    ['an IPv6 wildcard accepts IPv4 too', { ...LISTEN_8080, local: '::' }, '10.0.3.7', 0],
    ['an IPv4 wildcard does not accept IPv6', LISTEN_8080, 'fd00::7', 1],
    [
      'a listener on an IPv6 address accepts there',
      { ...LISTEN_8080, local: 'fd00::7' },
      'fd00::7',
      0,
    ],
  ])('%s', ([, listener, local, groups]) => {
    const remote = local.includes(':') ? 'fd00::1' : '10.0.1.1';
    expect(sampleOfSockets([listener, { ...inbound(local), remote }]).groups).toHaveLength(groups);
  });

  test('on loopback only the client end makes a group', () => {
    const client = connections(4, LOOPBACK);
    const server = client.map(({ localPort }) => ({
      ...LOOPBACK,
      localPort: 8080,
      remotePort: localPort,
    }));
    const { groups } = sampleOfSockets([LISTEN_8080, ...client, ...server]);
    expect(groups.map(({ label, used }) => [label, used])).toEqual([
      ['127.0.0.1 → 127.0.0.1:8080', 4],
    ]);
  });
});

test('sources and destinations have ports of their own; the fullest group comes first', () => {
  const { groups } = sampleOfSockets([
    ...connections(10),
    ...connections(30, { remote: '10.0.9.22' }),
    ...connections(20, { local: '10.0.3.8' }),
    ...connections(5, { remotePort: 8081 }),
  ]);
  expect(groups.map(({ label, free }) => [label, free])).toEqual([
    ['10.0.3.7 → 10.0.9.22:8080', 70],
    ['10.0.3.8 → 10.0.9.21:8080', 80],
    ['10.0.3.7 → 10.0.9.21:8080', 90],
    ['10.0.3.7 → 10.0.9.21:8081', 95],
  ]);
});

test('the drain schedule and the close rate come from the timers', () => {
  const sockets = [
    ...timeWaits(4, 200), // second 0
    ...timeWaits(3, 30_999, {}, 40_010), // second 30
    ...timeWaits(20, 55_000, {}, 40_020), // closed 5 s ago
    ...timeWaits(1, 60_000, {}, 40_050), // closed just now
  ];
  const [group] = sampleOfSockets(sockets).groups;
  const schedule = group?.drainSchedule ?? [];
  expect(schedule).toHaveLength(60);
  expect([schedule[0], schedule[30], schedule[55], schedule[59]]).toEqual([4, 3, 20, 1]);
  expect(group?.closeRate).toBe(2.1);
});

test('whatever the sockets, the numbers agree with each other', () => {
  const states = TCP_STATES.filter(
    (state): state is TcpState =>
      state !== undefined && state !== 'LISTEN' && state !== 'BOUND_INACTIVE',
  );
  const socket = fc.record({
    local: fc.constantFrom('10.0.3.7', '10.0.3.8', '127.0.0.1'),
    remote: fc.constantFrom('10.0.9.21', '10.0.9.22', '127.0.0.1'),
    localPort: fc.integer({ min: 39_990, max: 40_110 }),
    remotePort: fc.constantFrom(8080, 443, 40_007),
    state: fc.constantFrom(...states),
    leftMs: fc.integer({ min: 0, max: 61_000 }),
  });
  const listener = fc.record({
    local: fc.constant('0.0.0.0'),
    localPort: fc.integer({ min: 39_990, max: 40_110 }),
    state: fc.constant('LISTEN' as const),
  });
  fc.assert(
    fc.property(
      fc.array(socket, { maxLength: 300 }),
      fc.array(listener, { maxLength: 10 }),
      fc.constantFrom('0', '1', '2'),
      (sockets, listeners, reuse) => {
        const model = modelOf([...sockets, ...listeners], {
          sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': reuse },
        });
        const { portSpace } = model.sample;
        expect(portSpace.usable).toBe(portSpace.size - portSpace.reserved - portSpace.held);
        for (const group of model.groups) {
          expect(group.used).toBe(group.liveUsed + group.timeWaitUsed);
          expect(group.free).toBe(group.usable - group.used);
          expect(group.free).toBeGreaterThanOrEqual(group.reusable);
          expect(group.free).toBeGreaterThanOrEqual(group.freeAtLeast);
          expect(group.uncertain === undefined).toBe(group.free === group.freeAtLeast);
          expect(group.drainSchedule.reduce((sum, count) => sum + count, 0)).toBe(
            group.byState.TIME_WAIT ?? 0,
          );
        }
        const headrooms = model.groups.map(({ headroomPercentAtLeast }) => headroomPercentAtLeast);
        expect(headrooms).toEqual(headrooms.toSorted((a, b) => a - b));
      },
    ),
  );
});
