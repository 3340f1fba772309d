import type { IpFamily } from './ip-address.ts';
import { describeProblem } from './parse-error.ts';
import type { SocketTable } from './socket-table.ts';
import { TCP_STATE_COUNT } from './tcp-state.ts';

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
const NOT_HEX = 0xff;
const HEADER = '  sl  local_address';

const HEX_VALUE = new Uint8Array(256).fill(NOT_HEX);
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
  #line = 0;
  // The field found malformed, for the message.
  #badField = '';

  constructor(options: ProcNetTcpOptions, table: SocketTable) {
    this.#options = options;
    this.#table = table;
    this.#addressDigits = options.family === 4 ? 8 : 32;
  }

  /** Parses the complete lines in bytes[start, end) and returns the offset of the first byte not used. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let lineStart = start;
    // Else the search for the newline that a cut row lacks would go through the whole buffer.
    const filled = bytes.subarray(0, end);
    for (;;) {
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

    const localPort = hex(bytes, at + digits + 1, 4);
    const remotePort = hex(bytes, remote + digits + 1, 4);
    const stateNumber = hex(bytes, state, 2);
    const timerKind = hex(bytes, timer, 2);
    if (!(localPort >= 0) || bytes[at + digits] !== COLON) return this.#fail('local_address');
    if (!(remotePort >= 0) || bytes[remote + digits] !== COLON) return this.#fail('rem_address');
    if (!(stateNumber > 0 && stateNumber < TCP_STATE_COUNT)) return this.#fail('st');
    if (!(timerKind >= 0) || bytes[timer + 2] !== COLON) return this.#fail('tr');
    let ticksEnd = timer + 3;
    while (ticksEnd < end && bytes[ticksEnd] !== SPACE) ticksEnd++;
    const ticks = longHex(bytes, timer + 3, ticksEnd - timer - 3);
    if (!(ticks >= 0) || ticksEnd === timer + 3) return this.#fail('tm->when');
    const inode = decimalField(bytes, ticksEnd, end, INODE_FIELDS_AFTER_TIMER);
    if (!(inode >= 0)) return this.#fail('inode');

    const table = this.#table;
    const row = table.addRow();
    table.localPort[row] = localPort;
    table.remotePort[row] = remotePort;
    table.state[row] = stateNumber;
    table.timer[row] = timerKind;
    table.timerMs[row] = Math.min(ticks * MS_PER_CLOCK_TICK, 0xffffffff);
    table.inode[row] = inode;
    const filled =
      this.#options.family === 4
        ? this.#fillIpv4(bytes, at, remote, row)
        : this.#fillIpv6(bytes, at, remote, row);
    if (!filled) table.length = row;
    return filled;
  }

  #fillIpv4(bytes: Uint8Array, local: number, remote: number, row: number): boolean {
    const localWord = this.#word(bytes, local);
    const remoteWord = this.#word(bytes, remote);
    if (!(localWord >= 0)) return this.#fail('local_address');
    if (!(remoteWord >= 0)) return this.#fail('rem_address');
    this.#table.setIpv4(row, localWord, remoteWord);
    return true;
  }

  #fillIpv6(bytes: Uint8Array, local: number, remote: number, row: number): boolean {
    if (!this.#readWords(bytes, local, 0)) return this.#fail('local_address');
    if (!this.#readWords(bytes, remote, 4)) return this.#fail('rem_address');
    this.#table.setIpv6(row, this.#words);
    return true;
  }

  #readWords(bytes: Uint8Array, at: number, first: number): boolean {
    for (let index = 0; index < 4; index++) {
      const word = this.#word(bytes, at + index * 8);
      if (!(word >= 0)) return false;
      this.#words[first + index] = word;
    }
    return true;
  }

  /** One printed 32-bit word of an address in network order; NaN if it is not hexadecimal. */
  #word(bytes: Uint8Array, at: number): number {
    const value = hex(bytes, at, 8);
    if (this.#options.byteOrder === 'BE' || Number.isNaN(value)) return value;
    return (
      (((value & 0xff) << 24) |
        ((value & 0xff00) << 8) |
        ((value >>> 8) & 0xff00) |
        (value >>> 24)) >>>
      0
    );
  }

  #fail(field: string): false {
    this.#badField = field;
    return false;
  }

  #reportRow(bytes: Uint8Array, start: number, end: number): void {
    this.malformedRows++;
    this.firstProblem ??= describeProblem({
      file: this.#options.file,
      line: this.#line,
      field: this.#badField,
      got: String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 200))).trim(),
    });
  }
}

/** Columns behind tm->when: retrnsmt, uid, timeout, inode. */
const INODE_FIELDS_AFTER_TIMER = 4;

/** The unsigned value of at most eight hexadecimal digits; NaN if one of them is none. */
function hex(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  // One look at all of them in the end costs half of one at each.
  let all = 0;
  for (let index = at; index < at + digits; index++) {
    const digit = HEX_VALUE[bytes[index] ?? 0] ?? NOT_HEX;
    all |= digit;
    value = (value << 4) | (digit & 0xf);
  }
  return all > 0xf ? NaN : value >>> 0;
}

/** The same of any number of digits. */
function longHex(bytes: Uint8Array, at: number, digits: number): number {
  const first = at + (digits % 8);
  let value = hex(bytes, at, first - at);
  for (let index = first; index < at + digits; index += 8)
    value = value * 2 ** 32 + hex(bytes, index, 8);
  return value;
}

/** The decimal number in the n-th blank-separated field from `at` on; NaN if it is missing or no number. */
function decimalField(bytes: Uint8Array, at: number, end: number, n: number): number {
  let index = at;
  for (let field = 1; ; field++) {
    while (index < end && bytes[index] === SPACE) index++;
    if (field === n) break;
    while (index < end && bytes[index] !== SPACE) index++;
  }
  let value = index < end ? 0 : NaN;
  for (; index < end && bytes[index] !== SPACE; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
