/** Both sources look at the same sockets, in the same moment: they must see the same. */
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { BOUND_INACTIVE, TCP_STATES } from '../../../src/kernel/tcp-state.ts';
import type { CloseOrder, Endpoint } from '../../helpers/namespace-protocol.ts';
import {
  type Namespace,
  nodePath,
  openNamespace,
  requireNamespace,
} from '../../helpers/namespace.ts';
import type { PrintedSockets } from '../../helpers/print-sockets.ts';
import { isSince } from './kernel-version.ts';
import { ids, LOOPBACK, LOOPBACK6, MAPPED, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const PROGRAM = fileURLToPath(new URL('../../helpers/print-sockets.ts', import.meta.url));
const BOUND_LOOKS = fileURLToPath(new URL('../../helpers/print-bound-looks.ts', import.meta.url));
const DESTINATIONS: readonly Endpoint[] = [
  LOOPBACK,
  LOOPBACK6,
  REMOTE_LIKE,
  { ...MAPPED, port: 9090 },
];
const BOUND: readonly Endpoint[] = [
  { address: '127.0.0.1', port: 40_060 },
  { address: '::1', port: 40_061 },
  { address: '::ffff:127.0.0.9', port: 40_062 },
];

type Row = PrintedSockets['netlink']['rows'][number];

/** Listeners, and of each destination one connection or two in every state that lasts. */
async function mix(namespace: Namespace): Promise<void> {
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  await namespace.addAddress(REMOTE_LIKE.address);
  for (const destination of DESTINATIONS) await namespace.listen(destination);
  await namespace.listen({ address: '0.0.0.0', port: 7070 });
  await namespace.listen({ address: '::', port: 7171 });
  for (const endpoint of BOUND) await namespace.bind(endpoint, 'tcp');
  for (const destination of DESTINATIONS) {
    const { connections } = await namespace.connect({ destination, count: 7 });
    const opened = ids(connections);
    await namespace.close(opened.slice(0, 2), 'client-first');
    await namespace.close(opened.slice(2, 3), 'client-only');
    await namespace.close(opened.slice(3, 4), 'server-only');
    await namespace.close(opened.slice(4, 5), 'server-first');
  }
}

async function look(namespace: Namespace): Promise<PrintedSockets> {
  const { status, stdout, stderr } = await namespace.run(nodePath(), [PROGRAM]);
  // Nor does loading node:ffi say anything.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as PrintedSockets;
}

const endsOf = ({ local, remote }: Row) => `${local} ${remote}`;
const sorted = (rows: readonly Row[]) => rows.toSorted((a, b) => (endsOf(a) < endsOf(b) ? -1 : 1));
const timeless = (rows: readonly Row[]) => rows.map((row) => ({ ...row, timerMs: 0 }));

test('netlink and procfs see the same sockets', async () => {
  await using namespace = await openNamespace();
  await mix(namespace);
  const { before, netlink, after } = await look(namespace);
  expect([before, netlink, after].flatMap(({ warnings }) => warnings)).toEqual([]);
  expect([before.source, netlink.source]).toEqual(['procfs', 'netlink']);
  expect(netlink.sysctls).toEqual(before.sysctls);

  const isBound = ({ state }: Row) => state === BOUND_INACTIVE;
  const seen = sorted(netlink.rows.filter((row) => !isBound(row)));
  const [earlier, later] = [sorted(before.rows), sorted(after.rows)];
  expect(timeless(seen)).toEqual(timeless(earlier));
  // Of each destination: a listener, and both ends of 7 connections, but one end of the 3 that were
  // closed on both sides.
  expect(seen).toHaveLength(2 + DESTINATIONS.length * (1 + 14 - 3));
  const states = new Set(seen.map(({ state = 0 }) => TCP_STATES[state]));
  expect(states).toEqual(
    new Set(['LISTEN', 'ESTABLISHED', 'TIME_WAIT', 'FIN_WAIT2', 'CLOSE_WAIT']),
  );

  // Timers run down; procfs tells them in hundredths of a second.
  seen.forEach(({ timerMs = 0 }, index) => {
    const [most = 0, least = 0] = [earlier[index]?.timerMs, later[index]?.timerMs];
    if (most === 0) return expect(timerMs).toBe(0);
    expect(timerMs).toBeLessThanOrEqual(most + 20);
    expect(timerMs).toBeGreaterThanOrEqual(least - 20);
  });
});

test('of many sockets, netlink leaves out those that were accepted outside the range', async () => {
  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '10000 64999');
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.listen(LOOPBACK);
  await namespace.listen({ address: '127.0.0.1', port: 20_051 });
  await namespace.connect({ destination: LOOPBACK, count: 30 });
  const openAndClose = async (count: number, order: CloseOrder) => {
    const { connections } = await namespace.connect({ destination: LOOPBACK, count });
    await namespace.close(ids(connections), order);
  };
  await openAndClose(170, 'client-first');
  // Their TIME_WAIT is the listener's. Not all at once, for the sake of the limit of open files.
  for (let made = 0; made < 13_000; made += 500) await openAndClose(500, 'server-first');

  const [netlink, procfs] = [await namespace.sample('netlink'), await namespace.sample('procfs')];
  const ends = { localAddress: '127.0.0.1', remoteAddress: '127.0.0.1', remotePort: 8080 };
  const used = { byState: { ESTABLISHED: 30, TIME_WAIT: 170 }, used: 200, free: 54_799 };
  for (const { groups, portSpace } of [netlink, procfs]) {
    expect(groups).toEqual([expect.objectContaining({ ...ends, ...used })]);
    expect(portSpace.held).toBe(1);
  }
  const { sockets } = procfs.sampling;
  expect(sockets).toBeGreaterThan(10_500);
  expect(procfs.byState).toEqual({ LISTEN: 2, ESTABLISHED: 60, TIME_WAIT: sockets - 62 });
  expect(netlink.byState).toEqual(procfs.byState);
  expect(netlink.sampling).toMatchObject({ sockets: 202, leftOut: sockets - 202 });
  expect(procfs.sampling.leftOut).toBe(0);
});

