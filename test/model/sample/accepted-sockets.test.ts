import { describe, expect, test } from 'vitest';
import { connections, IPV4, sampleOfSockets, type TestSocket } from '../../helpers/sockets.ts';

const LOOPBACK = { local: '127.0.0.1', remote: '127.0.0.1' };
const other = (socket: TestSocket): TestSocket => ({
  ...socket,
  local: socket.remote ?? '',
  localPort: socket.remotePort ?? 0,
  remote: socket.local,
  remotePort: socket.localPort,
});

const summary = (sockets: readonly TestSocket[]) => {
  const { groups, portSpace } = sampleOfSockets(sockets);
  return { held: portSpace.held, groups: groups.map(({ label, used }) => `${label} ${used}`) };
};

describe('accepted sockets whose listener has closed, both ends here', () => {
  test('the end outside the range was accepted', () => {
    const clients = connections(1, LOOPBACK);
    expect(summary([...clients, ...clients.map(other)])).toEqual({
      held: 0,
      groups: ['127.0.0.1 → 127.0.0.1:8080 1'],
    });
  });

  test('the end where more connections end was accepted, and keeps its port from connect()', () => {
    const clients = connections(5, { ...LOOPBACK, remotePort: 40_051 });
    expect(summary([...clients.map(other), ...clients])).toEqual({
      held: 1,
      groups: ['127.0.0.1 → 127.0.0.1:40051 5'],
    });
  });

  test.for([
    [4, 1],
    [3, 3],
  ] as const)('%d clients of one address each, whatever the inodes: %d held', ([count, held]) => {
    const clients = Array.from({ length: count }, (_, index) => ({
      local: `127.0.1.${index + 1}`,
      localPort: 40_000 + 2 * index,
      remote: `127.0.0.${index + 1}`,
      remotePort: 40_051,
      inode: 2000,
    }));
    const accepted = clients.map((client) => ({ ...other(client), inode: 1000 }));
    expect(summary([...clients, ...accepted]).held).toBe(held);
  });

  test('of two ends in the range one is held, whichever it is', () => {
    const client = connections(1, { ...LOOPBACK, remotePort: 40_050 });
    const { held, groups } = summary([...client, ...client.map(other)]);
    expect([held, groups.length]).toEqual([1, 1]);
  });

  test.each([
    ['its own port could be a client’s, as the other one could', 40_050, 40_000, 1],
    ['its own port is no client’s', 40_051, 40_000, 1],
    ['the other port is no client’s', 40_050, 40_001, 0],
    ['the other port is a service', 40_050, 8080, 0],
  ])('the last TIME_WAIT: %s', (_, localPort, remotePort, held) => {
    const last = {
      ...LOOPBACK,
      localPort,
      remotePort,
      state: 'TIME_WAIT',
      timerMs: 50_000,
    } as const;
    expect(summary([last])).toMatchObject({ held, groups: { length: 1 - held } });
  });

  test('the last TIME_WAIT of two connections at a port: clients, or their ports are held', () => {
    const last = [40_050, 40_052].map((localPort, index) => ({
      local: `127.0.0.${index + 1}`,
      localPort,
      remote: '127.0.0.1',
      remotePort: 40_000,
      state: 'TIME_WAIT' as const,
      timerMs: 50_000,
    }));
    const { portSpace, groups } = sampleOfSockets([...last, ...connections(1)]);
    const { size, usable, usableAtLeast } = portSpace;
    expect([usable, usableAtLeast]).toEqual([size, size - 2]);
    const untouched = groups.find(({ remotePort }) => remotePort === 8080);
    expect(untouched).toMatchObject({
      freeAtLeast: size - 3,
      uncertain:
        "2 ports were a client's, or a listener's that has closed: nothing shows which end this is.",
    });
  });

  test.for([
    [3, 0, 3],
    [4, 0, 0],
    [3, 1, 0],
  ] as const)(
    '%d clients of a port that connect() takes first have closed it first, %d of them twice: %d in doubt',
    ([count, again, doubtful]) => {
      const closed = Array.from({ length: count }, (_, index) => ({
        local: `127.0.1.${index + 1}`,
        localPort: 40_000 + 2 * index,
        remote: '127.0.0.1',
        remotePort: 40_050,
        state: 'TIME_WAIT' as const,
        timerMs: 50_000,
      }));
      const more = closed
        .slice(0, again)
        .map((socket) => ({ ...socket, localPort: socket.localPort + 100 }));
      const { portSpace } = sampleOfSockets([
        ...closed,
        ...more,
        ...connections(1, { local: '127.0.0.1' }, 41_000),
      ]);
      expect(portSpace.held).toBe(0);
      expect(portSpace.usable - (portSpace.usableAtLeast ?? portSpace.usable)).toBe(doubtful);
    },
  );

  test('TIME_WAIT of a port that connect() takes first is held where many connections end there', () => {
    const accepted = Array.from({ length: 4 }, (_, index) => ({
      local: '127.0.0.1',
      localPort: 40_050,
      remote: `127.0.1.${index + 1}`,
      remotePort: 40_001 + 2 * index,
      state: 'TIME_WAIT' as const,
      timerMs: 50_000,
    }));
    expect(summary(accepted)).toEqual({ held: 1, groups: [] });
  });

  test('a port that many clients of a listener share is no listener’s', () => {
    const clients = connections(5, { ...LOOPBACK, localPort: 40_050, remotePort: 8080 }).map(
      (client, index) => ({ ...client, localPort: 40_050, remotePort: 8080 + index }),
    );
    const listening = clients.map(({ remote, remotePort }) => ({
      local: remote ?? '',
      localPort: remotePort ?? 0,
      state: 'LISTEN' as const,
    }));
    const last = { ...LOOPBACK, localPort: 40_050, remotePort: 40_001 } as const;
    const sockets = [
      ...listening,
      ...clients,
      { ...last, state: 'TIME_WAIT', timerMs: 50_000 } as const,
    ];
    expect(summary(sockets).held).toBe(0);
  });

  test('between two addresses of this machine, and over IPv6', () => {
    const clients = [
      ...connections(2),
      ...connections(2, { local: '::1', remote: '::1', remotePort: 40_061 }, 40_010),
    ];
    expect(summary([...clients, ...clients.map(other)])).toEqual({
      held: 1,
      groups: ['10.0.3.7 → 10.0.9.21:8080 2', '::1 → [::1]:40061 2'],
    });
  });
});

