import { AF_INET, MESSAGE_BYTES, TCPDIAG_GETSOCK } from './netlink-message.ts';
import { ReadingMemory } from './reading-memory.ts';
import { type SocketTable, TIME_WAIT_TIMER } from './socket-table.ts';
import { TIME_WAIT } from './tcp-state.ts';
import type { TupleIndex } from './tuple-index.ts';

/*
 * The messages of a dump are words, in the order of the machine. Where there are hundreds of thousands of sockets, most are
 * in TIME_WAIT and of IPv4: their words are read one by one, in half the time that the fields of a DataView take.
 */

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const NLM_F_MULTI = 0x2;
// Parts of words on a little-endian machine: what comes first is in the lowest bits.
const MESSAGE_WORDS = MESSAGE_BYTES / 4;
const PART_OF_DUMP = TCPDIAG_GETSOCK | (NLM_F_MULTI << 16);
const IPV4_TIME_WAIT = AF_INET | (TIME_WAIT << 8) | (TIME_WAIT_TIMER << 16);

/** Little-endian bytes[0, end) as words; undefined on a machine of another order, or if they do not begin at a word. */
export function littleEndianWords(bytes: Uint8Array, end: number): Uint32Array | undefined {
  return IS_LITTLE_ENDIAN && bytes.byteOffset % 4 === 0
    ? new Uint32Array(bytes.buffer, bytes.byteOffset, end >>> 2)
    : undefined;
}

const BITS_OF_PLACE = 12;
const MOST_RECENT = 2 ** BITS_OF_PLACE;
const WORDS_OF_RECENT = 8;

/**
 * The tuples of the last messages of a dump, as their words tell them, and above 0 the number of each: of hundreds of thousands of
 * messages, most are of a few. A tuple is found by its hash alone, without a loop.
 */
export const recentTuples = new ReadingMemory(WORDS_OF_RECENT * MOST_RECENT);

/** Takes the tuple of a message. */
function addRecent(recent: Uint32Array, message: Uint32Array, at: number, tuples: TupleIndex) {
  const ports = message[at + 5] ?? 0;
  const [local, remote] = [message[at + 6] ?? 0, message[at + 10] ?? 0];
  const place = recentPlace(local, remote, ports);
  recent[place] = local;
  recent[place + 1] = remote;
  recent[place + 2] = ports >>> 16;
  recent[place + 3] = message[at + 14] ?? 0;
  recent[place + 4] = tupleOf(message, at, tuples) + 1;
}

/** Where a tuple is among the recent ones. `ports`: of the message; its own is the upper half. */
function recentPlace(local: number, remote: number, ports: number): number {
  const ends = Math.imul(local, 0x9e3779b1) ^ Math.imul(remote, 0x85ebca6b);
  const mixed = Math.imul(ends ^ Math.imul(ports >>> 16, 0xc2b2ae35), 0x2c1b3c6d);
  // What the highest bits of a word tell shows in those of a product alone.
  return (mixed >>> (32 - BITS_OF_PLACE)) * WORDS_OF_RECENT;
}

/**
 * Adds the IPv4 TIME_WAIT sockets whose messages follow each other from a byte on, and returns where the first other message
 * begins: it may be anything. `recent`: of `recentTuples`; `sequence`: that of the request.
 */
export function takeTimeWaits(
  words: Uint32Array,
  from: number,
  table: SocketTable,
  recent: Uint32Array,
  sequence: number,
): number {
  const firstRow = table.length;
  const taken = { at: from >>> 2, row: firstRow, longestMs: 0 };
  // Where others come between, the rest alone would take longer than all else.
  if (wordsOfTimeWait(words, taken.at, sequence) === 0) return from;
  table.reserve(firstRow + Math.ceil(words.length / MESSAGE_WORDS));
  if (table.tuples.count <= MOST_RECENT / 4)
    while (takeKnown(words, taken, table, recent, sequence))
      addRecent(recent, words, taken.at, table.tuples);
  // Many tuples, or messages of another length.
  if (wordsOfTimeWait(words, taken.at, sequence) > 0) takeEach(words, taken, table, sequence);
  table.length = taken.row;
  table.addTimeWaits(firstRow, taken.longestMs);
  return taken.at * 4;
}