test('only netlink sees a socket that is bound and left at that', async ({ skip }) => {
  skip(!isSince([6, 8]), 'needs Linux 6.8');
  await using namespace = await openNamespace();
  await mix(namespace);
  const { netlink, after } = await look(namespace);
  const bound = netlink.rows.filter(({ state }) => state === BOUND_INACTIVE);
  expect(bound.map(endsOf).toSorted()).toEqual([
    '127.0.0.1 40060 0.0.0.0 0',
    '127.0.0.9 40062 0.0.0.0 0',
    '::1 40061 :: 0',
  ]);
  expect(after.rows.some(({ state }) => state === BOUND_INACTIVE)).toBe(false);
});

test('what is bound between two looks, or bound no more, shows in the next one', async ({
  skip,
}) => {
  skip(!isSince([6, 8]), 'needs Linux 6.8');
  await using namespace = await openNamespace();
  await namespace.listen(LOOPBACK);
  const { status, stdout, stderr } = await namespace.run(nodePath(), [
    '--no-warnings',
    BOUND_LOOKS,
    JSON.stringify(LOOPBACK),
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual([[], [40_061], [40_061], [40_061, 40_063], [40_063], []]);
});

test('only netlink sees what was set on a socket', async () => {
  await using namespace = await openNamespace();
  await namespace.listen(LOOPBACK);
  await namespace.listen(LOOPBACK6);
  const settings = [
    {},
    { bindTo: { address: '127.0.0.1', port: 0 } },
    { bindTo: { address: '127.0.0.1', port: 0 }, bindAddressNoPort: true },
    { device: 'lo' },
    { destination: LOOPBACK6, bindTo: { address: '::1', port: 0 }, bindAddressNoPort: true },
  ];
  const ports: string[] = [];
  for (const setting of settings) {
    const options = { destination: LOOPBACK, count: 1, ...setting };
    const { connections } = await namespace.connect(options);
    ports.push(String(connections[0]?.localPort));
  }
  const { netlink, before } = await look(namespace);
  const optionsIn = (rows: readonly Row[]) =>
    ports.map((port) => {
      const row = rows.find(
        ({ local, remote }) => local.endsWith(` ${port}`) && remote.endsWith(' 8080'),
      );
      return [row?.bindAddressNoPort, row?.deviceIndex];
    });
  expect(optionsIn(netlink.rows)).toEqual([
    [0, 0],
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 0],
  ]);
  expect(optionsIn(before.rows)).toEqual(settings.map(() => [0, 0]));
});
