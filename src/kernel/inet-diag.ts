import {
  AF_INET,
  AF_INET6,
  AT_REMOTE_PORT,
  ATTRIBUTE_HEADER_BYTES,
  findAttribute,
  HEADER_BYTES,
  MESSAGE_BYTES,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  SOCK_DIAG_BY_FAMILY,
  TCPDIAG_GETSOCK,
  type WantedAttribute,
} from './netlink-message.ts';
import { littleEndianWords, recentTuples, takeTimeWaits } from './inet-diag-time-wait.ts';
import { describeProblem } from './parse-error.ts';
import type { ByteOrder } from './proc-net-tcp.ts';
import { type SocketTable, TIME_WAIT_TIMER } from './socket-table.ts';
import { BOUND_INACTIVE, CLOSE, LISTEN, TCP_STATE_COUNT } from './tcp-state.ts';

/** Which answer to parse, and the byte order of the machine. */
export interface InetDiagOptions {
  /** nlmsg_seq of the request: an answer to another one is not ours. */
  readonly sequence: number;
  /** Netlink headers and timers are native; ports and addresses are big-endian everywhere. */
  readonly byteOrder: ByteOrder;
}

/** Which sockets to dump. */
export interface DumpSelection {
  /** A bit for each state. */
  readonly states: number;
  /** A program that the kernel runs on each socket; see inet-diag-filter.ts. */
  readonly filter?: Uint8Array | undefined;
}

/**
 * State of a dump: more to receive (`more`), complete (`done`), or refused by the kernel (`failed`, see
 * `errno`).
 */
export type DumpProgress = 'more' | 'done' | 'failed';

// linux/netlink.h
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_DUMP = 0x300;
const NLMSG_DONE = 3;
const NLMSG_OVERRUN = 4;

// linux/inet_diag.h, struct inet_diag_req: u8 family, src_len, dst_len, ext; 48 bytes that a dump does not look
// at; u32 states, dbs. There is a newer request, but only with this one, whose family the kernel never looks
// at either (inet_diag_dump_compat in net/ipv4/inet_diag.c), does one walk over the hash table give the
// sockets of both families. An answer has the type of its request.
const REQUEST_BYTES = HEADER_BYTES + 60;
const AT_STATES = HEADER_BYTES + 52;
const INET_DIAG_REQ_BYTECODE = 1;

/** A bit for each state, those yet to come included; bit 13, BOUND_INACTIVE, is known since Linux 6.8. */
export const ALL_STATES = 0xffffffff;
export const LISTEN_ONLY = 1 << LISTEN;
export const BOUND_ONLY = 1 << BOUND_INACTIVE;

// struct inet_diag_msg (linux/inet_diag.h), as offsets from the start of the message.
const AT_FAMILY = HEADER_BYTES;
const AT_STATE = HEADER_BYTES + 1;
const AT_TIMER = HEADER_BYTES + 2;
const AT_LOCAL_PORT = HEADER_BYTES + 4;
const AT_LOCAL_ADDRESS = HEADER_BYTES + 8;
const AT_REMOTE_ADDRESS = HEADER_BYTES + 24;
const AT_DEVICE = HEADER_BYTES + 40;
const AT_EXPIRES = HEADER_BYTES + 52;
const AT_INODE = HEADER_BYTES + 68;

// Attributes follow: u16 length, u16 type, padded to four bytes. INET_DIAG_SOCKOPT holds a struct inet_diag_sockopt,
// bits in two bytes. Nobody has to ask for it: since Linux 5.10 each full socket has one (inet_diag_msg_attrs_fill in
// net/ipv4/inet_diag.c), and TIME_WAIT has none.
const INET_DIAG_SOCKOPT = 22;
// Compilers begin a byte of bit fields at its lowest bit on little-endian machines, and at its highest elsewhere.
// The masks are for the two bytes read as a big-endian number.
const BIND_ADDRESS_NO_PORT_MASK = { LE: 0x0001, BE: 0x0080 } as const;

