/** Sockets that are bound to a device: the kernel searches ports by device, and sock_diag alone shows it. */
import { beforeEach, expect, test } from 'vitest';
import type { ConnectOptions } from '../../helpers/namespace-protocol.ts';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ids, LOOPBACK, REMOTE_LIKE, REUSE_DELAY } from './scenario.ts';

beforeEach(requireNamespace);

async function openSmallRange(): Promise<Namespace> {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  return namespace;
}

async function ip(namespace: Namespace, ...args: string[]): Promise<void> {
  const { status, stderr } = await namespace.run('ip', args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

/** What is free by device, as the snapshot says. */
async function freeByDevice(namespace: Namespace): Promise<Record<string, number>> {
  const { groups } = await namespace.sample('netlink');
  return Object.fromEntries(
    groups.map(({ device, free, freeAtLeast, uncertain }) => {
      expect({ freeAtLeast, uncertain }).toEqual({ freeAtLeast: free, uncertain: null });
      return [device ?? 'none', free];
    }),
  );
}

/** How many connections the kernel still gives. */
async function given(namespace: Namespace, options: ConnectOptions): Promise<number> {
  const { connections, stop } = await namespace.connect(options);
  expect(stop?.code).toBe('EADDRNOTAVAIL');
  return connections.length;
}

test.each([
  ['IPv4', '10.1.0.1/24', '10.1.0.2'],
  ['IPv6, link-local', 'fe80::1/64', 'fe80::2'],
])('two links to one destination, %s: each has all the ports', async (_, local, address) => {
  await using namespace = await openSmallRange();
  const nodad = local.includes(':') ? ['nodad'] : [];
  for (const name of ['left', 'right']) {
    // Nobody answers at the other end.
    const peer = `${name}-peer`;
    await ip(namespace, 'link', 'add', name, 'type', 'veth', 'peer', 'name', peer);
    for (const end of [name, peer]) await ip(namespace, 'link', 'set', end, 'up');
    await ip(namespace, 'addr', 'add', local, 'dev', name, ...nodad);
    const neighbour = ['lladdr', '02:00:00:00:00:02', 'dev', name, 'nud', 'permanent'];
    await ip(namespace, 'neigh', 'add', address, ...neighbour);
  }
  const towards = (device: string, count?: number): ConnectOptions => ({
    destination: { address, port: 8080 },
    device,
    pending: true,
    ...(count !== undefined && { count }),
  });
  await namespace.connect(towards('left', 30));
  await namespace.connect(towards('right', 60));
  expect(await freeByDevice(namespace)).toEqual({ left: 70, right: 40 });
  expect(await given(namespace, towards('left'))).toBe(70);
  expect(await given(namespace, towards('right'))).toBe(40);
});

test('connections without a device are in the way of those with one, and not the other way round', async () => {
  await using namespace = await openSmallRange();
  await namespace.listen(LOOPBACK);
  await namespace.connect({ destination: LOOPBACK, device: 'lo', count: 20 });
  // These share the ports of the former, as far as those go.
  const { connections } = await namespace.connect({ destination: LOOPBACK, count: 30 });
  const own = new Set(connections.map(({ localPort }) => localPort));
  const { groups } = await namespace.sample('netlink');
  const free = await freeByDevice(namespace);
  expect(groups).toHaveLength(2);
  expect(free['none']).toBe(70);
  const unbound = groups.find(({ device }) => device === null);
  const bound = groups.find(({ device }) => device === 'lo');
  expect(bound?.freePorts?.filter((port) => own.has(port))).toEqual([]);
  expect(unbound?.freePorts).toHaveLength(70);
  expect(bound?.freePorts).toHaveLength(free['lo'] ?? -1);
  expect(await given(namespace, { destination: LOOPBACK, device: 'lo' })).toBe(free['lo']);
  expect(await given(namespace, { destination: LOOPBACK })).toBe(70);
});

test('TIME_WAIT that is bound to lo is loopback for tcp_tw_reuse 2, whatever its addresses', async ({
  skip,
}) => {
  await using namespace = await openSmallRange();
  if ((await namespace.readSysctl(REUSE_DELAY)) === null) skip('this kernel has a fixed delay');
  await namespace.setSysctl(REUSE_DELAY, '1');
  await namespace.addAddress(REMOTE_LIKE.address);
  await namespace.listen(REMOTE_LIKE);
  const towards = { destination: REMOTE_LIKE, device: 'lo' };
  const { connections } = await namespace.connect({ ...towards, count: 31 });
  await namespace.close(ids(connections.slice(1)), 'client-first');
  await namespace.timeWaitsOlderThan(100);
  const { groups } = await namespace.sample('netlink');
  expect(groups).toMatchObject([{ device: 'lo', free: 99, reusable: 30 }]);
  expect(await given(namespace, towards)).toBe(99);
});

test('procfs does not show devices: there the groups are one', async () => {
  await using namespace = await openSmallRange();
  await namespace.listen(LOOPBACK);
  await namespace.connect({ destination: LOOPBACK, device: 'lo', count: 20 });
  const { groups } = await namespace.sample('procfs');
  expect(groups).toMatchObject([{ device: null, free: 80 }]);
});

test('a port in two rows shows that there are several devices: over procfs the number is not exact then', async () => {
  await using namespace = await openSmallRange();
  await namespace.listen(LOOPBACK);
  const onDevice = { destination: LOOPBACK, device: 'lo' };
  await namespace.connect({ ...onDevice, count: 40 });
  await namespace.connect({ destination: LOOPBACK, count: 70 });
  const { groups } = await namespace.sample('procfs');
  const [group] = groups;
  if (group === undefined) throw new Error('no group');
  expect(group.uncertain).toMatch(/^Sockets of several devices/);
  for (const truth of [await given(namespace, { destination: LOOPBACK }), 30]) {
    expect(truth).toBeGreaterThanOrEqual(group.freeAtLeast);
    expect(truth).toBeLessThanOrEqual(group.free);
  }
});
