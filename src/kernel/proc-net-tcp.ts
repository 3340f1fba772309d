import type { IpFamily } from './ip-address.ts';
import { describeProblem } from './parse-error.ts';
import { TimeWaitRows } from './proc-net-tcp-time-wait.ts';
import type { SocketTable } from './socket-table.ts';
import { TCP_STATE_COUNT, TIME_WAIT } from './tcp-state.ts';
import { NO_TUPLE } from './tuple-index.ts';

/** Byte order of the machine whose kernel wrote the file: it prints addresses as native 32-bit words. */
export type ByteOrder = 'LE' | 'BE';

export interface ProcNetTcpOptions {
  /** Path for messages. */
  readonly file: string;
  /** 4 for /proc/net/tcp, 6 for /proc/net/tcp6. */
  readonly family: IpFamily;
  readonly byteOrder: ByteOrder;
}

const NEWLINE = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
/** Negative, and so is every number that it is a digit of. */
const NOT_HEX = -1;
const HEADER = '  sl  local_address';

const HEX_VALUE = new Int8Array(256).fill(NOT_HEX);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_VALUE[text.charCodeAt(0)] = digit;
  HEX_VALUE[text.toUpperCase().charCodeAt(0)] = digit;
}

/** The kernel prints timers in ticks of USER_HZ, which is 100 on every Linux architecture that Node runs on. */
const MS_PER_CLOCK_TICK = 10;

/**
 * Parses /proc/net/tcp and /proc/net/tcp6 as bytes (get_tcp4_sock, get_timewait4_sock in
 * net/ipv4/tcp_ipv4.c; get_tcp6_sock in net/ipv6/tcp_ipv6.c) into a SocketTable; no string is made for
 * a row that is well formed. The file may come in pieces that end anywhere: `push` says how many bytes
 * it used, and the caller hands the rest over again in front of the next piece.
 */
export class ProcNetTcpParser {
  /** Rows that could not be read; they are skipped, the rest is kept. */
  malformedRows = 0;
  /** The first malformed row in words, quoted; undefined while all is well. */
  firstProblem: string | undefined;

  readonly #options: ProcNetTcpOptions;
  readonly #table: SocketTable;
  readonly #addressDigits: number;
  // The addresses of an IPv6 row, both in one place, so that none is allocated per row.
  readonly #words = new Uint32Array(8);
  /** Undefined for IPv6. */
  readonly #timeWaits: TimeWaitRows | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #line = 0;
  // The field found malformed, for the message.
  #badField = '';

  constructor(options: ProcNetTcpOptions, table: SocketTable) {
    this.#options = options;
    this.#table = table;
    this.#addressDigits = options.family === 4 ? 8 : 32;
    this.#timeWaits = options.family === 4 ? new TimeWaitRows(table) : undefined;
  }

  /** Parses the complete lines in bytes[start, end) and returns the offset of the first byte not used. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let lineStart = start;
    // Else the search for the newline that a cut row lacks would go through the whole buffer.
    const filled = bytes.subarray(0, end);
    const view = this.#viewOf(bytes);
    for (;;) {
      lineStart = this.#timeWaits?.take(bytes, view, lineStart, end) ?? lineStart;
      const newline = filled.indexOf(NEWLINE, lineStart);
      if (newline < 0) return lineStart;
      this.#line++;
      const understood =
        this.#line === 1
          ? this.#isHeader(bytes, lineStart, newline)
          : this.#parseRow(bytes, lineStart, newline);
      if (!understood) {
        this.#reportRow(bytes, lineStart, newline);
      }
      lineStart = newline + 1;
    }
  }

  /** Ends the file; leftover bytes are a truncated row. */
  finish(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return;
    this.#line++;
    this.#badField = 'a whole row (the file is cut)';
    this.#reportRow(bytes, start, end);
  }

