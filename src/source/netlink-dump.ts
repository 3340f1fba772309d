import { endianness } from 'node:os';
import { type DumpSelection, InetDiagParser, inetDiagRequest } from '../kernel/inet-diag.ts';
import { tcpInfoRequest, timestampsAnswer } from '../kernel/inet-diag-info.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import { isErrno, SystemCallError } from './libc.ts';
import type { NetlinkSocket } from './netlink-socket.ts';
import type { ReadMoments } from './read-moments.ts';
import { SourceError } from './source-error.ts';

/** What to do where sock_diag does not serve. */
export const INSTEAD = 'use --source procfs.';

/** How many times an inconsistent dump is tried. */
const ATTEMPTS = 3;

/** `lost`: messages are missing; the sockets read so far are in the table. */
type DumpOutcome = 'whole' | 'lost';

/** Where a dump goes, why it lacks sockets, and when its rows were read. */
export interface DumpTarget {
  readonly table: SocketTable;
  readonly problems: string[];
  readonly moments: ReadMoments;
}

/** Takes dumps through one socket. After an error the socket is in an unknown state: close, and go on with a new one. */
export class Dumper {
  readonly #openSocket: () => NetlinkSocket;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #socket: NetlinkSocket | undefined;
  #sequence = 0;

  constructor(openSocket: () => NetlinkSocket, buffer: Uint8Array<ArrayBuffer>) {
    this.#openSocket = openSocket;
    this.#buffer = buffer;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /**
   * Adds sockets of both families to the table, and why it lacks some to the problems. Throws SystemCallError, and what
   * opening the socket throws.
   */
  read(selection: DumpSelection, into: DumpTarget): void {
    const { table, problems } = into;
    const firstRow = table.length;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const found: string[] = [];
      table.cutTo(firstRow);
      const outcome = this.#dump(selection, { ...into, problems: found });
      if (outcome === 'lost' && attempt < ATTEMPTS) continue;
      if (outcome === 'lost')
        found.push(
          `sock_diag: the sockets changed while they were read, ${ATTEMPTS} times over; some may be missing or counted twice`,
        );
      problems.push(...found);
      return;
    }
  }

  /** Whether a row's connection has TCP timestamps; undefined: it has gone. Throws SystemCallError. */
  timestampsOf(table: SocketTable, row: number): boolean | undefined {
    this.#socket ??= this.#openSocket();
    const options = { sequence: this.#nextSequence(), byteOrder: endianness() };
    this.#socket.send(tcpInfoRequest(options, table, row));
    const remotePort = table.remotePortOf(row);
    for (;;) {
      const length = this.#socket.receive(this.#buffer);
      const answer = timestampsAnswer(options, remotePort, this.#buffer, length);
      if (answer !== undefined) return answer === 'unknown' ? undefined : answer;
    }
  }

  #dump(selection: DumpSelection, { table, problems, moments }: DumpTarget): DumpOutcome {
    this.#socket ??= this.#openSocket();
    const options = { sequence: this.#nextSequence(), byteOrder: endianness() };
    const parser = new InetDiagParser(options, table);
    const firstRow = table.length;
    let filledMs = moments.nowMs();
    this.#socket.send(inetDiagRequest(options, selection));
    try {
      // The kernel fills the next message when one is taken (netlink_recvmsg). A thread that has to wait does so on its way
      // back from there.
      for (;;) {
        const nextFilledMs = moments.nowMs();
        const end = this.#socket.receive(this.#buffer);
        moments.note(filledMs);
        filledMs = nextFilledMs;
        if (parser.push(this.#buffer, end) !== 'more') break;
      }
    } catch (error) {
      if (!isErrno(error, 'ENOBUFS')) throw error;
      // Messages were dropped, the end of the dump perhaps among them.
      this.close();
      return 'lost';
    }
    if (parser.errno !== 0) throw new SystemCallError('sock_diag', parser.errno);
    if (parser.firstProblem !== undefined) {
      const others = parser.malformedMessages - 1;
      const more = others > 0 ? ` (and ${others} more messages)` : '';
      if (table.length === firstRow)
        throw new SourceError(
          `no message of sock_diag can be read (${parser.firstProblem}${more}); ${INSTEAD}`,
        );
      problems.push(`${parser.firstProblem}${more}; what cannot be read is not counted`);
    }
    return parser.interrupted ? 'lost' : 'whole';
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }
}
