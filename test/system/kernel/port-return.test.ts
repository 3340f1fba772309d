/** How soon connect() takes the same port again: what the detail of a group computes from free ports and rate. */
import { beforeEach, expect, test } from 'vitest';
import { openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ids, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const POOL = 10;
/** Even ports of 40000–40099 that the pool leaves free. */
const FREE_FIRST = 50 - POOL;
const AT_ONCE = 20;
const ROUNDS = 20;
/** How often each free port is used on average. */
const USES = (ROUNDS * AT_ONCE) / FREE_FIRST;

test(
  'connections go through the free ports of the first half, each as often as the others',
  { timeout: 60_000 },
  async () => {
    await using namespace = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
    await namespace.addAddress(REMOTE_LIKE.address);
    await namespace.listen(REMOTE_LIKE);
    const pool = await namespace.connect({ destination: REMOTE_LIKE, count: POOL });
    const held = new Set(pool.connections.map(({ localPort }) => localPort));
    const uses = new Map<number, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count: AT_ONCE });
      for (const { localPort } of connections) uses.set(localPort, (uses.get(localPort) ?? 0) + 1);
      await namespace.close(ids(connections), 'reset');
    }
    expect([...uses.keys()].filter((port) => port % 2 === 1 || held.has(port))).toEqual([]);
    // After `free ports` connections a port is used again, on average; none is left out, none is preferred.
    expect(uses.size).toBe(FREE_FIRST);
    const counts = [...uses.values()];
    expect(Math.max(...counts)).toBeLessThan(2.5 * USES);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  },
);
