import { expect, test } from 'vitest';
import { connections, sampleOfSockets, SMALL_RANGE } from '../../../helpers/sockets.ts';

const SYSCTLS = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 41199' };

/** 900 ports of bind(): all of the second half in no order, and half of the first. Inodes of two CPUs take turns. */
function boundBy(local: string, seed: number) {
  const second = Array.from({ length: 600 }, (_, index) => 40_001 + 2 * ((index * seed) % 600));
  const first = Array.from(
    { length: 300 },
    (_, index) => 40_000 + 2 * ((index * seed + seed) % 600),
  );
  return connections(900, { local }).map((socket, index) => ({
    ...socket,
    localPort: [...second, ...first][index] ?? 0,
    // One CPU's numbers are below the other's: an eighth of the pairs is the other way round.
    inode: 10_000 + seed + 40 * (index % 300 < 40 ? index : index + 20_000),
  }));
}

test.for([1800, 900_000])(
  'what two addresses have bound is in doubt for each other, whatever the order of inodes: %i opened',
  (activeOpens) => {
    const one = boundBy('10.0.3.7', 467);
    const two = boundBy('10.0.3.8', 131);
    const counters = { activeOpens, timeWaitReused: 0 };
    const { groups } = sampleOfSockets([...one, ...two], { sysctls: SYSCTLS, counters });
    const taken = new Set([...one, ...two].map(({ localPort }) => localPort)).size;
    expect(groups).toHaveLength(2);
    for (const { free, freeAtLeast } of groups) {
      expect(free).toBe(300);
      expect(freeAtLeast).toBe(1200 - taken);
    }
  },
);
