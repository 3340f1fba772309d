/**
 * Situations whose headroom the kernel itself can be asked for: each is built in a namespace, and
 * `free` is what the kernel then gives. One connection stays open in every group, so that there is
 * a group to report.
 */
import type { CloseOrder } from '../../helpers/namespace-protocol.ts';
import {
  closed,
  group,
  ids,
  live,
  loopback,
  LOOPBACK,
  LOOPBACK6,
  MAPPED,
  OTHER,
  REMOTE_LIKE,
  type Scenario,
} from './scenario.ts';
import { timeWaitScenarios } from './time-wait-scenarios.ts';

/** Listens on 40050 as well, and connects once to the destination. */
/** The first and the last port of the parity that bind() takes first. */
const ENDS_OF_BIND = [40_001, 40_099];

const listenerInside = (address: string): Scenario => ({
  name: `a listener inside the range on ${address}`,
  async arrange(namespace) {
    await namespace.listen({ address, port: 40_050 });
    await namespace.connect({ destination: LOOPBACK, count: 1 });
  },
  expected: loopback(98),
  portSpace: { reserved: 0, held: 1 },
});

/** Connections accepted on 40050, whose listener has closed since, and 3 to the destination. */
const acceptedInside = (name: string, count: number, end: 'live' | CloseOrder): Scenario => ({
  name: `${name} accepted inside the range, listener since closed`,
  sysctls: { 'net.ipv4.tcp_tw_reuse': '0' },
  async arrange(namespace) {
    const inside = { address: '127.0.0.1', port: 40_050 };
    const listener = await namespace.listen(inside);
    const { connections } = await namespace.connect({ destination: inside, count });
    if (end !== 'live') await namespace.close(ids(connections), end);
    await namespace.release(listener);
    await namespace.connect({ destination: LOOPBACK, count: 3 });
  },
  expected: loopback(96),
  portSpace: { held: 1 },
});

/** Connections to 40050 from ten addresses, that their clients closed first; the listener has closed since. */
const leftInside: Scenario = {
  name: 'the TIME_WAIT of clients of a listener inside the range that has closed since',
  sysctls: { 'net.ipv4.tcp_tw_reuse': '0' },
  async arrange(namespace) {
    const inside = { address: '127.0.0.1', port: 40_050 };
    const listener = await namespace.listen(inside);
    for (let client = 0; client < 10; client++) {
      const bindTo = { address: `127.0.1.${client + 1}`, port: 0 };
      const options = { destination: inside, count: client < 9 ? 1 : 2, bindTo };
      const { connections } = await namespace.connect({ ...options, bindAddressNoPort: true });
      await namespace.close(ids(connections), 'client-first');
    }
    await namespace.release(listener);
    await namespace.connect({ destination: LOOPBACK, count: 3 });
  },
  expected: loopback(97),
  portSpace: { held: 0 },
};

const openPorts: Scenario[] = [
  { name: 'one live connection', arrange: live(LOOPBACK, 1), expected: loopback(99) },
  { name: '30 live connections', arrange: live(LOOPBACK, 30), expected: loopback(70) },
  { name: 'every port taken', arrange: live(LOOPBACK, 100), expected: loopback(0) },
  {
    name: 'CLOSE_WAIT holds its port',
    arrange: closed(LOOPBACK, 30, 'server-only'),
    expected: loopback(69),
  },
  {
    name: 'connections that the server closed first hold nothing',
    arrange: closed(LOOPBACK, 30, 'server-first'),
    expected: loopback(99),
  },
  {
    name: 'reserved ports, one of them outside the range',
    sysctls: { 'net.ipv4.ip_local_reserved_ports': '40010-40019,50000' },
    arrange: live(LOOPBACK, 1),
    expected: loopback(89),
    portSpace: { reserved: 10, held: 0 },
  },
  {
    name: 'a listener on a reserved port is not counted twice',
    sysctls: { 'net.ipv4.ip_local_reserved_ports': '40010-40019' },
    async arrange(namespace) {
      await namespace.listen({ address: '0.0.0.0', port: 40_015 });
      await namespace.connect({ destination: LOOPBACK, count: 1 });
    },
    expected: loopback(89),
    portSpace: { reserved: 10, held: 0 },
  },
  {
    name: 'an odd-sized range',
    range: '40000 40100',
    arrange: live(LOOPBACK, 1),
    expected: loopback(100),
    tolerance: 1,
  },
];

