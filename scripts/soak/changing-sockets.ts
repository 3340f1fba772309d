import type { KernelReading } from '../../src/kernel/reading.ts';
import type { SocketOwners } from '../../src/kernel/socket-owners.ts';
import type { NamedRefusal } from '../../src/model/sample/refusal-memory.ts';
import { reading, type TestSocket } from '../../test/helpers/sockets.ts';

const PROXY = '10.0.3.7';
/** Ports of the small range that a steady group uses. */
const STEADY = { groups: 2, live: 10, timeWait: 25 };
/** Groups that come and go: each is there for so long, and then one with a new address follows. */
const PASSING = { groups: 3, sockets: 8, lifeMs: 5000 };
const FIRST_PORT = 40_000;
const RANGE = 100;

/**
 * A machine on which nothing stays the same but its load: two groups with ports that go round, and three whose
 * destinations are ever new ones, in every destination, process, inode and port that can be told apart.
 */
export function changingSockets(nowMs: number, elapsedMs: number): KernelReading {
  const second = Math.floor(elapsedMs / 1000);
  const sockets: TestSocket[] = [];
  for (let group = 0; group < STEADY.groups; group++) {
    const remote = `10.0.9.${21 + group}`;
    for (let nth = 0; nth < STEADY.live + STEADY.timeWait; nth++) {
      const localPort = FIRST_PORT + ((second + 2 * nth) % RANGE);
      const isLive = nth < STEADY.live;
      const tuple = { local: PROXY, localPort, remote, remotePort: 8080 };
      sockets.push(
        isLive
          ? { ...tuple, inode: inodeOf(second, group, nth) }
          : { ...tuple, state: 'TIME_WAIT', leftMs: 60_000 - nth * 2000 - (elapsedMs % 2000) },
      );
    }
  }
  for (let group = 0; group < PASSING.groups; group++) {
    const remote = passingAddress(elapsedMs, group);
    for (let nth = 0; nth < PASSING.sockets; nth++) {
      const localPort = FIRST_PORT + ((group * PASSING.sockets + nth) % RANGE);
      const inode = inodeOf(second, STEADY.groups + group, nth);
      sockets.push({ local: PROXY, localPort, remote, remotePort: 443, inode });
    }
  }
  const opened = second * 10;
  const counters = { activeOpens: opened, timeWaitReused: 0, timeWaitOverflow: 0, attemptFails: 0 };
  return reading(sockets, { takenAtMs: nowMs, counters, source: 'netlink' });
}

/** The address of a group that passes: never the same twice in half a year. */
export function passingAddress(elapsedMs: number, group: number): string {
  const nth = Math.floor(elapsedMs / PASSING.lifeMs) * PASSING.groups + group;
  return `10.${100 + ((nth >> 16) & 63)}.${(nth >> 8) & 255}.${nth & 255}`;
}

/** A connection lasts ten seconds, and its inode is used once. */
function inodeOf(second: number, group: number, nth: number): number {
  return 1000 + Math.floor(second / 10) * 1000 + group * 50 + nth;
}

/** Every process lives for as long as its connections: a shell's curl, again and again. */
export const CHANGING_OWNERS: SocketOwners = {
  pidOf: (inode) => Math.floor(inode / 50),
  commandOf: (pid) => `client-${pid}`,
  filesOf: (pid) => ({ open: pid % 1000, limit: 1024, hardLimit: 4096 }),
  unseenProcesses: 0,
};

/** One refusal, by a new process each time; every fourth for a group that passes. */
export function refusalsAt(elapsedMs: number): NamedRefusal[] {
  const second = elapsedMs / 1000;
  const toPassing = second % 4 === 0;
  return [
    {
      pid: 10_000 + second,
      command: `client-${second}`,
      family: 4,
      localAddress: PROXY,
      remoteAddress: toPassing ? passingAddress(elapsedMs, 0) : '10.0.9.21',
      remotePort: toPassing ? 443 : 8080,
    },
  ];
}