/** The netlink message that requests a selection of IPv4 and IPv6 TCP sockets (sock_diag_rcv_msg, net/core/sock_diag.c). */
export function inetDiagRequest(
  { sequence, byteOrder }: InetDiagOptions,
  { states, filter }: DumpSelection,
): Uint8Array<ArrayBuffer> {
  const filterBytes = filter === undefined ? 0 : ATTRIBUTE_HEADER_BYTES + filter.length;
  const bytes = new Uint8Array(REQUEST_BYTES + filterBytes);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'LE';
  view.setUint32(0, bytes.length, little);
  view.setUint16(4, TCPDIAG_GETSOCK, little);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, little);
  view.setUint32(8, sequence, little);
  view.setUint8(HEADER_BYTES, AF_INET);
  view.setUint32(AT_STATES, states, little);
  if (filter !== undefined) {
    view.setUint16(REQUEST_BYTES, filterBytes, little);
    view.setUint16(REQUEST_BYTES + 2, INET_DIAG_REQ_BYTECODE, little);
    bytes.set(filter, REQUEST_BYTES + ATTRIBUTE_HEADER_BYTES);
  }
  return bytes;
}

/**
 * Parses the answer to `inetDiagRequest` into a SocketTable (inet_sk_diag_fill, inet_twsk_diag_fill and
 * inet_req_diag_fill in net/ipv4/inet_diag.c; netlink_dump in net/netlink/af_netlink.c). `push` takes
 * what each recv(2) gave: whole messages. Nothing is allocated for a row that is well formed.
 */
export class InetDiagParser {
  /** True if the kernel reports an inconsistent dump (NLM_F_DUMP_INTR, NLMSG_OVERRUN): repeat it. */
  interrupted = false;
  /** Why the kernel refused; 0 if it has not. */
  errno = 0;
  /** Messages that could not be read; they are skipped, the rest is kept. */
  malformedMessages = 0;
  /** The first malformed message in words, quoted; undefined while all is well. */
  firstProblem: string | undefined;

  readonly #options: InetDiagOptions;
  readonly #table: SocketTable;
  readonly #little: boolean;
  readonly #socketOptions: WantedAttribute;
  // The addresses of an IPv6 row, both in one place, so that none is allocated per row.
  readonly #words = new Uint32Array(8);

  constructor(options: InetDiagOptions, table: SocketTable) {
    this.#options = options;
    this.#table = table;
    this.#little = options.byteOrder === 'LE';
    this.#socketOptions = { type: INET_DIAG_SOCKOPT, leastBytes: 2, isLittleEndian: this.#little };
  }

