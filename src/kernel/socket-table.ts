import { formatIpv4, formatIpv6, type IpFamily, Ipv6Interner, isMappedIpv4 } from './ip-address.ts';
import { ReadLags } from './read-lags.ts';
import { TIME_WAIT } from './tcp-state.ts';
import { TupleIndex } from './tuple-index.ts';

/** `idiag_timer` of a TIME_WAIT socket, and its `tr` column in /proc/net/tcp. */
export const TIME_WAIT_TIMER = 3;

const FIRST_CAPACITY = 4096;

/** Rows behind each other that are all in TIME_WAIT. */
export interface TimeWaitSpan {
  readonly from: number;
  /** The row behind the last one. */
  readonly end: number;
  /** The longest of their timers. */
  readonly longestMs: number;
}

/** Fewer rows behind each other are looked at one by one as fast. */
const FEWEST_OF_SPAN = 16;

const ROWS_AHEAD = 1024;

/**
 * Every TCP socket of one sample, a column per field. The columns grow and are reused from sample to
 * sample, so that reading a row allocates nothing. Rows 0 … length-1 are valid.
 *
 * What the sockets of a group have in common is stored once, in `tuples`: hundreds of thousands of rows are then small.
 * An IPv4 address (mapped ones included) is its 32-bit number, first byte most significant; an IPv6
 * address is its number in `ipv6`. The family tells which.
 */
export class SocketTable {
  length = 0;
  /** The number in `tuples` of the row's addresses, remote port and device. */
  tuple = new Uint32Array(FIRST_CAPACITY);
  state = new Uint8Array(FIRST_CAPACITY);
  localPort = new Uint16Array(FIRST_CAPACITY);
  /** Milliseconds until the timer that the socket waits on fires, as of when the row was read: whole jiffies, over netlink. */
  timerMs = new Uint32Array(FIRST_CAPACITY);
  /** 0 where the kernel shows none (TIME_WAIT). */
  inode = new Uint32Array(FIRST_CAPACITY);
  /**
   * 1: IP_BIND_ADDRESS_NO_PORT is set, so bind() to port 0 did not choose the port. Known from sock_diag only, and not for
   * TIME_WAIT; 0 if not known.
   */
  bindAddressNoPort = new Uint8Array(FIRST_CAPACITY);
  readonly tuples = new TupleIndex();
  readonly ipv6 = new Ipv6Interner();
  readonly lags = new ReadLags();
  /** Rows from the last one on that are filled in as if they were in TIME_WAIT. */
  #filledTo = 0;
  readonly #timeWaitSpans: { -readonly [Key in keyof TimeWaitSpan]: TimeWaitSpan[Key] }[] = [];

  /** Forgets all rows and addresses; the memory is kept. */
  clear(): void {
    this.length = 0;
    this.tuples.clear();
    this.ipv6.clear();
    this.lags.clear();
    this.#timeWaitSpans.length = 0;
    this.#filledTo = 0;
  }

  /** Rows that need no look at their state, in order: where there are hundreds of thousands, nearly all. */
  get timeWaitSpans(): readonly TimeWaitSpan[] {
    return this.#timeWaitSpans;
  }

  /** Takes back the rows from one on, those of a dump that is tried again. */
  cutTo(rows: number): void {
    this.length = rows;
    while ((this.#timeWaitSpans.at(-1)?.end ?? 0) > rows) this.#timeWaitSpans.pop();
    this.#filledTo = 0;
  }

  /** Tells that the last rows, from one on, are in TIME_WAIT: fills the columns that are the same for all of them. */
  addTimeWaits(from: number, longestMs: number): void {
    const end = this.length;
    if (end > this.#filledTo) this.#fillTimeWaits(from);
    const last = this.#timeWaitSpans.at(-1);
    if (last?.end === from) {
      last.end = end;
      last.longestMs = Math.max(last.longestMs, longestMs);
    } else if (end - from >= FEWEST_OF_SPAN) this.#timeWaitSpans.push({ from, end, longestMs });
  }

  /** Fills more rows than there are yet, since they come few at a time; a row that turns out to be another is filled anew. */
  #fillTimeWaits(from: number): void {
    const to = Math.min(this.state.length, this.length + ROWS_AHEAD);
    this.state.fill(TIME_WAIT, from, to);
    this.bindAddressNoPort.fill(0, from, to);
    this.inode.fill(0, from, to);
    this.#filledTo = to;
  }

  /** Makes room for one row at the end and returns its index; the caller fills every column but that of sock_diag. */
  addRow(): number {
    this.reserve(this.length + 1);
    const row = this.length++;
    this.bindAddressNoPort[row] = 0;
    return row;
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    while (rows > this.state.length) this.#grow();
  }

  /** `timerMs` as of the end of the reading. */
  leftMsOf(row: number): number {
    return Math.max(0, (this.timerMs[row] ?? 0) - this.lags.of(row));
  }

  familyOf(row: number): IpFamily {
    return this.tuples.familyOf(this.tuple[row] ?? 0);
  }

  localAddressOf(row: number): number {
    return this.tuples.localAddressOf(this.tuple[row] ?? 0);
  }

  remoteAddressOf(row: number): number {
    return this.tuples.remoteAddressOf(this.tuple[row] ?? 0);
  }

  /** 0: not connected. */
  remotePortOf(row: number): number {
    return this.tuples.remotePortOf(this.tuple[row] ?? 0);
  }

  /**
   * The number of the device that the socket is bound to, by SO_BINDTODEVICE or a link-local address; 0: none, or not known
   * (/proc/net/tcp).
   */
  deviceIndexOf(row: number): number {
    return this.tuples.deviceIndexOf(this.tuple[row] ?? 0);
  }

  /**
   * The number of an IPv6 socket's tuple, given eight 32-bit words in network order: four of the local
   * address, four of the remote one. An IPv4-mapped socket becomes an IPv4 one.
   */
  ipv6Tuple(words: Uint32Array, remotePort: number, deviceIndex = 0): number {
    const word = (at: number) => words[at] ?? 0;
    if (isMappedIpv4(words)) {
      // Both ends are of one family, but a mapped listener's remote end is ::, not ::ffff:0.0.0.0.
      const remote = isMappedIpv4(words, 4) ? word(7) : 0;
      return this.tuples.numberOf(4, word(3), remote, remotePort, deviceIndex);
    }
    const local = this.ipv6.intern(word(0), word(1), word(2), word(3));
    const remote = this.ipv6.intern(word(4), word(5), word(6), word(7));
    return this.tuples.numberOf(6, local, remote, remotePort, deviceIndex);
  }

  /** An address as text: dotted IPv4, or RFC 5952 IPv6. */
  addressText(family: number, address: number): string {
    return family === 4 ? formatIpv4(address) : formatIpv6(this.ipv6.wordsOf(address));
  }

  #grow(): void {
    const capacity = this.state.length * 2;
    this.tuple = enlarged(this.tuple, new Uint32Array(capacity));
    this.state = enlarged(this.state, new Uint8Array(capacity));
    this.localPort = enlarged(this.localPort, new Uint16Array(capacity));
    this.timerMs = enlarged(this.timerMs, new Uint32Array(capacity));
    this.inode = enlarged(this.inode, new Uint32Array(capacity));
    this.bindAddressNoPort = enlarged(this.bindAddressNoPort, new Uint8Array(capacity));
  }
}

function enlarged<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