  /** The title row, by which a file is known to be such a table at all. */
  #isHeader(bytes: Uint8Array, start: number, end: number): boolean {
    const text = String.fromCharCode(
      ...bytes.subarray(start, Math.min(end, start + HEADER.length)),
    );
    return text === HEADER || this.#fail('the title row');
  }

  /** One row; false if it is malformed, with #badField set and the table as it was. */
  #parseRow(bytes: Uint8Array, start: number, end: number): boolean {
    const digits = this.#addressDigits;
    let at = start;
    while (at < end && bytes[at] !== COLON) at++;
    at += 2; // ": " behind the row number, which widens past 9999
    const remote = at + digits + 6; // "ADDR:PORT "
    const state = remote + digits + 6;
    const timer = state + 21; // "ST TTTTTTTT:RRRRRRRR "
    const timerEnd = timer + 11; // "tr:wwwwwwww", or more digits
    if (timerEnd > end) return this.#fail('the columns up to tm->when');

    const localPort = hex4(bytes, at + digits + 1);
    const remotePort = hex4(bytes, remote + digits + 1);
    const stateNumber = hex2(bytes, state);
    if (localPort < 0 || bytes[at + digits] !== COLON) return this.#fail('local_address');
    if (remotePort < 0 || bytes[remote + digits] !== COLON) return this.#fail('rem_address');
    if (!(stateNumber > 0 && stateNumber < TCP_STATE_COUNT)) return this.#fail('st');
    if (hex2(bytes, timer) < 0 || bytes[timer + 2] !== COLON) return this.#fail('tr');
    const ticksEnd = blankFrom(bytes, timerEnd, end);
    const ticks = longHex(bytes, timer + 3, ticksEnd);
    if (!(ticks >= 0)) return this.#fail('tm->when');
    const inode = decimal(bytes, inodeAt(bytes, ticksEnd, end), end);
    if (!(inode >= 0)) return this.#fail('inode');

    const tuple =
      this.#options.family === 4
        ? this.#ipv4Tuple(bytes, at, remote, remotePort)
        : this.#ipv6Tuple(bytes, at, remote, remotePort);
    if (tuple === NO_TUPLE) return false;
    const table = this.#table;
    const row = table.addRow();
    table.tuple[row] = tuple;
    table.localPort[row] = localPort;
    table.state[row] = stateNumber;
    table.timerMs[row] = Math.min(ticks * MS_PER_CLOCK_TICK, 0xffffffff);
    table.inode[row] = inode;
    if (stateNumber === TIME_WAIT) this.#timeWaits?.know(this.#view, start, at, tuple);
    return true;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#view.buffer !== bytes.buffer || this.#view.byteOffset !== bytes.byteOffset)
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#view;
  }

  /** The row's tuple; NO_TUPLE if an address is malformed, with #badField set. */
  #ipv4Tuple(bytes: Uint8Array, local: number, remote: number, remotePort: number): number {
    const [localHigh, localLow] = [hex4(bytes, local), hex4(bytes, local + 4)];
    const [remoteHigh, remoteLow] = [hex4(bytes, remote), hex4(bytes, remote + 4)];
    if ((localHigh | localLow) < 0) return this.#noTuple('local_address');
    if ((remoteHigh | remoteLow) < 0) return this.#noTuple('rem_address');
    const localWord = this.#word(localHigh, localLow);
    const remoteWord = this.#word(remoteHigh, remoteLow);
    return this.#table.tuples.numberOf(4, localWord, remoteWord, remotePort, 0);
  }

  #ipv6Tuple(bytes: Uint8Array, local: number, remote: number, remotePort: number): number {
    if (!this.#readWords(bytes, local, 0)) return this.#noTuple('local_address');
    if (!this.#readWords(bytes, remote, 4)) return this.#noTuple('rem_address');
    return this.#table.ipv6Tuple(this.#words, remotePort);
  }

  #noTuple(field: string): typeof NO_TUPLE {
    this.#badField = field;
    return NO_TUPLE;
  }

  #readWords(bytes: Uint8Array, at: number, first: number): boolean {
    for (let index = 0; index < 4; index++) {
      const [high, low] = [hex4(bytes, at + index * 8), hex4(bytes, at + index * 8 + 4)];
      if ((high | low) < 0) return false;
      this.#words[first + index] = this.#word(high, low);
    }
    return true;
  }

  /** A 32-bit word of an address in network order, from the two halves that the kernel prints. */
  #word(high: number, low: number): number {
    return this.#options.byteOrder === 'BE'
      ? ((high << 16) | low) >>> 0
      : ((swapped(low) << 16) | swapped(high)) >>> 0;
  }

  #fail(field: string): false {
    this.#badField = field;
    return false;
  }

  #reportRow(bytes: Uint8Array, start: number, end: number): void {
    this.malformedRows++;
    this.firstProblem ??= describeProblem({
      file: this.#options.file,
      line: this.#line + (this.#timeWaits?.taken ?? 0),
      field: this.#badField,
      got: String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 200))).trim(),
    });
  }
}

