/** An outage is cured by tcp_tw_reuse, and ephtop has seen both: what is free is known, not in doubt. */
import { beforeEach, expect, test } from 'vitest';
import { openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ids, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const REUSE = 'net.ipv4.tcp_tw_reuse';
/** Surely older than the delay of a second. */
const OLD_MS = 1100;

test.for(['netlink', 'procfs'] as const)(
  '%s: TIME_WAIT of a rush that was seen puts no port in doubt, also once it can be taken over',
  { timeout: 60_000 },
  async (source) => {
    await using namespace = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
    await namespace.setSysctl(REUSE, '0');
    await namespace.addAddress(REMOTE_LIKE.address);
    await namespace.listen(REMOTE_LIKE);
    // As on a machine that has been up for long.
    for (let round = 0; round < 3; round++) {
      const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count: 90 });
      await namespace.close(ids(connections), 'reset');
    }
    const { connections, stop } = await namespace.connect({ destination: REMOTE_LIKE, count: 101 });
    expect([connections.length, stop?.code]).toEqual([100, 'EADDRNOTAVAIL']);
    const look = async () => (await namespace.look(source)).groups[0];
    expect(await look()).toMatchObject({ free: 0 });
    // What connect() took first has gone for the most part, what it took last is in TIME_WAIT.
    await namespace.close(ids(connections.slice(0, 40)), 'reset');
    await namespace.close(ids(connections.slice(50)), 'client-first');
    expect(await look()).toMatchObject({ free: 40, freeAtLeast: 40 });
    await namespace.setSysctl(REUSE, '1');
    await namespace.timeWaitsOlderThan(OLD_MS);
    for (let nth = 0; nth < 3; nth++)
      expect(await look()).toMatchObject({ free: 90, freeAtLeast: 90, uncertain: null });
    // The first 40 are free, the others take TIME_WAIT over.
    const later = await namespace.connect({ destination: REMOTE_LIKE, count: 60 });
    expect(later.connections).toHaveLength(60);
    expect(await look()).toMatchObject({ free: 30, freeAtLeast: 30, uncertain: null });
    await namespace.close(ids(later.connections.slice(0, 40)), 'reset');
    for (let nth = 0; nth < 2; nth++)
      expect(await look()).toMatchObject({ free: 70, freeAtLeast: 70, uncertain: null });
    const { connections: rest } = await namespace.connect({
      destination: REMOTE_LIKE,
      count: 101,
    });
    expect(rest).toHaveLength(70);
  },
);
