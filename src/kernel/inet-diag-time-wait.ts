import { AF_INET, MESSAGE_BYTES, TCPDIAG_GETSOCK } from './netlink-message.ts';
import { type SocketTable, TIME_WAIT_TIMER } from './socket-table.ts';
import { TIME_WAIT } from './tcp-state.ts';

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
 * Adds the IPv4 TIME_WAIT sockets whose messages follow each other from a byte on, and returns where the first other message
 * begins: it may be anything. `sequence`: that of the request.
 */
export function takeTimeWaits(
  words: Uint32Array,
  from: number,
  table: SocketTable,
  sequence: number,
): number {
  table.reserve(table.length + Math.ceil(words.length / MESSAGE_WORDS));
  const { tuple, state, localPort, timerMs, inode, bindAddressNoPort, tuples } = table;
  const firstRow = table.length;
  let row = firstRow;
  let at = from >>> 2;
  while (at + MESSAGE_WORDS <= words.length) {
    const length = words[at] ?? 0;
    if ((length & 3) !== 0 || length < MESSAGE_BYTES || at + (length >>> 2) > words.length) break;
    if (words[at + 1] !== PART_OF_DUMP || words[at + 2] !== sequence) break;
    if (((words[at + 4] ?? 0) & 0xffffff) !== IPV4_TIME_WAIT) break;
    const ports = swapped(words[at + 5] ?? 0);
    localPort[row] = ports >>> 16;
    tuple[row] = tuples.numberOf(
      4,
      swapped(words[at + 6] ?? 0),
      swapped(words[at + 10] ?? 0),
      ports & 0xffff,
      words[at + 14] ?? 0,
    );
    timerMs[row] = words[at + 17] ?? 0;
    inode[row] = words[at + 21] ?? 0;
    row++;
    at += length >>> 2;
  }
  // Mostly none, where others come between: the calls alone would take longer than all else.
  if (row > firstRow) {
    state.fill(TIME_WAIT, firstRow, row);
    bindAddressNoPort.fill(0, firstRow, row);
  }
  table.length = row;
  return at * 4;
}

/** A word with its bytes the other way round: ports and addresses are big-endian everywhere. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