const heldPorts: Scenario[] = [
  listenerInside('0.0.0.0'),
  listenerInside('127.0.0.9'),
  listenerInside('::'),
  listenerInside('::1'),
  {
    name: 'two listeners on one port hold it once',
    async arrange(namespace) {
      await namespace.listen({ address: '127.0.0.8', port: 40_050 });
      await namespace.listen({ address: '127.0.0.9', port: 40_050 });
      await namespace.connect({ destination: LOOPBACK, count: 1 });
    },
    expected: loopback(98),
    portSpace: { held: 1 },
  },
  {
    name: 'a TCP socket bound inside the range and left at that',
    async arrange(namespace) {
      await namespace.bind({ address: '127.0.0.1', port: 40_050 }, 'tcp');
      await namespace.connect({ destination: LOOPBACK, count: 1 });
    },
    expected: loopback(98),
    sources: ['netlink'],
    since: [6, 8], // sock_diag does not show such a socket before, and /proc/net/tcp never does
  },
  {
    name: 'a UDP socket inside the range',
    async arrange(namespace) {
      await namespace.bind({ address: '127.0.0.1', port: 40_050 }, 'udp');
      await namespace.connect({ destination: LOOPBACK, count: 1 });
    },
    expected: loopback(99),
    portSpace: { held: 0 },
  },
  {
    name: 'a destination port inside the range',
    arrange: live({ address: '127.0.0.1', port: 40_080 }, 5),
    expected: [group('127.0.0.1', { address: '127.0.0.1', port: 40_080 }, 94)],
    portSpace: { held: 1 },
  },
  {
    name: 'bind-before-connect to the same destination',
    async arrange(namespace) {
      const bindTo = { address: '127.0.0.1', port: 0 };
      await namespace.connect({ destination: LOOPBACK, count: 30, bindTo });
    },
    expected: loopback(70),
  },
  {
    name: 'bind-before-connect to another destination',
    async arrange(namespace) {
      const bindTo = { address: '127.0.0.1', port: 0 };
      // From end to end: in one draw of a hundred, 20 of 50 lie together, and are in doubt.
      await namespace.connect({ destination: LOOPBACK, ports: ENDS_OF_BIND, bindTo });
      await namespace.connect({ destination: LOOPBACK, count: 18, bindTo });
      await namespace.connect({ destination: LOOPBACK, count: 5 });
      await namespace.connect({ destination: OTHER, count: 6 });
    },
    expected: [group('127.0.0.1', OTHER, 74), ...loopback(75)],
    portSpace: { held: 20 },
  },
  {
    name: 'bind with IP_BIND_ADDRESS_NO_PORT costs the others nothing',
    async arrange(namespace) {
      const bindTo = { address: '127.0.0.1', port: 0 };
      await namespace.connect({
        destination: LOOPBACK,
        count: 60,
        bindTo,
        bindAddressNoPort: true,
      });
      await namespace.connect({ destination: OTHER, count: 5 });
    },
    expected: [group('127.0.0.1', OTHER, 95), ...loopback(40)],
    portSpace: { held: 0 },
  },
  acceptedInside('40 live connections', 40, 'live'),
  acceptedInside('one live connection', 1, 'live'),
  acceptedInside('the TIME_WAIT of 12 connections', 12, 'server-first'),
  acceptedInside('the TIME_WAIT of one connection', 1, 'server-first'),
  leftInside,
];

const separateGroups: Scenario[] = [
  {
    name: 'two destinations',
    async arrange(namespace) {
      await namespace.connect({ destination: LOOPBACK, count: 10 });
      await namespace.connect({ destination: OTHER, count: 20 });
    },
    expected: [group('127.0.0.1', LOOPBACK, 90), group('127.0.0.1', OTHER, 80)],
  },
  {
    name: 'two sources to one destination',
    async arrange(namespace) {
      await namespace.addAddress('10.9.9.2');
      await namespace.connect({ destination: REMOTE_LIKE, count: 10 });
      await namespace.setSource(REMOTE_LIKE.address, '10.9.9.2');
      await namespace.connect({ destination: REMOTE_LIKE, count: 20 });
    },
    expected: [group('10.9.9.2', REMOTE_LIKE, 80), group('10.9.9.1', REMOTE_LIKE, 90)],
  },
  { name: '::1', arrange: live(LOOPBACK6, 7), expected: [group('::1', LOOPBACK6, 93)] },
  {
    name: '127.0.0.1 and ::1 at the same port',
    async arrange(namespace) {
      await namespace.connect({ destination: LOOPBACK, count: 10 });
      await namespace.connect({ destination: LOOPBACK6, count: 20 });
    },
    expected: [...loopback(90), group('::1', LOOPBACK6, 80)],
  },
  {
    name: 'IPv4-mapped mixed with IPv4',
    async arrange(namespace) {
      await namespace.connect({ destination: LOOPBACK, count: 10 });
      await namespace.connect({ destination: MAPPED, count: 15 });
    },
    expected: loopback(75),
  },
];

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  ...openPorts,
  ...heldPorts,
  ...separateGroups,
  ...timeWaitScenarios,
];
