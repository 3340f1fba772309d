import { ReadingMemory } from './reading-memory.ts';
import { type SocketTable, TIME_WAIT_TIMER } from './socket-table.ts';
import { TIME_WAIT } from './tcp-state.ts';

/*
 * Where there are hundreds of thousands of sockets, most are in TIME_WAIT, and but for the ends and the timer the kernel writes
 * the same row for each of them (get_timewait4_sock in net/ipv4/tcp_ipv4.c). Compared with that four bytes at a time, a row
 * takes a fraction of what its fields take one by one.
 */

/** The kernel fills up each row to this length, its newline included (TMPSZ in net/ipv4/tcp_ipv4.c). */
const ROW_BYTES = 150;
const NEWLINE = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const LAST_DIGIT_OF_STATE = TIME_WAIT.toString(16).charCodeAt(0);

// Offsets from the first digit of the local address: "AAAAAAAA:PPPP AAAAAAAA:PPPP 06 00000000:00000000 03:TTTTTTTT 00000000 …".
const AT_LOCAL_PORT = 9;
const AT_REMOTE = 14;
const AT_STATE = 28;
const AT_TIMER = 52;
const AT_RETRANSMITS = 60;

/** Digits and blanks of a row's number: it has four, and up to ten million sockets make it no wider than that. */
const LEAST_NUMBER = 4;
const MOST_NUMBER = 7;

const twoDigits = (value: number) => value.toString(16).padStart(2, '0').toUpperCase();
const BEFORE_TIMER = numbersOf(
  `${twoDigits(TIME_WAIT)} 00000000:00000000 ${twoDigits(TIME_WAIT_TIMER)}:`,
);
const BEHIND_TIMER = numbersOf(' 00000000     0        0 0 ');
const [BLANKS] = numbersOf(' '.repeat(8));

/**
 * Text, eight bytes at a time, as numbers to compare with: letters and blanks make none that equals another one. The last
 * number ends with the text.
 */
function numbersOf(text: string): Float64Array {
  const view = new DataView(new TextEncoder().encode(text).buffer);
  const starts = Array.from({ length: Math.ceil(text.length / 8) }, (_, index) =>
    Math.min(8 * index, text.length - 8),
  );
  return Float64Array.from(starts, (at) => view.getFloat64(at, true));
}

const BITS_OF_PLACE = 12;
const MOST_TUPLES = 2 ** BITS_OF_PLACE;
const WORDS_OF_TUPLE = 8;

/** The text of the tuples seen lately, and above 0 the number of each. */
const recentTexts = new ReadingMemory(MOST_TUPLES * WORDS_OF_TUPLE);

/** Takes rows of /proc/net/tcp that are in TIME_WAIT and as the kernel writes them. Valid for one reading of the file. */
export class TimeWaitRows {
  /** Number of rows taken. */
  taken = 0;
  readonly #table: SocketTable;
  /** Where the last row had its colon behind its number. */
  #colon = LEAST_NUMBER;

  constructor(table: SocketTable) {
    this.#table = table;
  }

  /** Notes the tuple of a row, whose local address begins at a byte of its line. */
  know(view: DataView, line: number, local: number, tuple: number): void {
    const colon = local - 2 - line;
    // Rows made elsewhere may have numbers of another width, and an end that is not there.
    if (colon < LEAST_NUMBER || colon > MOST_NUMBER || view.byteLength < line + ROW_BYTES) return;
    this.#colon = colon;
    const [word0, word1] = [view.getInt32(local, true), view.getInt32(local + 4, true)];
    const remote = local + AT_REMOTE;
    const [word2, word3] = [view.getInt32(remote, true), view.getInt32(remote + 4, true)];
    const [word4, word5] = [view.getInt32(remote + 8, true), view.getInt32(remote + 10, true)];
    const place = placeOf(word0, word1, word2, word3, word5);
    const known = [word0, word1, word2, word3, word4, word5, tuple + 1];
    recentTexts.of(this).set(known, place);
  }