describe('accepted sockets whose listener has closed, from other machines', () => {
  const from = (remotePorts: readonly number[]): TestSocket[] =>
    remotePorts.map((remotePort, index) => ({
      local: '10.0.3.7',
      localPort: 40_050,
      remote: `10.0.1.${index}`,
      remotePort,
    }));

  test('3,000 clients of other systems at one port, some with the same port of theirs', () => {
    const ports = Array.from({ length: 3000 }, (_, index) => 1024 + ((index * 7919) % 2000));
    const clients = from(ports).map((socket, index) => ({
      ...socket,
      remote: `10.${1 + Math.floor(index / 250)}.1.${index % 250}`,
    }));
    expect(summary([...clients, ...connections(1)])).toEqual({
      held: 1,
      groups: ['10.0.3.7 → 10.0.9.21:8080 1'],
    });
  });

  test('TPROXY: each local end is the one that the client wanted', () => {
    const wanted = (localPort: number, count: number) =>
      from(
        Array.from({ length: count }, (_, index) => 33_000 + (localPort % 99) + 113 * index),
      ).map((socket, index) => ({ ...socket, local: `198.51.100.${index}`, localPort }));
    const sockets = [
      ...wanted(443, 200),
      ...wanted(40_030, 5),
      ...wanted(40_071, 9),
      ...wanted(25, 1),
    ];
    expect(summary([...sockets, ...connections(1)])).toEqual({
      held: 2,
      groups: ['10.0.3.7 → 10.0.9.21:8080 1'],
    });
  });

  test('a port outside the range was bound by number where the other end is a service', () => {
    const nfs = connections(1, { localPort: 891, remotePort: 2049 });
    expect(summary(nfs).groups).toEqual(['10.0.3.7 → 10.0.9.21:2049 0']);
  });

  test('several clients at one port', () => {
    expect(summary([...from([50_001, 41_777, 60_123]), ...connections(1)])).toEqual({
      held: 1,
      groups: ['10.0.3.7 → 10.0.9.21:8080 1'],
    });
  });

  test.each([
    ['one connection cannot be told from an outgoing one', [50_001]],
    ['one local port to several services is outgoing', [8080, 9090, 443]],
    ['the same high port everywhere is a service', [50_001, 50_001]],
  ] as const)('%s', (_, ports) => {
    expect(summary(from(ports))).toMatchObject({ held: 0, groups: { length: ports.length } });
  });
});

test('clients of a listener that is there are never taken for accepted', () => {
  const clients = connections(3, { ...LOOPBACK, remotePort: 40_050 });
  const listener: TestSocket = { local: '127.0.0.1', localPort: 40_050, state: 'LISTEN' };
  expect(summary([listener, ...clients, ...clients.map(other)])).toEqual({
    held: 1,
    groups: ['127.0.0.1 → 127.0.0.1:40050 3'],
  });
});

