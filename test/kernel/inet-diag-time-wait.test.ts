import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InetDiagParser } from '../../src/kernel/inet-diag.ts';
import { SocketTable, TIME_WAIT_TIMER } from '../../src/kernel/socket-table.ts';
import { ESTABLISHED, FIN_WAIT2, LISTEN, TIME_WAIT } from '../../src/kernel/tcp-state.ts';
import { surveyOf } from '../../src/model/sample/survey.ts';
import { attribute, socketMessage } from '../helpers/netlink-messages.ts';
import { optionsOf, rowOf } from '../helpers/proc-net-tcp-rows.ts';

/* TIME_WAIT of IPv4 is read word by word where the bytes begin at a word, and field by field elsewhere. */

const TCPDIAG_GETSOCK = 18;
const NLM_F_MULTI = 2;
const ENVELOPE = { type: TCPDIAG_GETSOCK, flags: NLM_F_MULTI, sequence: 1 };

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
// Mostly of a few tuples, as they come.
const addressWord = fc.oneof(fc.constantFrom(0x0100000a, 0x0200000a, 0x0300000a), word);
const port = fc.integer({ min: 1, max: 65_535 });
const socket = fc.record({
  family: fc.constantFrom(2, 2, 2, 10),
  state: fc.constantFrom(TIME_WAIT, TIME_WAIT, TIME_WAIT, ESTABLISHED, FIN_WAIT2, 99),
  timer: fc.constantFrom(TIME_WAIT_TIMER, TIME_WAIT_TIMER, 0),
  localPort: port,
  remotePort: fc.oneof(fc.constantFrom(80, 443), port),
  local: fc.array(addressWord, { minLength: 4, maxLength: 4 }),
  remote: fc.array(addressWord, { minLength: 4, maxLength: 4 }),
  deviceIndex: fc.constantFrom(0, 0, 7),
  expiresMs: word,
  inode: fc.constantFrom(0, 0, 4711),
});
const envelope = fc.record({
  type: fc.constantFrom(TCPDIAG_GETSOCK, TCPDIAG_GETSOCK, TCPDIAG_GETSOCK, 20, 99),
  flags: fc.constantFrom(NLM_F_MULTI, NLM_F_MULTI, NLM_F_MULTI, NLM_F_MULTI | 0x10, 0),
  sequence: fc.constantFrom(1, 1, 1, 1, 2),
});
// Attributes of no bytes, of whole words, and of a length that is padded.
const attributes = fc.constantFrom(
  new Uint8Array(0),
  attribute(15, new Uint8Array(4)),
  attribute(22, new Uint8Array([0x20, 0x01])),
);

/** What a parser makes of bytes that begin so far behind a word. */
function parsed(bytes: Uint8Array, offset: number) {
  const buffer = new Uint8Array(new ArrayBuffer(bytes.length + 8), offset, bytes.length);
  buffer.set(bytes);
  const table = new SocketTable();
  const parser = new InetDiagParser({ sequence: 1, byteOrder: 'LE' }, table);
  const progress = parser.push(buffer, bytes.length);
  const rows = Array.from({ length: table.length }, (_, row) => ({
    ...rowOf(table, row),
    ...optionsOf(table, row),
  }));
  const { interrupted, errno, malformedMessages, firstProblem } = parser;
  return { progress, rows, interrupted, errno, malformedMessages, firstProblem };
}

// One of few tuples, as most are.
const usual = fc.record({
  remotePort: fc.constantFrom(80, 443),
  local: fc.constantFrom([0x0a000003], [0x0a000004]),
  remote: fc.constantFrom([0x0a000015], [0x0a000016]),
  deviceIndex: fc.constantFrom(0, 0, 7),
  localPort: port,
  expiresMs: word,
});

test('word by word gives what field by field gives', () => {
  const anyMessage = fc
    .tuple(socket, envelope, attributes)
    .map(([each, around, more]) => socketMessage(each, around, more));
  const usualMessage = usual.map((each) =>
    socketMessage({ ...each, state: TIME_WAIT, timer: TIME_WAIT_TIMER, inode: 0 }, ENVELOPE),
  );
  const message = fc.oneof({ weight: 3, arbitrary: usualMessage }, anyMessage);
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), fc.nat(60), (messages, cut) => {
      const bytes = Buffer.concat(messages);
      const whole = bytes.subarray(0, bytes.length - Math.min(cut, bytes.length));
      expect(parsed(whole, 0)).toEqual(parsed(whole, 1));
    }),
    { numRuns: 300 },
  );
});

