import { writeFileSync } from 'node:fs';
import { constants, endianness } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { netlinkReader } from '../../src/source/netlink-reader.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { SystemCallError } from '../../src/source/libc.ts';
import type { NetlinkSocket } from '../../src/source/netlink-socket.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { copyOfFixtureProc, FIXTURE_PROC, stoppedClock } from '../helpers/fixture.ts';
import {
  attribute,
  done,
  DUMP_INTERRUPTED,
  type Envelope,
  errnoMessage,
  NLMSG,
  socketMessage,
} from '../helpers/netlink-messages.ts';

const { errno } = constants;
const UNFILTERED_REQUEST_BYTES = 76;
const byteOrder = endianness();

/** What the kernel does with the n-th dump: datagrams, or an errno that recv(2) fails with. */
type Answer = (envelope: Partial<Envelope>) => readonly (Uint8Array | number)[];

const whole: Answer = (to) => [socketMessage({}, to), done(to)];
const refused =
  (code: number): Answer =>
  (to) => [errnoMessage(NLMSG.ERROR, code, to)];
const interrupted: Answer = (to) => [
  socketMessage({}, { ...to, flags: DUMP_INTERRUPTED | 2 }),
  done(to),
];
const overflowed: Answer = (to) => [socketMessage({}, to), errno.ENOBUFS];

/** A reader whose kernel gives these answers, one to each dump, and the last one from then on. */
function readerWith(...answers: Answer[]) {
  return readerOn(FIXTURE_PROC, answers);
}

function readerOn(proc: string, answers: readonly Answer[]) {
  const log = { opened: 0, closed: 0, dumps: 0, filtered: 0 };
  const openSocket = (): NetlinkSocket => {
    log.opened++;
    let queue: (Uint8Array | number)[] = [];
    return {
      send(request) {
        const sequence = new DataView(request.buffer).getUint32(8, byteOrder === 'LE');
        if (request.length > UNFILTERED_REQUEST_BYTES) log.filtered++;
        const answer = answers[Math.min(log.dumps++, answers.length - 1)];
        queue = [...(answer?.({ sequence, byteOrder }) ?? [])];
      },
      receive(buffer) {
        const next = queue.shift() ?? errno.EAGAIN;
        if (typeof next === 'number') throw new SystemCallError('recv', next);
        buffer.set(next);
        return next.length;
      },
      close: () => void log.closed++,
    };
  };
  // So much time passes between two looks at it that no reading rests.
  let monotonicMs = 0;
  const clock = { ...stoppedClock, monotonicMs: () => (monotonicMs += 2000) };
  return { log, read: netlinkReader(placeHere(procRoot(proc)), clock, openSocket) };
}

describe('a reading', () => {
  it('has the sockets, and what procfs says', () => {
    const { read } = readerWith(whole);
    const { source, sockets, warnings, sysctls, counters } = read();
    expect({ source, rows: sockets.length, warnings }).toEqual({
      source: 'netlink',
      rows: 1,
      warnings: [],
    });
    expect(sysctls['net.ipv4.ip_local_port_range']).toBe('40000 40099');
    expect(counters.activeOpens).toBe(21);
  });

  it('keeps the socket for the next one, and the table', () => {
    const { read, log } = readerWith(whole);
    const { sockets } = read();
    expect(read().sockets).toBe(sockets);
    expect(sockets.length).toBe(1);
    expect(log).toMatchObject({ opened: 1, closed: 0, dumps: 2 });
    read.close();
    read();
    expect(log).toMatchObject({ opened: 2, closed: 1, dumps: 3 });
  });

  it('with a message that cannot be read', () => {
    const bad: Answer = (to) => [socketMessage({ state: 99 }, to), ...whole(to)];
    const { sockets, warnings, unreadSockets } = readerWith(bad).read();
    expect(sockets.length).toBe(1);
    expect(unreadSockets).toBe('some sockets');
    expect(warnings).toEqual([
      expect.stringMatching(
        /^sock_diag: cannot read idiag_state from "[0-9a-f ]+"; what cannot be read is not counted$/,
      ),
    ]);
  });
});

