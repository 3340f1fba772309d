import { constants, endianness } from 'node:os';
import { countedSockets } from '../kernel/counters.ts';
import { leaveOutPorts } from '../kernel/inet-diag-filter.ts';
import { ALL_STATES, BOUND_ONLY, type DumpSelection, LISTEN_ONLY } from '../kernel/inet-diag.ts';
import { readableRange } from '../kernel/port-range.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import { BoundSockets } from './bound-sockets.ts';
import type { Clock } from './clock.ts';
import {
  type KernelReader,
  kernelReader,
  type ReadingKit,
  readingKit,
  type ReadSockets,
  type SocketHints,
  type SocketReader,
} from './kernel-files.ts';
import { isErrno, SystemCallError } from './libc.ts';
import { Dumper, type DumpTarget, INSTEAD } from './netlink-dump.ts';
import { type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';
import { SourceError } from './source-error.ts';
import type { WatchedPlace } from './watched-place.ts';

/** Below this many sockets, all are read: it costs little, and every state can be counted. */
const FILTER_FROM_SOCKETS = 10_000;

/** Least share of sockets that the filter must leave out, since it costs a little for each. */
const FILTER_FROM_SHARE = 0.25;

/**
 * A reader of sock_diag: every TCP socket over netlink, several times faster than /proc/net/tcp, and with
 * the bound sockets that no file shows. Where many connections were accepted on listeners' ports outside the
 * range, the kernel leaves those out. Sysctls and counters come from procfs. Synchronous, as
 * procfsReader is; the socket is opened with the first reading, and kept until `close`. It shows the network namespace
 * of this thread, whatever the place says: give it the thread's own.
 *
 * A reading throws SourceError where netlink cannot be used.
 */
export function netlinkReader(
  watched: WatchedPlace,
  clock: Clock,
  openSocket: () => NetlinkSocket = openNetlinkSocket,
  { table, buffer }: ReadingKit = readingKit(),
): KernelReader {
  return kernelReader(
    'netlink',
    watched,
    clock,
    new NetlinkSocketReader(openSocket, buffer, clock),
    table,
  );
}

class NetlinkSocketReader implements SocketReader {
  readonly #dumper: Dumper;
  readonly #bound: BoundSockets;
  // Worth a try until it is known how many sockets can be left out.
  #filtering = true;
  #canFilter = true;

  constructor(
    openSocket: () => NetlinkSocket,
    buffer: Uint8Array<ArrayBuffer>,
    clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.#dumper = new Dumper(openSocket, buffer);
    this.#bound = new BoundSockets(clock);
  }

  close(): void {
    this.#dumper.close();
  }

  read(table: SocketTable, warnings: string[], hints: SocketHints): ReadSockets {
    try {
      const problems: string[] = [];
      const into = { table, problems, moments: hints.moments };
      const isBoundKnown = this.#bound.isKnown(hints.counters);
      const states = isBoundKnown ? (ALL_STATES & ~BOUND_ONLY) >>> 0 : ALL_STATES;
      const leftOut = this.#read(states, into, hints);
      if (isBoundKnown) this.#bound.addTo(table);
      else this.#bound.keep(problems.length === 0 ? table : undefined, hints.counters);
      warnings.push(...problems);
      // Each problem of a dump is one of sockets that it lacks.
      return { leftOut, unreadSockets: problems.length === 0 ? undefined : 'some sockets' };
    } catch (error) {
      this.close();
      if (!(error instanceof SystemCallError)) throw error;
      throw new SourceError(refusal(error));
    }
  }

  /** What cannot be asked is not known: the next reading says why, if it fails as well. */
  timestampsOf(table: SocketTable, rows: readonly number[]): (boolean | undefined)[] {
    try {
      return rows.map((row) => this.#dumper.timestampsOf(table, row));
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.close();
      return [];
    }
  }

  #read(states: number, into: DumpTarget, hints: SocketHints): number {
    const { table } = into;
    const counted = countedSockets(hints.counters) ?? 0;
    if (counted < FILTER_FROM_SOCKETS) {
      this.#dumper.read({ states }, into);
      return 0;
    }
    this.#dumper.read({ states: LISTEN_ONLY }, into);
    const ports = portsOutsideRange(table, hints);
    const wanted = this.#filtering ? leaveOutPorts(ports, endianness()) : undefined;
    const firstRow = table.length;
    const connected = (states & ~LISTEN_ONLY) >>> 0;
    const filtered = this.#readConnections({ states: connected, filter: wanted }, into);
    const leftOut = filtered ? Math.max(0, counted - table.length) : 0;
    const couldLeaveOut = filtered ? leftOut : countRowsOn(ports, table, firstRow);
    this.#filtering = this.#canFilter && couldLeaveOut > FILTER_FROM_SHARE * counted;
    return leftOut;
  }

  /** Returns whether the filter was applied: a kernel that does not know it gives everything. */
  #readConnections(selection: DumpSelection, into: DumpTarget): boolean {
    const { states, filter } = selection;
    try {
      this.#dumper.read(selection, into);
      return filter !== undefined;
    } catch (error) {
      if (filter === undefined || !isErrno(error, 'EINVAL')) throw error;
      this.#canFilter = false;
      this.close();
      return this.#readConnections({ states }, into);
    }
  }
}

/** Ports of the table's listeners that connect() never takes. */
function portsOutsideRange(table: SocketTable, { sysctls }: SocketHints): number[] {
  const range = readableRange(sysctls['net.ipv4.ip_local_port_range']);
  // Nothing is to be left out by a range that is not known.
  if (range === undefined) return [];
  const { low, high } = range;
  const ports = new Set(table.localPort.subarray(0, table.length));
  return [...ports].filter((port) => port < low || port > high);
}

/** One row in so many tells the share of those on some ports. In no pattern with tuples, which may come in turn. */
const ROWS_ASKED = 7;

/** Kept, as there are several readings a second. */
const isOne = new Uint8Array(65536);

/** About how many rows from one on have one of the ports. */
function countRowsOn(ports: readonly number[], table: SocketTable, firstRow: number): number {
  isOne.fill(0);
  for (const port of ports) isOne[port] = 1;
  let rows = 0;
  for (let row = firstRow; row < table.length; row += ROWS_ASKED)
    rows += isOne[table.localPort[row] ?? 0] ?? 0;
  return rows * ROWS_ASKED;
}

function refusal(error: SystemCallError): string {
  switch (error.errno) {
    case constants.errno.ENOENT:
      return `this kernel has no sock_diag for TCP (modprobe tcp_diag loads it, where it is a module); ${INSTEAD}`;
    case constants.errno.EPROTONOSUPPORT:
    case constants.errno.EAFNOSUPPORT:
      return `this kernel has no sock_diag over netlink (${error.message}); ${INSTEAD}`;
    case constants.errno.EPERM:
    case constants.errno.EACCES:
      return `this process may not use sock_diag over netlink (${error.message}); ${INSTEAD}`;
    case constants.errno.EMFILE:
      return `sock_diag takes a file descriptor, and there are none left (${error.message}): raise ulimit -n.`;
    case constants.errno.ENFILE:
      return `sock_diag takes a file descriptor, and the machine has none left (${error.message}): raise fs.file-max.`;
    case constants.errno.ENOMEM:
    case constants.errno.ENOBUFS:
      return `sock_diag takes memory of the kernel, which has none left (${error.message}); ${INSTEAD}`;
    case constants.errno.EAGAIN:
      return `sock_diag does not answer; ${INSTEAD}`;
    default:
      return `sock_diag cannot be read (${error.message}); ${INSTEAD}`;
  }
}
