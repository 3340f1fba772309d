/**
 * What the kernel does, without ephtop: the facts that ephtop's numbers are built on, and at the
 * same time the proof that the agent's operations do what they say.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { countStates, rowsOfGroup } from '../../helpers/ss-rows.ts';

const LOOPBACK = { address: '127.0.0.1', port: 8080 };
const OTHER = { address: '127.0.0.2', port: 8080 };
beforeEach(requireNamespace);

const TIMEOUT_MS = 120_000;

async function prepare(range = '40000 40099'): Promise<Namespace> {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', range);
  await namespace.listen(LOOPBACK);
  return namespace;
}

/** How many connects succeed now; the last one must have failed for want of a port. */
async function countFree(namespace: Namespace, destination = LOOPBACK): Promise<number> {
  const { connections, stop } = await namespace.connect({ destination });
  expect(stop).toEqual({ call: 'connect', code: 'EADDRNOTAVAIL', exhausted: true });
  return connections.length;
}

type Fact = { name: string; free: number; arrange?: (namespace: Namespace) => Promise<unknown> };

const bindTcp = (address: string) => (namespace: Namespace) =>
  namespace.bind({ address, port: 40_050 }, 'tcp');
const listenOn = (address: string) => (namespace: Namespace) =>
  namespace.listen({ address, port: 40_050 });

const facts: Fact[] = [
  { name: 'the plain range', free: 100 },
  {
    name: 'reserved ports',
    free: 90,
    arrange: (namespace) =>
      namespace.setSysctl('net.ipv4.ip_local_reserved_ports', '40010-40019,50000'),
  },
  { name: 'a listener on 0.0.0.0', free: 99, arrange: listenOn('0.0.0.0') },
  { name: 'a listener on another address', free: 99, arrange: listenOn('127.0.0.9') },
  { name: 'a listener on ::', free: 99, arrange: listenOn('::') },
  { name: 'a listener on ::1', free: 99, arrange: listenOn('::1') },
  { name: 'a TCP socket bound and left at that', free: 99, arrange: bindTcp('127.0.0.1') },
  {
    name: 'a UDP socket',
    free: 100,
    arrange: (namespace) => namespace.bind({ address: '127.0.0.1', port: 40_050 }, 'udp'),
  },
  {
    name: 'an accepted connection whose listener is gone',
    free: 99,
    async arrange(namespace) {
      const destination = { address: '127.0.0.1', port: 40_050 };
      const listener = await namespace.listen(destination);
      const bindTo = { address: '127.0.0.1', port: 20_001 };
      await namespace.connect({ destination, count: 1, bindTo });
      await namespace.release(listener);
    },
  },
  {
    name: 'bind-before-connect to another destination',
    free: 70,
    async arrange(namespace) {
      await namespace.listen(OTHER);
      const bindTo = { address: '127.0.0.1', port: 0 };
      await namespace.connect({ destination: OTHER, count: 30, bindTo });
    },
  },
  {
    name: 'the same with IP_BIND_ADDRESS_NO_PORT',
    free: 100,
    async arrange(namespace) {
      await namespace.listen(OTHER);
      const bindTo = { address: '127.0.0.1', port: 0 };
      await namespace.connect({
        destination: OTHER,
        count: 30,
        bindTo,
        bindAddressNoPort: true,
      });
    },
  },
];

describe.concurrent('ports that connect() gets', () => {
  test.for(facts)('$name: $free', { timeout: TIMEOUT_MS }, async ({ free, arrange }) => {
    await using namespace = await prepare();
    await arrange?.(namespace);
    expect(await countFree(namespace)).toBe(free);
  });

  test('each destination and each source has its own', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    await namespace.listen(OTHER);
    await namespace.addAddress('10.9.9.1');
    expect(await countFree(namespace)).toBe(100);
    expect(await countFree(namespace, OTHER)).toBe(100);
    await namespace.setSource(OTHER.address, '10.9.9.1');
    expect(await countFree(namespace, OTHER)).toBe(100);
    const rows = rowsOfGroup(await namespace.ss(), '10.9.9.1', OTHER);
    expect(countStates(rows)).toEqual({ ESTABLISHED: 100 });
  });

  test('an IPv4-mapped destination shares those of IPv4', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    const destination = { address: '::ffff:127.0.0.1', port: 8080 };
    await namespace.connect({ destination, count: 25 });
    expect(await countFree(namespace)).toBe(75);
    expect(rowsOfGroup(await namespace.ss(), '127.0.0.1', LOOPBACK)).toHaveLength(100);
  });

  test('an odd-sized range gives its last port by luck only', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare('40000 40100');
    expect([100, 101]).toContain(await countFree(namespace));
  });

  test('connect() takes even ports first, bind() odd ones', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    await namespace.listen(OTHER);
    const connected = await namespace.connect({ destination: LOOPBACK, count: 20 });
    const bindTo = { address: '127.0.0.1', port: 0 };
    const bound = await namespace.connect({ destination: OTHER, count: 40, bindTo });
    expect(connected.connections.filter(({ localPort }) => localPort % 2 === 1)).toEqual([]);
    expect(bound.connections.filter(({ localPort }) => localPort % 2 === 0)).toEqual([]);
  });
});

