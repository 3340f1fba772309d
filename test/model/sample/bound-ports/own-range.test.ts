import { expect, test } from 'vitest';
import { connections, sampleOfSockets, SMALL_RANGE } from '../../../helpers/sockets.ts';

const WIDE = { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 41999' } };

/** So many connections from a first port on, each so many ports behind the one before. */
const onward = (count: number, step: number, first: number) =>
  connections(count).map((each, index) => ({ ...each, localPort: first + step * index }));

test.for([
  [0, 0],
  [80, 0],
  [81, 1839],
  [500, 1420],
] as const)(
  '80 ports of a range of before are all that the group takes, unless it has more elsewhere: %i',
  ([elsewhere, atLeast]) => {
    const sockets = [...onward(80, 1, 40_500), ...onward(elsewhere, 2, 41_000)];
    const [group] = sampleOfSockets(sockets, WIDE).groups;
    expect(group).toMatchObject({ free: 1920 - elsewhere, freeAtLeast: atLeast });
    expect(group?.isAssumed).toBe(elsewhere <= 80 ? true : undefined);
    expect(group?.ownHeadroomPercent).toBe(elsewhere <= 80 ? 0 : undefined);
  },
);
