import type { CloseOrder, Endpoint } from '../../helpers/namespace-protocol.ts';
import type { Namespace } from '../../helpers/namespace.ts';
import {
  closed,
  type Expected,
  group,
  ids,
  LOOPBACK,
  loopback,
  LOOPBACK6,
  MAPPED,
  OTHER,
  REMOTE_LIKE,
  REUSE_DELAY,
  type Scenario,
} from './scenario.ts';

/** Longer than a test takes: nothing becomes reusable while it runs. */
const YOUNG = { [REUSE_DELAY]: '60000' };
/** Everything is reusable once it is this old. */
const DELAY_MS = 200;
const OLD = { [REUSE_DELAY]: String(DELAY_MS) };
const SETTLED_MS = 2 * DELAY_MS;
/** The same where the delay is a constant second, counted in whole seconds. */
const SETTLED_CONSTANT_MS = 2_100;

/** The same, returning when the closed ones are older than the reuse delay. */
function closedLongAgo(destination: Endpoint, count: number, order?: CloseOrder) {
  return async (namespace: Namespace): Promise<void> => {
    await closed(destination, count, order)(namespace);
    const settable = (await namespace.readSysctl(REUSE_DELAY)) !== null;
    await namespace.timeWaitsOlderThan(settable ? SETTLED_MS : SETTLED_CONSTANT_MS);
  };
}

const remoteLike = (free: number, reusable?: number): Expected[] => [
  group(REMOTE_LIKE.address, REMOTE_LIKE, free, reusable),
];

/** When the kernel takes a TIME_WAIT over for a new connection, and when it does not. */
export const timeWaitScenarios: readonly Scenario[] = [
  {
    name: '40 TIME_WAIT off loopback, tcp_tw_reuse 2',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '2' },
    arrange: closedLongAgo(REMOTE_LIKE, 40),
    expected: remoteLike(59, 0),
  },
  {
    name: '30 young TIME_WAIT on loopback, tcp_tw_reuse 2',
    since: [6, 14],
    sysctls: { ...YOUNG, 'net.ipv4.tcp_tw_reuse': '2' },
    arrange: closed(LOOPBACK, 30),
    expected: loopback(69, 0),
  },
  {
    name: '30 old TIME_WAIT on loopback, tcp_tw_reuse 2',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '2' },
    arrange: closedLongAgo(LOOPBACK, 30),
    expected: loopback(99, 30),
  },
  {
    name: '20 TIME_WAIT older than the delay and 15 younger',
    since: [6, 14],
    // On a busy machine it takes some seconds until the young ones are looked at.
    sysctls: { [REUSE_DELAY]: '15000', 'net.ipv4.tcp_tw_reuse': '2' },
    async arrange(namespace) {
      await closed(LOOPBACK, 20)(namespace);
      await namespace.timeWaitsOlderThan(15_200);
      const young = await namespace.connect({ destination: OTHER, count: 16 });
      await namespace.close(ids(young.connections.slice(1)), 'client-first');
    },
    expected: [...loopback(99, 20), group('127.0.0.1', OTHER, 84, 0)],
  },
  {
    name: '30 old TIME_WAIT on ::1, tcp_tw_reuse 2',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '2' },
    arrange: closedLongAgo(LOOPBACK6, 30),
    expected: [group('::1', LOOPBACK6, 99, 30)],
  },
  {
    name: '30 old TIME_WAIT of IPv4-mapped loopback, tcp_tw_reuse 2',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '2' },
    arrange: closedLongAgo(MAPPED, 30),
    expected: loopback(99, 30),
  },
  {
    name: '30 old TIME_WAIT on loopback, tcp_tw_reuse 0',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '0' },
    arrange: closedLongAgo(LOOPBACK, 30),
    expected: loopback(69, 0),
  },
  {
    name: '30 old TIME_WAIT off loopback, tcp_tw_reuse 1 with timestamps',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '1' },
    arrange: closedLongAgo(REMOTE_LIKE, 30),
    expected: remoteLike(99, 30),
  },
  {
    name: '30 young TIME_WAIT off loopback, tcp_tw_reuse 1 with timestamps',
    since: [6, 14],
    sysctls: { ...YOUNG, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '1' },
    arrange: closed(REMOTE_LIKE, 30),
    expected: remoteLike(69, 0),
  },
  {
    name: '30 old TIME_WAIT off loopback, tcp_tw_reuse 1 without timestamps',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' },
    arrange: closedLongAgo(REMOTE_LIKE, 30),
    expected: remoteLike(69, 0),
  },
  {
    name: '30 FIN_WAIT2 time-wait sockets, tcp_tw_reuse 1',
    sysctls: { ...OLD, 'net.ipv4.tcp_tw_reuse': '1' },
    arrange: closedLongAgo(LOOPBACK, 30, 'client-only'),
    expected: loopback(69, 0),
  },
];