  /** Takes the rows in bytes[start, end) up to the first one that is anything else, and returns where that begins. */
  take(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const colon = this.#colon;
    // Where others come between, this alone would take longer than all else.
    if (bytes[start + colon + 3 + AT_STATE] !== LAST_DIGIT_OF_STATE) return start;
    const table = this.#table;
    if (table.tuples.count > MOST_TUPLES / 4) return start;
    const firstRow = table.length;
    table.reserve(firstRow + Math.ceil((end - start) / ROW_BYTES));
    const { tuple, localPort, timerMs } = table;
    const tuples = recentTexts.of(this);
    let [line, row, longestMs] = [start, firstRow, 0];
    while (line + ROW_BYTES <= end) {
      const local = line + colon + 2;
      const remote = local + AT_REMOTE;
      const state = local + AT_STATE;
      const behind = local + AT_RETRANSMITS;
      const isFramed =
        bytes[line + ROW_BYTES - 1] === NEWLINE &&
        bytes[local - 2] === COLON &&
        bytes[local - 1] === SPACE &&
        bytes[local + AT_LOCAL_PORT - 1] === COLON &&
        bytes[local + AT_LOCAL_PORT + 4] === SPACE;
      const isUsual =
        view.getFloat64(state, true) === BEFORE_TIMER[0] &&
        view.getFloat64(state + 8, true) === BEFORE_TIMER[1] &&
        view.getFloat64(state + 16, true) === BEFORE_TIMER[2] &&
        view.getFloat64(behind, true) === BEHIND_TIMER[0] &&
        view.getFloat64(behind + 8, true) === BEHIND_TIMER[1] &&
        view.getFloat64(behind + 16, true) === BEHIND_TIMER[2] &&
        view.getFloat64(behind + 19, true) === BEHIND_TIMER[3] &&
        view.getFloat64(line + ROW_BYTES - 33, true) === BLANKS &&
        view.getFloat64(line + ROW_BYTES - 25, true) === BLANKS &&
        view.getFloat64(line + ROW_BYTES - 17, true) === BLANKS &&
        view.getFloat64(line + ROW_BYTES - 9, true) === BLANKS;
      // One by one: Maglev, which compiles this first, would make arrays for each row.
      const word0 = view.getInt32(local, true);
      const word1 = view.getInt32(local + 4, true);
      const word2 = view.getInt32(remote, true);
      const word3 = view.getInt32(remote + 4, true);
      const word4 = view.getInt32(remote + 8, true);
      const word5 = view.getInt32(remote + 10, true);
      const place = placeOf(word0, word1, word2, word3, word5);
      const unknown =
        ((tuples[place] ?? 0) ^ word0) |
        ((tuples[place + 1] ?? 0) ^ word1) |
        ((tuples[place + 2] ?? 0) ^ word2) |
        ((tuples[place + 3] ?? 0) ^ word3) |
        ((tuples[place + 4] ?? 0) ^ word4) |
        ((tuples[place + 5] ?? 0) ^ word5);
      const number = tuples[place + 6] ?? 0;
      const port = hexOf(view.getInt32(local + AT_LOCAL_PORT, true));
      const high = hexOf(view.getInt32(local + AT_TIMER, true));
      const low = hexOf(view.getInt32(local + AT_TIMER + 4, true));
      const odd =
        oddInNumber(view.getInt32(line, true)) |
        oddInNumber(view.getInt32(local - 6, true)) |
        controlsInRest(view, line + ROW_BYTES - 1);
      if (!isFramed || !isUsual || (unknown | odd) !== 0 || number === 0) break;
      // Ticks of a timer that lasts longer than 655 s are not looked for here.
      if ((port | low) < 0 || high !== 0) break;
      const leftMs = 10 * low;
      if (leftMs > longestMs) longestMs = leftMs;
      tuple[row] = number - 1;
      localPort[row] = port;
      timerMs[row] = leftMs;
      row++;
      line += ROW_BYTES;
    }
    table.length = row;
    table.addTimeWaits(firstRow, longestMs);
    this.taken += row - firstRow;
    return line;
  }
}

/** Where a tuple is among those seen lately, by its text but for what is the same in all. */
function placeOf(
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  word5: number,
): number {
  const local = Math.imul(word0 ^ Math.imul(word1, 0x9e3779b1), 0x85ebca6b);
  const remote = Math.imul(word2 ^ Math.imul(word3, 0xc2b2ae35), 0x27d4eb2f);
  const mixed = Math.imul(local ^ remote ^ Math.imul(word5, 0x165667b1), 0x2c1b3c6d);
  // What the highest bits of a word tell shows in those of a product alone.
  return (mixed >>> (32 - BITS_OF_PLACE)) * WORDS_OF_TUPLE;
}

/** The value of four hexadecimal digits as the kernel writes them, the first one lowest in the word; negative if they are none. */
function hexOf(word: number): number {
  const value = (word - 0x30303030) | 0;
  const isLetter = (value >>> 4) & 0x01010101;
  // From "9" to "A" are 8.
  const digits = (value - 7 * isLetter) | 0;
  const above9 = ((digits + 0x06060606) >>> 4) & 0x01010101;
  const isNone = (digits & 0xf0f0f0f0) | (above9 ^ isLetter);
  const pairs = ((digits & 0x000f000f) << 4) | ((digits >>> 8) & 0x000f000f);
  return isNone === 0 ? ((pairs & 0xff) << 8) | (pairs >>> 16) : -1;
}

const HIGH_BITS = 0x80808080 | 0;

/** Not 0 if one of four bytes may end a line. */
function controlsIn(word: number): number {
  return (word - 0x10101010) & ~word & HIGH_BITS;
}

/** The same, and if one may be the colon behind a row's number. */
function oddInNumber(word: number): number {
  const colons = word ^ 0x3a3a3a3a;
  return controlsIn(word) | ((colons - 0x01010101) & ~colons & HIGH_BITS);
}

/** `controlsIn` of all that no other comparison looks at, up to the blanks at the end of a row. */
function controlsInRest(view: DataView, end: number): number {
  return (
    controlsIn(view.getInt32(end - 56, true)) |
    controlsIn(view.getInt32(end - 52, true)) |
    controlsIn(view.getInt32(end - 48, true)) |
    controlsIn(view.getInt32(end - 44, true)) |
    controlsIn(view.getInt32(end - 40, true)) |
    controlsIn(view.getInt32(end - 36, true))
  );
}