/** The value of two hexadecimal digits; negative if one of them is none. */
function hex2(bytes: Uint8Array, at: number): number {
  return (digitAt(bytes, at) << 4) | digitAt(bytes, at + 1);
}

/** The value of four hexadecimal digits; negative if one of them is none. */
function hex4(bytes: Uint8Array, at: number): number {
  return (hex2(bytes, at) << 8) | hex2(bytes, at + 2);
}

function digitAt(bytes: Uint8Array, at: number): number {
  return HEX_VALUE[bytes[at] ?? 0] ?? NOT_HEX;
}

/** Two bytes the other way round. */
function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

/** The unsigned value of eight hexadecimal digits or more; NaN if one of them is none. */
function longHex(bytes: Uint8Array, at: number, end: number): number {
  const [high, low] = [hex4(bytes, at), hex4(bytes, at + 4)];
  if ((high | low) < 0) return NaN;
  let value = high * 0x10000 + low;
  for (let index = at + 8; index < end; index++) {
    const next = digitAt(bytes, index);
    if (next < 0) return NaN;
    value = value * 16 + next;
  }
  return value;
}

/** The decimal number from `at` up to the next blank; NaN if it is none. */
function decimal(bytes: Uint8Array, at: number, end: number): number {
  let value = at < end ? 0 : NaN;
  for (let index = at; index < end && bytes[index] !== SPACE; index++) {
    const next = (bytes[index] ?? 0) - 0x30;
    if (next < 0 || next > 9) return NaN;
    value = value * 10 + next;
  }
  return value;
}

// Columns behind tm->when, each behind a blank: retrnsmt, uid, timeout, inode: " %08X %5u %8d %lu".
const RETRNSMT_DIGITS = 8;
const LEAST_UID_WIDTH = 5;
const LEAST_TIMEOUT_WIDTH = 8;
const INODE_FIELDS_AFTER_TIMER = 4;

/** Where the inode begins: `end` or more if there is none. */
function inodeAt(bytes: Uint8Array, ticksEnd: number, end: number): number {
  const uid = ticksEnd + 1 + RETRNSMT_DIGITS;
  // A second blank tells that the columns are as wide as the kernel prints them; a longer uid, or rows made elsewhere, have none.
  const isPadded = bytes[uid - 1] !== SPACE && bytes[uid] === SPACE && bytes[uid + 1] === SPACE;
  if (!isPadded) return nthField(bytes, ticksEnd, end, INODE_FIELDS_AFTER_TIMER);
  const timeout = blankFrom(bytes, uid + 1 + LEAST_UID_WIDTH, end);
  return blankFrom(bytes, timeout + 1 + LEAST_TIMEOUT_WIDTH, end) + 1;
}

function blankFrom(bytes: Uint8Array, at: number, end: number): number {
  let blank = at;
  while (blank < end && bytes[blank] !== SPACE) blank++;
  return blank;
}

/** Where the n-th blank-separated field from `at` on begins; `end` if there is none. */
function nthField(bytes: Uint8Array, at: number, end: number, n: number): number {
  let index = at;
  for (let field = 1; ; field++) {
    while (index < end && bytes[index] === SPACE) index++;
    if (field === n) return index;
    index = blankFrom(bytes, index, end);
  }
}
