import { AF_INET, MESSAGE_BYTES, TCPDIAG_GETSOCK } from './netlink-message.ts';
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

/**
 * The tuples of the last messages, as their words tell them: of hundreds of thousands of messages, most are of a few. A tuple is
 * found by its hash alone, without a loop. Valid for one dump.
 */
export class RecentTuples {
  /** The words of each, and above 0 its number in the table. */
  readonly words = new Uint32Array(WORDS_OF_RECENT * MOST_RECENT);

  /** Takes the tuple of a message. */
  add(message: Uint32Array, at: number, tuples: TupleIndex): void {
    const ports = message[at + 5] ?? 0;
    const [local, remote] = [message[at + 6] ?? 0, message[at + 10] ?? 0];
    const device = message[at + 14] ?? 0;
    const number = tuples.numberOf(
      4,
      swapped(local),
      swapped(remote),
      swapped(ports) & 0xffff,
      device,
    );
    const place = recentPlace(local, remote, ports);
    const { words } = this;
    words[place] = local;
    words[place + 1] = remote;
    words[place + 2] = ports >>> 16;
    words[place + 3] = device;
    words[place + 4] = number + 1;
  }
}

const MOST_RECENT = 1024;
const WORDS_OF_RECENT = 8;

/** Where a tuple is among the recent ones. `ports`: of the message; its own is the upper half. */
function recentPlace(local: number, remote: number, ports: number): number {
  const mixed = Math.imul(local ^ Math.imul(remote ^ (ports >>> 16), 0x9e3779b1), 0x85ebca6b);
  return (mixed >>> 22) * WORDS_OF_RECENT;
}

/** True if a message is of an IPv4 TIME_WAIT socket. */
function isTimeWait(words: Uint32Array, at: number): boolean {
  return ((words[at + 4] ?? 0) & 0xffffff) === IPV4_TIME_WAIT;
}

/**
 * Adds the IPv4 TIME_WAIT sockets whose messages follow each other from a byte on, and returns where the first other message
 * begins: it may be anything. `sequence`: that of the request.
 */
export function takeTimeWaits(
  words: Uint32Array,
  from: number,
  table: SocketTable,
  recent: RecentTuples,
  sequence: number,
): number {
  // Where others come between, this alone would take longer than all else.
  if (!isTimeWait(words, from >>> 2)) return from;
  table.reserve(table.length + Math.ceil(words.length / MESSAGE_WORDS));
  const firstRow = table.length;
  const taken = { at: from >>> 2, row: firstRow, longestMs: 0 };
  while (takeKnown(words, taken, table, recent, sequence))
    recent.add(words, taken.at, table.tuples);
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

/** Adds such sockets until one is of a tuple that is not among the recent ones (true), or none of them (false). */
function takeKnown(
  words: Uint32Array,
  taken: Taken,
  { tuple, localPort, timerMs }: SocketTable,
  { words: recent }: RecentTuples,
  sequence: number,
): boolean {
  const end = words.length;
  let { at, row, longestMs } = taken;
  let isNew = false;
  while (at + MESSAGE_WORDS <= end) {
    const length = words[at] ?? 0;
    if ((length & 3) !== 0 || length < MESSAGE_BYTES || at + (length >>> 2) > end) break;
    if (words[at + 1] !== PART_OF_DUMP || words[at + 2] !== sequence) break;
    if (!isTimeWait(words, at)) break;
    // No process has it.
    if (words[at + 21] !== 0) break;
    const ports = words[at + 5] ?? 0;
    const [local, remote] = [words[at + 6] ?? 0, words[at + 10] ?? 0];
    const place = recentPlace(local, remote, ports);
    const number = recent[place + 4] ?? 0;
    isNew =
      number === 0 ||
      recent[place] !== local ||
      recent[place + 1] !== remote ||
      recent[place + 2] !== ports >>> 16 ||
      recent[place + 3] !== words[at + 14];
    if (isNew) break;
    const leftMs = words[at + 17] ?? 0;
    if (leftMs > longestMs) longestMs = leftMs;
    tuple[row] = number - 1;
    localPort[row] = ((ports & 0xff) << 8) | ((ports >>> 8) & 0xff);
    timerMs[row] = leftMs;
    row++;
    at += length >>> 2;
  }
  taken.at = at;
  taken.row = row;
  taken.longestMs = longestMs;
  return isNew;
}

/** A word with its bytes the other way round: ports and addresses are big-endian everywhere. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
