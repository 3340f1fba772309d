import { AnswerError } from './answer.ts';
import { asciiBytes } from './marked-bytes.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
/** local_address, rem_address, st, tr:tm->when, inode. */
const COLUMN_COUNT = 5;
/** Of one for IPv4, in bytes. */
const SHORTEST_ROW = 40;

/** What stands in the kernel's row before the columns, between and behind them (get_tcp4_sock in net/ipv4/tcp_ipv4.c). */
const BEFORE = ['0: ', ' ', ' ', ' 00000000:00000000 ', ' 00000000 0 0 '].map(asciiBytes);
/** In bytes: what BEFORE has more than the blanks it stands for. */
const GROWTH = BEFORE.reduce((sum, { length }) => sum + length, 0) - (COLUMN_COUNT - 1);

/**
 * Makes rows of /proc/net/tcp again of the columns that awk took out of them, for the parser of such rows to judge. The
 * first line is the title row, the last one `rows` and their number. Throws AnswerError where that is another number.
 */
export function rowsOfColumns(columns: Uint8Array): Uint8Array {
  const lastLine = columns.lastIndexOf(NEWLINE, columns.length - 2) + 1;
  const trailer = String.fromCharCode(...columns.subarray(lastLine, lastLine + 20));
  // What awk read had not even a title row.
  if (trailer === 'rows -1\n') return new Uint8Array();
  const count = Number(/^rows (\d{1,9})\n$/.exec(trailer)?.[1] ?? NaN);
  const titleEnd = columns.indexOf(NEWLINE) + 1;
  // A larger number is a lie, and would take memory.
  if (!(count * SHORTEST_ROW <= columns.length))
    throw new AnswerError('a table of sockets has another end than it should');
  const rows = new Uint8Array(lastLine + count * GROWTH);
  rows.set(columns.subarray(0, titleEnd));
  let to = titleEnd;
  let found = 0;
  let column = 0;
  let at = titleEnd;
  for (; at < lastLine && found < count; at++) {
    const byte = columns[at] ?? 0;
    if (column === 0) to = put(rows, to, BEFORE[column++]);
    if (byte === SPACE && column < COLUMN_COUNT) {
      to = put(rows, to, BEFORE[column++]);
      continue;
    }
    if (byte === NEWLINE) {
      found++;
      column = 0;
    }
    rows[to++] = byte;
  }
  if (found !== count || at < lastLine)
    throw new AnswerError('a table of sockets has not as many rows as it says');
  return rows.subarray(0, to);
}

function put(rows: Uint8Array, at: number, text: Uint8Array | undefined): number {
  if (text === undefined) return at;
  rows.set(text, at);
  return at + text.length;
}