/** How far messages are taken. */
interface Taken {
  /** Where the next one begins, in words. */
  at: number;
  /** The row behind the last one. */
  row: number;
  /** The longest timer. */
  longestMs: number;
}

/** Length of a whole message of such a socket, in words; 0: it is anything else. */
function wordsOfTimeWait(words: Uint32Array, at: number, sequence: number): number {
  const length = words[at] ?? 0;
  const isWhole =
    (length & 3) === 0 && length >= MESSAGE_BYTES && at + (length >>> 2) <= words.length;
  return isWhole &&
    words[at + 1] === PART_OF_DUMP &&
    words[at + 2] === sequence &&
    ((words[at + 4] ?? 0) & 0xffffff) === IPV4_TIME_WAIT &&
    // No process has it.
    words[at + 21] === 0
    ? length >>> 2
    : 0;
}

/** Adds such sockets until one is of a tuple that is not among the recent ones (true), or none of them (false). */
function takeKnown(
  words: Uint32Array,
  taken: Taken,
  { tuple, localPort, timerMs }: SocketTable,
  recent: Uint32Array,
  sequence: number,
): boolean {
  let { at, row, longestMs } = taken;
  let isNew = false;
  // They have the same attributes: INET_DIAG_MARK, which only an administrator is shown.
  const length = wordsOfTimeWait(words, at, sequence);
  if (length === 0) return false;
  while (at + length <= words.length) {
    // As wordsOfTimeWait has it, all at once.
    const differing =
      ((words[at] ?? 0) ^ (length * 4)) |
      ((words[at + 1] ?? 0) ^ PART_OF_DUMP) |
      ((words[at + 2] ?? 0) ^ sequence) |
      (((words[at + 4] ?? 0) & 0xffffff) ^ IPV4_TIME_WAIT) |
      (words[at + 21] ?? 0);
    if (differing !== 0) break;
    const ports = words[at + 5] ?? 0;
    // One by one: Maglev, which compiles this first, would make an array for each row.
    const local = words[at + 6] ?? 0;
    const remote = words[at + 10] ?? 0;
    const place = recentPlace(local, remote, ports);
    const number = recent[place + 4] ?? 0;
    const others =
      ((recent[place] ?? 0) ^ local) |
      ((recent[place + 1] ?? 0) ^ remote) |
      ((recent[place + 2] ?? 0) ^ (ports >>> 16)) |
      ((recent[place + 3] ?? 0) ^ (words[at + 14] ?? 0));
    isNew = others !== 0 || number === 0;
    if (isNew) break;
    const leftMs = words[at + 17] ?? 0;
    if (leftMs > longestMs) longestMs = leftMs;
    tuple[row] = number - 1;
    localPort[row] = ((ports & 0xff) << 8) | ((ports >>> 8) & 0xff);
    timerMs[row] = leftMs;
    row++;
    at += length;
  }
  Object.assign(taken, { at, row, longestMs });
  return isNew;
}

/** Adds such sockets until one is none of them: where there are thousands of tuples, few of them are recent. */
function takeEach(words: Uint32Array, taken: Taken, table: SocketTable, sequence: number): void {
  const { tuple, localPort, timerMs, tuples } = table;
  let { at, row, longestMs } = taken;
  while (at + MESSAGE_WORDS <= words.length) {
    const length = wordsOfTimeWait(words, at, sequence);
    if (length === 0) break;
    const leftMs = words[at + 17] ?? 0;
    if (leftMs > longestMs) longestMs = leftMs;
    tuple[row] = tupleOf(words, at, tuples);
    localPort[row] = swapped(words[at + 5] ?? 0) >>> 16;
    timerMs[row] = leftMs;
    row++;
    at += length;
  }
  Object.assign(taken, { at, row, longestMs });
}

/** The number of the tuple of a message. */
function tupleOf(words: Uint32Array, at: number, tuples: TupleIndex): number {
  const [local, remote] = [swapped(words[at + 6] ?? 0), swapped(words[at + 10] ?? 0)];
  const remotePort = swapped(words[at + 5] ?? 0) & 0xffff;
  return tuples.numberOf(4, local, remote, remotePort, words[at + 14] ?? 0);
}

/** A word with its bytes the other way round: ports and addresses are big-endian everywhere. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