  /** Parses the messages in bytes[0, end). Behind 'done' and 'failed' nothing is read. */
  push(bytes: Uint8Array, end: number): DumpProgress {
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    const words = this.#little ? littleEndianWords(bytes, end) : undefined;
    const recent = recentTuples.of(this);
    let at = 0;
    while (at < end) {
      if (words !== undefined)
        at = takeTimeWaits(words, at, this.#table, recent, this.#options.sequence);
      if (at >= end) break;
      const length = end - at < HEADER_BYTES ? 0 : view.getUint32(at, this.#little);
      if (length < HEADER_BYTES || length > end - at) {
        // The start of the next message is then unknown too.
        this.#report(view, at, end, 'a whole message');
        return 'more';
      }
      const progress = this.#parseMessage(view, at, at + length);
      if (progress !== 'more') return progress;
      at += (length + 3) & ~3; // NLMSG_ALIGN
    }
    return 'more';
  }

  #parseMessage(view: DataView, start: number, end: number): DumpProgress {
    // This may be a late answer to an earlier dump that was abandoned.
    if (view.getUint32(start + 8, this.#little) !== this.#options.sequence) return 'more';
    if ((view.getUint16(start + 6, this.#little) & NLM_F_DUMP_INTR) !== 0) this.interrupted = true;
    switch (view.getUint16(start + 4, this.#little)) {
      case SOCK_DIAG_BY_FAMILY:
      case TCPDIAG_GETSOCK:
        this.#parseSocket(view, start, end);
        return 'more';
      case NLMSG_OVERRUN:
        this.interrupted = true;
        return 'more';
      case NLMSG_ERROR:
        return this.#hasErrno(view, start, end) ? 'failed' : 'more'; // errno 0 is an acknowledgement
      case NLMSG_DONE:
        return this.#hasErrno(view, start, end) ? 'failed' : 'done';
      default:
        return 'more';
    }
  }

  /** The negative errno behind the header of NLMSG_ERROR, and of NLMSG_DONE where a dump failed half-way. */
  #hasErrno(view: DataView, start: number, end: number): boolean {
    if (end - start < HEADER_BYTES + 4) return false;
    this.errno = Math.max(0, -view.getInt32(start + HEADER_BYTES, this.#little));
    return this.errno > 0;
  }

  #parseSocket(view: DataView, start: number, end: number): void {
    if (end - start < MESSAGE_BYTES) return this.#report(view, start, end, 'an inet_diag_msg');
    const family = view.getUint8(start + AT_FAMILY);
    const state = view.getUint8(start + AT_STATE);
    if (family !== AF_INET && family !== AF_INET6)
      return this.#report(view, start, end, 'idiag_family');
    if (state === 0 || state >= TCP_STATE_COUNT)
      return this.#report(view, start, end, 'idiag_state');

    const table = this.#table;
    const row = table.addRow();
    const localPort = view.getUint16(start + AT_LOCAL_PORT);
    const remotePort = view.getUint16(start + AT_REMOTE_PORT);
    // The kernel picks a bound socket by bit 13 of the mask, but then shows its sk_state, which is CLOSE.
    // One that was reset while the dump went by is CLOSE as well, but had a remote end.
    const bound = state === CLOSE && localPort !== 0 && remotePort === 0;
    table.localPort[row] = localPort;
    // TIME_WAIT and its FIN_WAIT2 are told apart by tw_substate, which is what idiag_state holds for both.
    table.state[row] = bound ? BOUND_INACTIVE : state;
    table.timerMs[row] = view.getUint32(start + AT_EXPIRES, this.#little);
    table.inode[row] = view.getUint32(start + AT_INODE, this.#little);
    if (view.getUint8(start + AT_TIMER) !== TIME_WAIT_TIMER)
      this.#readOptions(view, start + MESSAGE_BYTES, end, row);
    const device = view.getUint32(start + AT_DEVICE, this.#little);
    if (family === AF_INET) {
      const local = view.getUint32(start + AT_LOCAL_ADDRESS);
      const remote = view.getUint32(start + AT_REMOTE_ADDRESS);
      table.tuple[row] = table.tuples.numberOf(4, local, remote, remotePort, device);
    } else {
      // Eight words in a row: idiag_dst follows idiag_src.
      for (let word = 0; word < 8; word++)
        this.#words[word] = view.getUint32(start + AT_LOCAL_ADDRESS + word * 4);
      table.tuple[row] = table.ipv6Tuple(this.#words, remotePort, device);
    }
  }

  /** Finds the socket's options among its attributes; truncated ones count as absent. */
  #readOptions(view: DataView, start: number, end: number, row: number): void {
    const options = findAttribute(view, start, end, this.#socketOptions);
    const mask = BIND_ADDRESS_NO_PORT_MASK[this.#options.byteOrder];
    if (options >= 0 && (view.getUint16(options) & mask) !== 0)
      this.#table.bindAddressNoPort[row] = 1;
  }

  #report(view: DataView, start: number, end: number, field: string): void {
    this.malformedMessages++;
    this.firstProblem ??= describeProblem({
      file: 'sock_diag',
      field,
      got: hexBytes(view, start, Math.min(end, start + QUOTED_BYTES)),
    });
  }
}

/** The netlink header and the head of the inet_diag_msg. */
const QUOTED_BYTES = 20;

function hexBytes(view: DataView, start: number, end: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