describe('connections to many services at high ports', () => {
  /** One to each of so many, from ports that every so many share. */
  const toMany = (count: number, perPort: number) =>
    Array.from({ length: count }, (_, index) => ({
      local: '10.0.3.7',
      localPort: 40_000 + 2 * Math.floor(index / perPort),
      remote: '10.0.9.21',
      remotePort: 45_000 + index,
    }));

  test('on ports of both halves they were accepted, as connect() keeps to one', () => {
    const sockets = toMany(60, 3).map((socket, index) => ({
      ...socket,
      localPort: 40_000 + 3 * Math.floor(index / 3),
    }));
    expect(summary(sockets).groups).toEqual([]);
  });

  test.each([
    // Of 60 connections in a half of 50 ports, some port has four by chance, and none has nine.
    [60, 4, false],
    [60, 10, true],
    // Of two connections the two have no port in common by chance in 49 of 50 cases.
    [2, 2, true],
  ])('%i of which %i share each port: were they accepted? %s', (count, perPort, isAccepted) => {
    const { groups } = summary(toMany(count, perPort));
    expect(groups).toHaveLength(isAccepted ? 0 : count);
  });
});

describe('fewer connections opened than there are: the others were accepted', () => {
  /** Clients of so many destinations within the range, taken over by a transparent proxy: each ends at a port of its own. */
  const taken = (count: number, remotePort = 1024): TestSocket[] =>
    Array.from({ length: count }, (_, index) => ({
      local: `198.51.100.${index + 1}`,
      localPort: 40_000 + 4 * index,
      remote: `10.78.1.${index + 1}`,
      remotePort: remotePort + index,
    }));
  const look = (sockets: readonly TestSocket[], activeOpens?: number, passiveOpens = 15) => {
    const counters = activeOpens === undefined ? {} : { activeOpens, passiveOpens };
    const { groups, portSpace } = sampleOfSockets(sockets, { counters });
    return [
      groups.length,
      portSpace.held,
      portSpace.usable - (portSpace.usableAtLeast ?? portSpace.usable),
    ];
  };
  const own = connections(5, { remotePort: 443 }).map((each, index) => ({
    ...each,
    localPort: 40_090 + 2 * index,
  }));

  test.for([
    ['all of them', 15, 5, [1, 15, 0]],
    ['too few to tell from what was opened meanwhile', 9, 5, [10, 0, 0]],
    ['ten', 10, 5, [1, 10, 0]],
    ['one may have been opened', 15, 6, [16, 0, 15]],
    ['more than those can be', 4, 0, [5, 0, 0]],
    ['not known', 15, undefined, [16, 0, 0]],
  ] as const)('%s', ([, count, activeOpens, expected]) => {
    expect(look([...own, ...taken(count)], activeOpens)).toEqual(expected);
  });

  test('not where fewer were accepted: they were opened since the counters were read', () => {
    expect(look([...own, ...taken(15)], 5, 15)[0]).toBe(1);
    expect(look([...own, ...taken(15)], 5, 14)[0]).toBe(16);
  });

  test('connect() calls that are put off until there are data are not counted, and no accepted ones', () => {
    const putOff = own.map((each, index) => ({
      ...each,
      localPort: 40_080 - 2 * index,
      state: 'SYN_SENT' as const,
    }));
    expect(look([...own, ...putOff, ...taken(10)], 5)).toEqual([1, 10, 0]);
    expect(look([...own, ...putOff, ...taken(10)], 6)).toEqual([11, 0, 0]);
  });

  test.each([
    ['from privileged ports', taken(12, 500)],
    [
      'from one port',
      taken(12).map((each) => ({
        ...each,
        local: '10.0.3.7',
        remote: '10.78.1.1',
        remotePort: 5060,
      })),
    ],
  ])('those accepted %s may be the ones that are not counted', (_, accepted) => {
    const single = (index: number) => ({
      ...IPV4,
      localPort: 40_060 + 2 * index,
      remotePort: 9000 + index,
    });
    const opened = Array.from({ length: 5 }, (_each, index) => single(index));
    expect(look([...accepted, ...opened], 5)[1]).toBe(0);
    expect(look([...accepted, ...opened], 5)[2]).toBe(5);
  });

  test('accepted ones whose listener is there are no such connections', () => {
    const served = (count: number) => [
      { local: '0.0.0.0', localPort: 8443, state: 'LISTEN' as const },
      ...taken(count, 2000).map((each) => ({ ...each, local: '10.0.3.7', localPort: 8443 })),
    ];
    expect(look([...own, ...taken(15), ...served(10)], 5, 25)[0]).toBe(1);
    expect(look([...own, ...taken(15), ...served(11)], 5, 25)[0]).toBe(16);
  });

  test('not those to a service below 1024', () => {
    expect(look([...own, ...taken(15, 900)], 5)[0]).toBe(16);
  });

  test('not where far more are missing, as of a process that was restored', () => {
    const restored = connections(30, { remotePort: 9090 }).map((each, index) => ({
      ...each,
      localPort: 40_001 + 2 * index,
    }));
    expect(look([...restored, ...taken(5)], 0, 1000)[0]).toBe(6);
  });
});
