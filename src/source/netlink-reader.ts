import { constants, endianness } from 'node:os';
import { InetDiagParser, inetDiagRequest } from '../kernel/inet-diag.ts';
import type { IpFamily } from '../kernel/ip-address.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import type { Clock } from './clock.ts';
import { type KernelReader, kernelReader } from './kernel-files.ts';
import { isErrno, NetlinkError, type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';
import type { ProcRoot } from './proc-root.ts';
import { SourceError } from './source.ts';

// The kernel puts at most 32 KiB into a message of a dump (netlink_recvmsg in net/netlink/af_netlink.c).
const BUFFER_BYTES = 64 * 1024;

/** How often a dump is taken that does not come in one piece. */
const ATTEMPTS = 3;

/** A dump that lost messages: what was read is in the table. */
type DumpOutcome = 'whole' | 'lost';

/**
 * A reader of sock_diag: every TCP socket over netlink, several times faster than /proc/net/tcp, and with
 * the bound sockets that no file shows. Sysctls and counters come from procfs. Synchronous, as
 * procfsReader is; the socket is opened with the first reading, and kept until `close`. It shows the network namespace
 * of this process, whatever `proc` says: give it the process's own.
 *
 * A reading throws SourceError where netlink cannot be used.
 */
export function netlinkReader(
  proc: ProcRoot,
  clock: Clock,
  openSocket: () => NetlinkSocket = openNetlinkSocket,
): KernelReader {
  const dumper = new Dumper(openSocket);
  return kernelReader('netlink', proc, clock, {
    read(table, warnings) {
      for (const family of [4, 6] as const) readFamily(dumper, family, table, warnings);
    },
    close: () => dumper.close(),
  });
}

function readFamily(
  dumper: Dumper,
  family: IpFamily,
  table: SocketTable,
  warnings: string[],
): void {
  try {
    dumper.read(family, table, warnings);
  } catch (error) {
    dumper.close();
    if (!(error instanceof NetlinkError)) throw error;
    // A kernel without IPv6 may not know the family: nothing is amiss.
    if (family === 6 && isErrno(error, 'ENOENT')) return;
    throw new SourceError(refusal(error));
  }
}

function refusal(error: NetlinkError): string {
  const instead = 'use --source procfs.';
  switch (error.errno) {
    case constants.errno.ENOENT:
      return `this kernel has no sock_diag for TCP (modprobe tcp_diag loads it, where it is a module); ${instead}`;
    case constants.errno.EPROTONOSUPPORT:
    case constants.errno.EAFNOSUPPORT:
      return `this kernel has no sock_diag over netlink (${error.message}); ${instead}`;
    case constants.errno.EPERM:
    case constants.errno.EACCES:
      return `this process may not use sock_diag over netlink (${error.message}); ${instead}`;
    case constants.errno.EAGAIN:
      return `sock_diag does not answer; ${instead}`;
    default:
      return `sock_diag cannot be read (${error.message}); ${instead}`;
  }
}

/** Takes dumps through one socket. After an error the socket is in an unknown state: close, and go on with a new one. */
class Dumper {
  readonly #openSocket: () => NetlinkSocket;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #socket: NetlinkSocket | undefined;
  #sequence = 0;

  constructor(openSocket: () => NetlinkSocket) {
    this.#openSocket = openSocket;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Adds a family's sockets to the table. Throws NetlinkError, and what opening the socket throws. */
  read(family: IpFamily, table: SocketTable, warnings: string[]): void {
    const firstRow = table.length;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const found: string[] = [];
      table.length = firstRow;
      const outcome = this.#dump(family, table, found);
      if (outcome === 'lost' && attempt < ATTEMPTS) continue;
      if (outcome === 'lost')
        found.push(
          `sock_diag (IPv${family}): the sockets changed while they were read, ${ATTEMPTS} times over; some may be missing or counted twice`,
        );
      warnings.push(...found);
      return;
    }
  }

  #dump(family: IpFamily, table: SocketTable, warnings: string[]): DumpOutcome {
    this.#socket ??= this.#openSocket();
    const options = { family, sequence: this.#nextSequence(), byteOrder: endianness() };
    const parser = new InetDiagParser(options, table);
    this.#socket.send(inetDiagRequest(options));
    try {
      while (parser.push(this.#buffer, this.#socket.receive(this.#buffer)) === 'more');
    } catch (error) {
      if (!isErrno(error, 'ENOBUFS')) throw error;
      // Messages were dropped, the end of the dump perhaps among them.
      this.close();
      return 'lost';
    }
    if (parser.errno !== 0) throw new NetlinkError('sock_diag', parser.errno);
    if (parser.firstProblem !== undefined) {
      const others = parser.malformedMessages - 1;
      const more = others > 0 ? ` (and ${others} more messages)` : '';
      warnings.push(`${parser.firstProblem}${more}; what cannot be read is not counted`);
    }
    return parser.interrupted ? 'lost' : 'whole';
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }
}