describe('a dump of which no message can be read', () => {
  const odd: Answer = (to) => [
    socketMessage({ state: 99 }, to),
    socketMessage({ family: 1 }, to),
    done(to),
  ];

  it('is not a machine without sockets', () => {
    const { read, log } = readerWith(odd);
    expect(read).toThrow(SourceError);
    expect(read).toThrow(
      /^no message of sock_diag can be read \(sock_diag: cannot read idiag_state from "[0-9a-f ]+" \(and 1 more messages\)\); use --source procfs\.$/,
    );
    expect(log.closed).toBe(log.opened);
  });

  it('an empty one is', () => {
    expect(readerWith((to) => [done(to)]).read().sockets.length).toBe(0);
  });
});

describe('whether connections have timestamps', () => {
  const INET_DIAG_INFO = 2;
  const info = (options: number) =>
    attribute(INET_DIAG_INFO, Uint8Array.of(1, 0, 0, 0, 0, options, 0), { byteOrder });
  const says =
    (options: number): Answer =>
    (to) => [socketMessage({}, to, info(options))];

  it('is asked one by one, through the socket of the dumps', () => {
    const { read, log } = readerWith(whole, says(1), says(0), refused(errno.ENOENT));
    read();
    expect(read.timestampsOf?.([0, 0, 0])).toEqual([true, false, undefined]);
    expect(log).toMatchObject({ opened: 1, closed: 0, dumps: 4 });
  });

  it('is not told by a late answer to what was asked before', () => {
    const late: Answer = (to) => [
      socketMessage({}, { ...to, sequence: (to.sequence ?? 0) - 1 }, info(0)),
      ...says(1)(to),
    ];
    const { read } = readerWith(whole, late);
    read();
    expect(read.timestampsOf?.([0])).toEqual([true]);
  });

  it('is not known where the kernel does not answer, and the next reading goes on with a new socket', () => {
    const { read, log } = readerWith(whole, () => [], whole);
    read();
    expect(read.timestampsOf?.([0, 0])).toEqual([]);
    expect(read().sockets.length).toBe(1);
    expect(log).toMatchObject({ opened: 2, closed: 1 });
  });
});

test('timers are as of the end of the reading; a message was filled when the one before was taken', () => {
  let monotonicMs = 0;
  const timer = { state: 6, timer: 3, expiresMs: 60_000 };
  const messages = [1, 2, 3].map(
    (localPort) => (to: Partial<Envelope>) => socketMessage({ ...timer, localPort }, to),
  );
  let queue: Uint8Array[] = [];
  const socket: NetlinkSocket = {
    send(request) {
      const sequence = new DataView(request.buffer).getUint32(8, byteOrder === 'LE');
      queue = [
        ...messages.map((message) => message({ sequence, byteOrder })),
        done({ sequence, byteOrder }),
      ];
    },
    receive(buffer) {
      const next = queue.shift() ?? new Uint8Array(0);
      buffer.set(next);
      monotonicMs += 100;
      return next.length;
    },
    close: () => {},
  };
  const clock = { ...stoppedClock, monotonicMs: () => monotonicMs };
  const { sockets } = netlinkReader(placeHere(procRoot(FIXTURE_PROC)), clock, () => socket)();
  // The first two were filled before anything had to wait.
  expect([0, 1, 2].map((row) => sockets.leftMsOf(row))).toEqual([59_600, 59_600, 59_700]);
  // HZ is told by what the kernel shows.
  expect([...sockets.timerMs.subarray(0, 3)]).toEqual([60_000, 60_000, 60_000]);
});

