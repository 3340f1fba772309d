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

test.for([
  // Steps of connect() within IP_LOCAL_PORT_RANGE are up to 8 ports.
  { ports: [40_501, 40_508], atLeast: 1998, free: 1999 },
  { ports: [40_501, 40_510], atLeast: 1998, free: 1998 },
  { ports: [40_501, 40_509], atLeast: 1997, free: 1999 },
  { ports: [40_501, 40_511], atLeast: 1997, free: 1997 },
  { ports: [40_501, 40_504, 41_001], atLeast: 1997, free: 1997 },
  { ports: [40_501, 40_503, 40_505, 40_507], atLeast: 1995, free: 1999 },
  { ports: [40_501, 40_503, 40_505, 40_507, 40_509], atLeast: 1994, free: 1994 },
  { ports: [40_501, 40_503, 40_505, 40_507, 40_509, 40_510], atLeast: 1993, free: 1999 },
] as const)(
  'a few ports within steps of an own range may be one, where nothing has closed: $ports',
  ({ ports, atLeast, free }) => {
    const on = (localPort: number) => connections(1).map((each) => ({ ...each, localPort }));
    const own = ports.flatMap(on);
    const other = on(41_500).map((each) => ({ ...each, remotePort: 9090 }));
    const counters = { activeOpens: own.length + 1, passiveOpens: 0 };
    const { groups } = sampleOfSockets([...own, ...other], { ...WIDE, counters });
    const found = groups.find(({ remotePort }) => remotePort === 9090);
    expect(found).toMatchObject({ free, freeAtLeast: atLeast });
  },
);

test.for([
  ['next to each other', 0, 1999],
  ['one other between', 1, 1999],
  ['two others between', 2, 1997],
] as const)(
  'beside a hundred plain ones, two of an own range tell by when they were opened: %s',
  ([, between, free]) => {
    const plain = onward(100, 16, 40_000).map((each, index) => ({
      ...each,
      inode: 10 + 10 * index,
    }));
    const own = onward(2, 6, 40_501).map((each, index) => ({
      ...each,
      inode: 505 + index + 10 * between * index,
    }));
    const other = connections(1, { remotePort: 9090, localPort: 41_998 });
    const counters = { activeOpens: 103 };
    const { groups } = sampleOfSockets([...plain, ...own, ...other], { ...WIDE, counters });
    const found = groups.find(({ remotePort }) => remotePort === 9090);
    expect(found).toMatchObject({ free, freeAtLeast: 1997 });
  },
);

test.for([
  [4, undefined],
  [5, 0],
] as const)(
  '%i ports next to each other: the headroom of a range of their own is %j',
  ([count, own]) => {
    const [group] = sampleOfSockets(onward(count, 1, 40_500), WIDE).groups;
    expect(group?.ownHeadroomPercent === undefined ? undefined : 0).toBe(own);
  },
);
