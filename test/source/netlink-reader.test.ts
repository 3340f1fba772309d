import { constants, endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { netlinkReader } from '../../src/source/netlink-reader.ts';
import { NetlinkError, type NetlinkSocket } from '../../src/source/netlink-socket.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { SourceError } from '../../src/source/source.ts';
import { FIXTURE_PROC, stoppedClock } from '../helpers/fixture.ts';
import {
  done,
  DUMP_INTERRUPTED,
  type Envelope,
  errnoMessage,
  NLMSG,
  socketMessage,
} from '../helpers/netlink-messages.ts';

const { errno } = constants;
const byteOrder = endianness();

/** What the kernel does with the n-th dump: datagrams, or an errno that recv(2) fails with. */
type Answer = (envelope: Partial<Envelope>) => readonly (Uint8Array | number)[];

const whole: Answer = (to) => [socketMessage({}, to), done(to)];
const empty: Answer = (to) => [done(to)];
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
  const log = { opened: 0, closed: 0, dumps: 0 };
  const openSocket = (): NetlinkSocket => {
    log.opened++;
    let queue: (Uint8Array | number)[] = [];
    return {
      send(request) {
        const sequence = new DataView(request.buffer).getUint32(8, byteOrder === 'LE');
        const answer = answers[Math.min(log.dumps++, answers.length - 1)];
        queue = [...(answer?.({ sequence, byteOrder }) ?? [])];
      },
      receive(buffer) {
        const next = queue.shift() ?? errno.EAGAIN;
        if (typeof next === 'number') throw new NetlinkError('recv', next);
        buffer.set(next);
        return next.length;
      },
      close: () => void log.closed++,
    };
  };
  return { log, read: netlinkReader(procRoot(FIXTURE_PROC), stoppedClock, openSocket) };
}

describe('a reading', () => {
  it('has the sockets of both families, and what procfs says', () => {
    const { read } = readerWith(whole);
    const { source, sockets, warnings, sysctls, counters } = read();
    expect({ source, rows: sockets.length, warnings }).toEqual({
      source: 'netlink',
      rows: 2,
      warnings: [],
    });
    expect(sysctls['net.ipv4.ip_local_port_range']).toBe('40000 40099');
    expect(counters.activeOpens).toBe(21);
  });

  it('keeps the socket for the next one, and the table', () => {
    const { read, log } = readerWith(whole);
    const { sockets } = read();
    expect(read().sockets).toBe(sockets);
    expect(sockets.length).toBe(2);
    expect(log).toEqual({ opened: 1, closed: 0, dumps: 4 });
    read.close();
    read();
    expect(log).toEqual({ opened: 2, closed: 1, dumps: 6 });
  });

  it('of a kernel without IPv6', () => {
    const { read } = readerWith(whole, refused(errno.ENOENT));
    const { sockets, warnings } = read();
    expect({ rows: sockets.length, warnings }).toEqual({ rows: 1, warnings: [] });
  });

  it('with a message that cannot be read', () => {
    const bad: Answer = (to) => [socketMessage({ state: 99 }, to), ...whole(to)];
    const { sockets, warnings } = readerWith(bad, empty).read();
    expect(sockets.length).toBe(1);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^sock_diag \(IPv4\): cannot read idiag_state from "[0-9a-f ]+"; what cannot be read is not counted$/,
      ),
    ]);
  });
});

describe.each([
  ['interrupted', interrupted, 0],
  ['overflowed', overflowed, 1],
])('a dump that is %s', (_, lost, socketsLost) => {
  it('is repeated, and counted once', () => {
    const { read, log } = readerWith(lost, lost, whole, whole);
    const { sockets, warnings } = read();
    expect({ rows: sockets.length, warnings }).toEqual({ rows: 2, warnings: [] });
    expect(log).toEqual({ opened: 1 + 2 * socketsLost, closed: 2 * socketsLost, dumps: 4 });
  });

  it('is kept with a warning when it is so every time', () => {
    const { read, log } = readerWith(lost, lost, lost, empty);
    const { sockets, warnings } = read();
    expect(sockets.length).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/^sock_diag \(IPv4\): .* 3 times /)]);
    expect(log.dumps).toBe(4);
  });
});

describe('a kernel that refuses', () => {
  it.each([
    [errno.ENOENT, /has no sock_diag for TCP .*modprobe tcp_diag/],
    [errno.EPROTONOSUPPORT, /has no sock_diag over netlink \(.*EPROTONOSUPPORT/],
    [errno.EPERM, /may not use sock_diag .*EPERM/],
    [errno.EINVAL, /cannot be read .*EINVAL/],
    [4321, /cannot be read .*errno 4321/],
  ])('errno %i', (code, sentence) => {
    const { read, log } = readerWith(refused(code));
    expect(read).toThrow(SourceError);
    expect(read).toThrow(sentence);
    expect(log.closed).toBe(log.opened);
  });

  it('to open the socket', () => {
    const read = netlinkReader(procRoot(FIXTURE_PROC), stoppedClock, () => {
      throw new NetlinkError('socket', errno.EPROTONOSUPPORT);
    });
    expect(read).toThrow(SourceError);
  });

  it('to answer', () => {
    const { read, log } = readerWith(() => []);
    expect(read).toThrow(/does not answer/);
    expect(log.closed).toBe(1);
  });
});