describe.concurrent('why a connect fails', () => {
  test('bind() of port 0 runs out with EADDRINUSE', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    const bindTo = { address: '127.0.0.1', port: 0 };
    const { connections, stop } = await namespace.connect({ destination: LOOPBACK, bindTo });
    expect(connections).toHaveLength(100);
    expect(stop).toEqual({ call: 'bind', code: 'EADDRINUSE', exhausted: false });
  });

  test('SO_REUSEADDR does not add ports to it', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    await namespace.listen(OTHER);
    const bind = { bindTo: { address: '127.0.0.1', port: 0 }, reuseAddress: true };
    const first = await namespace.connect({ destination: LOOPBACK, count: 60, ...bind });
    const second = await namespace.connect({ destination: OTHER, ...bind });
    expect(first.connections.length + second.connections.length).toBe(100);
  });

  test('an unassigned source is not taken for exhaustion', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    const bindTo = { address: '10.1.2.3', port: 0 };
    const { stop } = await namespace.connect({ destination: LOOPBACK, count: 1, bindTo });
    expect(stop).toEqual({ call: 'bind', code: 'EADDRNOTAVAIL', exhausted: false });
  });

  test('nor is a connect() that finds no source address', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    const destination = { address: '2001:db8::1', port: 8080 };
    await namespace.listen({ address: '::', port: 8080 });
    await namespace.run('ip', ['-6', 'route', 'add', '2001:db8::/64', 'dev', 'lo']);
    await namespace.run('ip', ['-6', 'addr', 'flush', 'dev', 'lo']);
    const { stop } = await namespace.connect({ destination, count: 1 });
    expect(stop).toMatchObject({ call: 'connect', code: 'EADDRNOTAVAIL', exhausted: false });
  });
});

describe.concurrent('closing', () => {
  const orders = [
    { order: 'client-first', client: { TIME_WAIT: 10 }, server: 0 },
    { order: 'server-first', client: {}, server: 10 },
    { order: 'client-only', client: { FIN_WAIT2: 10 }, server: 10 },
    { order: 'server-only', client: { CLOSE_WAIT: 10 }, server: 10 },
    { order: 'reset', client: {}, server: 0 },
  ] as const;

  test.for(orders)('$order', { timeout: TIMEOUT_MS }, async (expected) => {
    await using namespace = await prepare();
    const { connections } = await namespace.connect({ destination: LOOPBACK, count: 10 });
    await namespace.close(
      connections.map(({ id }) => id),
      expected.order,
    );
    const rows = await namespace.ss();
    const own = rowsOfGroup(rows, '127.0.0.1', LOOPBACK);
    expect(countStates(own)).toEqual(expected.client);
    const peers = rows.filter(({ local, state }) => local.port === 8080 && state !== 'LISTEN');
    expect(peers).toHaveLength(expected.server);
  });

  test('TIME_WAIT lasts 60 s, and its timer can be awaited', { timeout: TIMEOUT_MS }, async () => {
    await using namespace = await prepare();
    const { connections } = await namespace.connect({ destination: LOOPBACK, count: 10 });
    await namespace.close(
      connections.map(({ id }) => id),
      'client-first',
    );
    const lefts = (await namespace.timeWaits()).map(({ leftMs }) => leftMs);
    expect(lefts).toHaveLength(10);
    expect(Math.max(...lefts)).toBeLessThanOrEqual(60_000);
    expect(Math.min(...lefts)).toBeGreaterThan(55_000);
    await namespace.timeWaitsOlderThan(300);
    const later = (await namespace.timeWaits()).map(({ leftMs }) => leftMs);
    expect(Math.max(...later)).toBeLessThanOrEqual(59_700);
  });
});