const scattered = (index: number) => Math.imul(index, 0x7feb352d) >>> 0;

test.each([
  ['local', (index: number) => ({ local: [scattered(index)] })],
  ['remote', (index: number) => ({ remote: [scattered(index)] })],
  ['remotePort', (index: number) => ({ remotePort: 1 + index })],
  ['deviceIndex', (index: number) => ({ deviceIndex: index })],
])('tuples are told apart by their %s, however many there are', (_, tupleOf) => {
  // Two of so many have the same place among the recent ones.
  const tuples = Array.from({ length: 3000 }, (__, index) => tupleOf(index));
  const messages = [...tuples, ...tuples.toReversed()].map((tuple) =>
    socketMessage({ state: TIME_WAIT, timer: TIME_WAIT_TIMER, inode: 0, ...tuple }, ENVELOPE),
  );
  const bytes = Buffer.concat(messages);
  const { rows } = parsed(bytes, 0);
  expect(rows).toHaveLength(6000);
  expect(rows).toEqual(parsed(bytes, 1).rows);
});

test('rows behind each other in TIME_WAIT are told, and how long the last of them lasts', () => {
  const live = socketMessage({ state: ESTABLISHED }, ENVELOPE);
  const closed = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      socketMessage(
        { state: TIME_WAIT, timer: TIME_WAIT_TIMER, inode: 0, expiresMs: 100 * index },
        ENVELOPE,
      ),
    );
  const table = new SocketTable();
  const bytes = Buffer.concat([live, ...closed(40), live, ...closed(15), live, ...closed(16)]);
  new InetDiagParser({ sequence: 1, byteOrder: 'LE' }, table).push(bytes, bytes.length);
  expect(table.timeWaitSpans).toEqual([
    { from: 1, end: 41, longestMs: 3900 },
    { from: 58, end: 74, longestMs: 1500 },
  ]);
  const { byState, longestTimeWaitMs } = surveyOf(table);
  expect([byState[ESTABLISHED], byState[TIME_WAIT], longestTimeWaitMs]).toEqual([3, 71, 3900]);
  // What takes the place of rows that are taken back is looked at.
  table.cutTo(40);
  for (let row = 40; row < 80; row++) table.state[table.addRow()] = LISTEN;
  expect(surveyOf(table).byState[LISTEN]).toBe(40);
  expect(surveyOf(table).byState[TIME_WAIT]).toBe(39);
  table.clear();
  expect(table.timeWaitSpans).toEqual([]);
});

test('a row has its columns anew, whatever the row of an earlier dump had', () => {
  const table = new SocketTable();
  const old = table.addRow();
  table.bindAddressNoPort[old] = 1;
  table.tuple[old] = table.tuples.numberOf(4, 1, 2, 3, 9);
  table.clear();
  const bytes = socketMessage(
    { state: TIME_WAIT, timer: TIME_WAIT_TIMER, inode: 0, expiresMs: 59_000 },
    ENVELOPE,
  );
  new InetDiagParser({ sequence: 1, byteOrder: 'LE' }, table).push(bytes, bytes.length);
  expect(table.length).toBe(1);
  expect(rowOf(table, 0)).toEqual({
    family: 4,
    local: '10.0.3.7 40000',
    remote: '10.0.9.21 8080',
    state: TIME_WAIT,
    timerMs: 59_000,
    inode: 0,
  });
  expect(optionsOf(table, 0)).toEqual({ bindAddressNoPort: 0, deviceIndex: 0 });
});

test('a table grows while TIME_WAIT is read', () => {
  const one = socketMessage({ state: TIME_WAIT, timer: TIME_WAIT_TIMER, inode: 0 }, ENVELOPE);
  const bytes = Buffer.concat(Array.from({ length: 5000 }, () => one));
  expect(parsed(bytes, 0).rows).toHaveLength(5000);
});
