import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProcNetTcpParser } from '../../src/kernel/proc-net-tcp.ts';
import { TimeWaitRows } from '../../src/kernel/proc-net-tcp-time-wait.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';
import { rowOf } from '../helpers/proc-net-tcp-rows.ts';

/* TIME_WAIT is read four bytes at a time where a row is as long as the kernel makes it, and field by field elsewhere. */

const hex = (value: number, digits: number) =>
  value.toString(16).toUpperCase().padStart(digits, '0');

const port = fc.oneof(fc.constantFrom(80, 443), fc.integer({ min: 0, max: 65_535 }));
const address = fc.oneof(
  fc.constantFrom(0x0703000a, 0x1509000a, 0x1609000a),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
/** As wide as those of rows far down a long table, and as no kernel writes them. */
const rowNumber = fc.constantFrom(
  '   0',
  '9999',
  '12345',
  '123456',
  '1234567',
  '',
  '1',
  '123',
  '12345678',
  '123456789012',
);
const socket = fc.record({
  local: fc.constantFrom(0x0703000a, 0x0803000a),
  localPort: fc.integer({ min: 0, max: 65_535 }),
  remote: address,
  remotePort: port,
  isClosed: fc.constantFrom(true, true, true, false),
  ticks: fc.oneof(fc.integer({ min: 0, max: 6000 }), fc.constantFrom(0xffff, 0x10000, 0x1770)),
});
type AnySocket = (typeof socket extends fc.Arbitrary<infer Value> ? Value : never) & {
  readonly number: string;
};

/** A row as get_timewait4_sock() and get_tcp4_sock() in net/ipv4/tcp_ipv4.c write it. */
function rowText({ number, isClosed, ticks, ...ends }: AnySocket): string {
  const [local, remote] = [
    `${hex(ends.local, 8)}:${hex(ends.localPort, 4)}`,
    `${hex(ends.remote, 8)}:${hex(ends.remotePort, 4)}`,
  ];
  const [state, timer, uid, inode] = isClosed
    ? ['06', `03:${hex(ticks, 8)}`, '    0', '0']
    : ['01', '00:00000000', ' 1000', '4711'];
  return `${number}: ${local} ${remote} ${state} 00000000:00000000 ${timer} 00000000 ${uid}        0 ${inode} 3 00000000b10c4ed5`;
}

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

/** What a parser makes of rows that come in pieces of so many bytes, in a buffer that has room for no more. */
function parsed(rows: readonly string[], width: number, pieceBytes = 2 ** 20) {
  const text = [HEADER, ...rows].map((row) => `${row.padEnd(width)}\n`).join('');
  const bytes = Buffer.from(text, 'latin1');
  const table = new SocketTable();
  const parser = new ProcNetTcpParser({ file: 'tcp', family: 4, byteOrder: 'LE' }, table);
  const buffer = new Uint8Array(Math.min(bytes.length, pieceBytes + width));
  let kept = 0;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    buffer.set(piece, kept);
    const end = kept + piece.length;
    const used = parser.push(buffer, 0, end);
    buffer.copyWithin(0, used, end);
    kept = end - used;
  }
  parser.finish(buffer, 0, kept);
  const { malformedRows, firstProblem } = parser;
  const sockets = Array.from({ length: table.length }, (_, row) => rowOf(table, row));
  return { sockets, malformedRows, firstProblem };
}

/** A character of a row in place of another one: what the kernel never writes, too. */
const spoiled = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 148 })),
  by: fc.constantFrom(
    '\n',
    ':',
    ' ',
    '0',
    '3',
    '6',
    '7',
    'A',
    'F',
    'G',
    '@',
    '/',
    'a',
    '\u0000',
    'ÿ',
  ),
});

const pieces = fc.constantFrom(2 ** 20, 150, 151, 1000);

test('four bytes at a time give what field by field gives', () => {
  const row = fc.tuple(socket, fc.option(spoiled, { freq: 3, nil: undefined }));
  fc.assert(
    fc.property(rowNumber, fc.array(row, { maxLength: 30 }), pieces, (number, given, piece) => {
      const rows = given.map(([each, odd]) => {
        const text = rowText({ ...each, number }).padEnd(149);
        return odd === undefined ? text : text.slice(0, odd.at) + odd.by + text.slice(odd.at + 1);
      });
      expect(parsed(rows, 149, piece)).toEqual(parsed(rows, 150));
    }),
    { numRuns: 2000 },
  );
});

const closed: AnySocket = {
  number: '   0',
  local: 0x0703000a,
  localPort: 40_000,
  remote: 0x1509000a,
  remotePort: 8080,
  isClosed: true,
  ticks: 5999,
};

test('nearly all rows of a large table are read so, whatever the number of tuples', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) =>
    rowText({
      ...closed,
      number: String(index).padStart(4),
      localPort: 20_000 + index,
      remote: 0x1509000a + (index % 200) * 2 ** 16,
    }).padEnd(149),
  );
  const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const table = new SocketTable();
  const timeWaits = new TimeWaitRows(table);
  let others = 0;
  for (let at = 0; at < bytes.length; at += 150) {
    at = timeWaits.take(bytes, view, at, bytes.length);
    if (at >= bytes.length) break;
    others++;
    timeWaits.know(view, at, at + bytes.subarray(at).indexOf(':') + 2, others);
  }
  // Two tuples may have the same place among those seen lately.
  expect(others).toBeLessThan(2000);
  expect(timeWaits.taken).toBe(20_000 - others);
  expect(table.timeWaitSpans.length).toBeGreaterThan(0);
});

test('a problem is told with its line', () => {
  const rows = Array.from({ length: 100 }, () => rowText(closed));
  expect(parsed([...rows, 'nonsense'], 149).firstProblem).toMatch(/^tcp line 102: /);
});