describe('with many sockets', () => {
  const LISTEN = 10;
  const listeners: Answer = (to) => [
    socketMessage({ state: LISTEN, localPort: 80, remotePort: 0 }, to),
    socketMessage({ state: LISTEN, localPort: 40_050, remotePort: 0 }, to),
    done(to),
  ];
  const outgoing = whole;
  const inbound: Answer = (to) => [
    ...Array.from({ length: 6000 }, (_, index) =>
      socketMessage({ localPort: 80, remotePort: 1024 + index }, to),
    ),
    ...whole(to),
  ];

  /** A machine on which the kernel counts so many. */
  function manySockets(count: number, ...answers: Answer[]) {
    const proc = copyOfFixtureProc();
    writeFileSync(join(proc, 'net/sockstat'), `TCP: inuse ${count} orphan 0 tw 0 alloc 1 mem 0\n`);
    return readerOn(proc, answers);
  }

  it('those accepted outside the range are left out, and counted by the kernel', () => {
    const { read, log } = manySockets(12_000, listeners, outgoing);
    const { sockets, leftOut } = read();
    expect({ rows: sockets.length, leftOut }).toEqual({ rows: 3, leftOut: 11_997 });
    expect(log).toMatchObject({ dumps: 2, filtered: 1 });
  });

  it('all are read while there is little to leave out, until that changes', () => {
    const many = (to: Partial<Envelope>) => [
      ...Array.from({ length: 11_000 }, () => socketMessage({}, to)),
      done(to),
    ];
    const answers = [listeners, many, listeners, many, listeners, inbound, listeners, outgoing];
    const { read, log } = manySockets(12_000, ...answers);
    const filtered = [read, read, read, read].map((again) => {
      const before = log.filtered;
      again();
      return log.filtered > before;
    });
    expect(filtered).toEqual([true, false, false, true]);
  });

  it('all are read by a kernel that does not know the filter', () => {
    const { read, log } = manySockets(12_000, listeners, refused(errno.EINVAL), inbound, listeners);
    const { sockets, leftOut, warnings } = read();
    expect({ rows: sockets.length, leftOut, warnings }).toEqual({
      rows: 6003,
      leftOut: 0,
      warnings: [],
    });
    read();
    expect(log.filtered).toBe(1);
  });

  it.each(['', 'many', '60999 32768'])(
    'a range of %j that cannot be read leaves nothing out',
    (range) => {
      const proc = copyOfFixtureProc();
      writeFileSync(join(proc, 'net/sockstat'), 'TCP: inuse 12000 orphan 0 tw 0 alloc 1 mem 0\n');
      writeFileSync(join(proc, 'sys/net/ipv4/ip_local_port_range'), range);
      const { read, log } = readerOn(proc, [listeners, inbound]);
      const { sockets, leftOut } = read();
      expect({ rows: sockets.length, leftOut }).toEqual({ rows: 6003, leftOut: 0 });
      expect(log).toMatchObject({ dumps: 2, filtered: 0 });
    },
  );

  it('all are read below ten thousand', () => {
    const { read, log } = manySockets(9000, inbound);
    expect(read().leftOut).toBe(0);
    expect(log).toMatchObject({ dumps: 1, filtered: 0 });
  });
});

describe.each([
  ['interrupted', interrupted, 0],
  ['overflowed', overflowed, 1],
])('a dump that is %s', (_, lost, socketsLost) => {
  it('is repeated, and counted once', () => {
    const { read, log } = readerWith(lost, lost, whole);
    const { sockets, warnings, unreadSockets } = read();
    expect({ rows: sockets.length, warnings }).toEqual({ rows: 1, warnings: [] });
    expect(unreadSockets).toBeUndefined();
    expect(log).toMatchObject({ opened: 1 + 2 * socketsLost, closed: 2 * socketsLost, dumps: 3 });
  });

  it('is kept with a warning when it is so every time', () => {
    const { read, log } = readerWith(lost);
    const { sockets, warnings, unreadSockets } = read();
    expect(sockets.length).toBe(1);
    expect(unreadSockets).toBe('some sockets');
    expect(warnings).toEqual([expect.stringMatching(/^sock_diag: .* 3 times /)]);
    expect(log.dumps).toBe(3);
  });
});

describe('a kernel that refuses', () => {
  it.each([
    [errno.ENOENT, /has no sock_diag for TCP .*modprobe tcp_diag/],
    [errno.EPROTONOSUPPORT, /has no sock_diag over netlink \(.*EPROTONOSUPPORT/],
    [errno.EPERM, /may not use sock_diag .*EPERM/],
    [errno.EINVAL, /cannot be read .*EINVAL/],
    [errno.EMFILE, /there are none left \(sock_diag: EMFILE\): raise ulimit -n\.$/],
    [errno.ENFILE, /the machine has none left \(sock_diag: ENFILE\): raise fs\.file-max\.$/],
    [errno.ENOMEM, /memory of the kernel, which has none left \(sock_diag: ENOMEM\)/],
    [4321, /cannot be read .*errno 4321/],
  ])('errno %i', (code, sentence) => {
    const { read, log } = readerWith(refused(code));
    expect(read).toThrow(SourceError);
    expect(read).toThrow(sentence);
    expect(log.closed).toBe(log.opened);
  });

  it('to open the socket', () => {
    const read = netlinkReader(placeHere(procRoot(FIXTURE_PROC)), stoppedClock, () => {
      throw new SystemCallError('socket', errno.EPROTONOSUPPORT);
    });
    expect(read).toThrow(SourceError);
  });

  it('to answer', () => {
    const { read, log } = readerWith(() => []);
    expect(read).toThrow(/does not answer/);
    expect(log.closed).toBe(1);
  });
});
