import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ALL_STATES, inetDiagRequest, LISTEN_ONLY } from '../../src/kernel/inet-diag.ts';
import { BOUND_INACTIVE, CLOSE, LISTEN, TIME_WAIT } from '../../src/kernel/tcp-state.ts';
import {
  attribute,
  done,
  DUMP_INTERRUPTED,
  errnoMessage,
  messagesOf,
  NLMSG,
  netlinkMessage,
  parseDump,
  socketMessage,
} from '../helpers/netlink-messages.ts';
import { optionsOf, parseFile, rowOf, rowsOf } from '../helpers/proc-net-tcp-rows.ts';

// A namespace of Linux 6.18 read in one moment both ways; the dumps' sequence numbers are 4 and 6.
const recorded = (name: string) =>
  readFileSync(join(import.meta.dirname, '../fixtures/inet-diag', name));
const FAMILIES = [
  {
    family: 4,
    dump: recorded('inet4.bin'),
    file: recorded('tcp'),
    rows: 30,
    bound: ['127.0.0.1 40060'],
  },
  {
    family: 6,
    dump: recorded('inet6.bin'),
    file: recorded('tcp6'),
    rows: 31,
    bound: ['127.0.0.9 40062', '::1 40061'],
  },
] as const;

type Row = ReturnType<typeof rowOf>;
const endsOf = ({ local, remote }: Row) => `${local} ${remote}`;
const byEnds = (a: Row, b: Row) => (endsOf(a) < endsOf(b) ? -1 : 1);

describe.each(FAMILIES)(
  'the recorded dump of IPv$family',
  ({ family, dump, file, rows, bound }) => {
    const { table, parser, progress } = parseDump([dump], { sequence: family });
    const all = rowsOf(table);
    const boundRows = all.filter(({ state }) => state === BOUND_INACTIVE);

    it('is read whole', () => {
      expect(progress).toBe('done');
      expect(table.length).toBe(rows);
      expect(parser).toMatchObject({ interrupted: false, errno: 0, malformedMessages: 0 });
      expect(parser.firstProblem).toBeUndefined();
    });

    it('has the sockets of the file that was recorded with it', () => {
      const fromFile = rowsOf(parseFile(file, { family }).table).toSorted(byEnds);
      const fromDump = all.filter((row) => !boundRows.includes(row)).toSorted(byEnds);
      const timeless = (list: readonly Row[]) => list.map((row) => ({ ...row, timerMs: 0 }));
      expect(timeless(fromDump)).toEqual(timeless(fromFile));
      fromDump.forEach(({ timerMs = 0 }, index) =>
        expect(Math.abs(timerMs - (fromFile[index]?.timerMs ?? 0))).toBeLessThanOrEqual(50),
      );
    });

    it('has the bound sockets, which the file does not show', () => {
      expect(boundRows.map(({ local }) => local).toSorted()).toEqual(bound);
      for (const { remote } of boundRows) expect(remote).toMatch(/^(?:0\.0\.0\.0|::) 0$/);
    });

    it('is the same in pieces', () => {
      const pieces = messagesOf(dump);
      expect(pieces.length).toBe(rows + 1);
      expect(rowsOf(parseDump(pieces, { sequence: family }).table)).toEqual(all);
    });

    it('is nothing to a dump with another sequence number', () => {
      const other = parseDump([dump], { sequence: 9 });
      expect({ progress: other.progress, rows: other.table.length }).toEqual({
        progress: 'more',
        rows: 0,
      });
    });

    test('cut anywhere, it gives the messages before the cut, and says what is missing', () => {
      for (let end = 0; end < dump.length; end++) {
        const cut = parseDump([dump.subarray(0, end)], { sequence: family });
        const whole = messagesOf(dump).filter(
          (piece) => piece.byteOffset + piece.length <= dump.byteOffset + end,
        );
        expect(cut.progress).toBe('more');
        expect(cut.table.length).toBe(whole.length);
        const atBoundary = whole.reduce((sum, { length }) => sum + length, 0) === end;
        expect(cut.parser.malformedMessages).toBe(atBoundary ? 0 : 1);
      }
    });
  },
);

describe('one socket', () => {
  const only = (...message: Parameters<typeof socketMessage>) => {
    const byteOrder = message[1]?.byteOrder ?? 'LE';
    const { table, parser } = parseDump([socketMessage(...message)], { byteOrder });
    expect(parser.firstProblem).toBeUndefined();
    return rowOf(table, 0);
  };

  it.each(['LE', 'BE'] as const)('on a machine that is %s', (byteOrder) => {
    const socket = { state: TIME_WAIT, timer: 3, expiresMs: 59_876, inode: 0x01020304 };
    expect(only(socket, { byteOrder })).toEqual({
      family: 4,
      local: '10.0.3.7 40000',
      remote: '10.0.9.21 8080',
      state: TIME_WAIT,
      timerMs: 59_876,
      inode: 0x01020304,
    });
  });

  it('IPv6', () => {
    const local = [0x20010db8, 0, 0, 0xff];
    const remote = [0xfe800000, 0, 0, 1];
    expect(only({ family: 10, local, remote })).toMatchObject({
      family: 6,
      local: '2001:db8::ff 40000',
      remote: 'fe80::1 8080',
    });
  });

  it('IPv4-mapped is IPv4', () => {
    const local = [0, 0, 0xffff, 0x7f000001];
    const row = only({ family: 10, state: LISTEN, local, remote: [0, 0, 0, 0], remotePort: 0 });
    expect(row).toMatchObject({ family: 4, local: '127.0.0.1 40000', remote: '0.0.0.0 0' });
  });

  it.each([
    ['bound and unconnected: BOUND_INACTIVE', 40_000, 0, BOUND_INACTIVE],
    ['reset under way: CLOSE', 40_000, 8080, CLOSE],
    ['not even bound: CLOSE', 0, 0, CLOSE],
  ])('in CLOSE, %s', (_, localPort, remotePort, state) => {
    expect(only({ state: CLOSE, localPort, remotePort }).state).toBe(state);
  });

  it('with attributes behind it that do not end on four bytes', () => {
    const { table, progress } = parseDump([
      Buffer.concat([
        socketMessage({}, {}, new Uint8Array(5)),
        socketMessage({ inode: 8 }),
        done(),
      ]),
    ]);
    expect({ progress, inodes: [...table.inode.subarray(0, 2)] }).toEqual({
      progress: 'done',
      inodes: [7, 8],
    });
  });
});

describe('what was set on a socket', () => {
  const SOCKOPT = 22;
  const SHUTDOWN = attribute(8, Uint8Array.of(0));
  /** transparent, bindAddressNoPort and deviceIndex of a socket with these attributes. */
  const optionsWith = (
    attributes: readonly Uint8Array[],
    socket: Parameters<typeof socketMessage>[0] = {},
    byteOrder: 'LE' | 'BE' = 'LE',
  ) => {
    const bytes = Uint8Array.from(attributes.flatMap((each) => [...each]));
    const { table, parser } = parseDump([socketMessage(socket, { byteOrder }, bytes)], {
      byteOrder,
    });
    expect({ rows: table.length, problem: parser.firstProblem }).toEqual({ rows: 1 });
    const { bindAddressNoPort, deviceIndex } = optionsOf(table, 0);
    return [bindAddressNoPort, deviceIndex];
  };

  // is_icsk, mc_loop and mc_all, as the recorded dump has them; bit fields begin at the other end of a byte on BE.
  it.each([
    ['LE', [0x52, 0], [0, 0]],
    ['LE', [0x52, 1], [1, 0]],
    ['LE', [0x72, 0], [0, 0]],
    ['LE', [0x72, 1], [1, 0]],
    ['LE', [0xdf, 0xfe], [0, 0]],
    ['BE', [0x4a, 0], [0, 0]],
    ['BE', [0x4a, 0x80], [1, 0]],
    ['BE', [0x4e, 0], [0, 0]],
    ['BE', [0xfb, 0x7f], [0, 0]],
  ] as const)('%s %j', (byteOrder, bits, expected) => {
    const shutdown = attribute(8, Uint8Array.of(0), { byteOrder });
    const options = attribute(SOCKOPT, Uint8Array.from(bits), { byteOrder });
    expect(optionsWith([shutdown, options], {}, byteOrder)).toEqual(expected);
    expect(optionsWith([options, shutdown], {}, byteOrder)).toEqual(expected);
  });

  it('the device', () => {
    expect(optionsWith([], { deviceIndex: 70_000 })).toEqual([0, 70_000]);
    expect(optionsWith([], { deviceIndex: 3, state: TIME_WAIT, timer: 3 })).toEqual([0, 3]);
  });

  it.each([
    ['nothing is told', []],
    ['one byte only', [attribute(SOCKOPT, Uint8Array.of(0xff))]],
    [
      'longer than the message',
      [attribute(SOCKOPT, Uint8Array.of(0xff, 0xff), { length: 60_000 })],
    ],
    [
      'shorter than its head',
      [
        attribute(8, Uint8Array.of(0), { length: 3 }),
        attribute(SOCKOPT, Uint8Array.of(0xff, 0xff)),
      ],
    ],
    [
      'of no length',
      [
        attribute(8, Uint8Array.of(0), { length: 0 }),
        attribute(SOCKOPT, Uint8Array.of(0xff, 0xff)),
      ],
    ],
    ['cut within its head', [SHUTDOWN, Uint8Array.of(6, 0, 22)]],
  ])('%s: as good as not set', (_, attributes) => {
    expect(optionsWith(attributes)).toEqual([0, 0]);
  });

  it('is forgotten with the row', () => {
    const set = attribute(SOCKOPT, Uint8Array.of(0x72, 1));
    const { table } = parseDump([socketMessage({ deviceIndex: 3 }, {}, set)]);
    expect(optionsOf(table, 0)).toEqual({ bindAddressNoPort: 1, deviceIndex: 3 });
    table.clear();
    expect(table.bindAddressNoPort[table.addRow()]).toBe(0);
  });

  it('any attributes are read without an error, and leave the row as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (attributes) => {
        const [bindAddressNoPort = 9] = optionsWith(attributes);
        expect(bindAddressNoPort).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('what the kernel says about the dump', () => {
  it.each([
    ['a refusal', errnoMessage(NLMSG.ERROR, 2), 'failed', 2],
    ['an acknowledgement', errnoMessage(NLMSG.ERROR, 0), 'more', 0],
    ['the end', done(), 'done', 0],
    ['an end without a result', netlinkMessage({ type: NLMSG.DONE }), 'done', 0],
    ['an end half-way', errnoMessage(NLMSG.DONE, 105), 'failed', 105],
    ['nothing', netlinkMessage({ type: NLMSG.NOOP }), 'more', 0],
    ['something yet unknown', netlinkMessage({ type: 99 }), 'more', 0],
  ])('%s', (_, message, progress, errno) => {
    const parsed = parseDump([Buffer.concat([socketMessage(), message])]);
    expect({ progress: parsed.progress, errno: parsed.parser.errno }).toEqual({ progress, errno });
    expect(parsed.table.length).toBe(1);
  });

  it.each([
    ['a socket', socketMessage({}, { flags: DUMP_INTERRUPTED | 2 })],
    ['the end', done({ flags: DUMP_INTERRUPTED | 2 })],
    ['an overrun', netlinkMessage({ type: NLMSG.OVERRUN })],
  ])('interrupted, marked on %s', (_, message) => {
    const { parser } = parseDump([Buffer.concat([message, done()])]);
    expect(parser.interrupted).toBe(true);
  });
});

describe('garbage', () => {
  it.each([
    ['idiag_family', socketMessage({ family: 1 })],
    ['idiag_state', socketMessage({ state: 0 })],
    ['idiag_state', socketMessage({ state: 14 })],
    ['an inet_diag_msg', netlinkMessage({ type: NLMSG.SOCK_DIAG }, new Uint8Array(71))],
  ])('%s: left out, quoted, and the rest is read', (field, message) => {
    const { table, parser, progress } = parseDump([
      Buffer.concat([message, message, socketMessage(), done()]),
    ]);
    expect({ progress, rows: table.length }).toEqual({ progress: 'done', rows: 1 });
    expect(parser.malformedMessages).toBe(2);
    expect(parser.firstProblem).toMatch(
      new RegExp(`^sock_diag: cannot read ${field} from "(?:[0-9a-f]{2} ?)+"$`),
    );
  });

  it.each([0, 4, 15, 0xffffffff])('a message that says it is %i bytes long', (length) => {
    const message = socketMessage();
    new DataView(message.buffer).setUint32(0, length, true);
    const { table, parser, progress } = parseDump([message]);
    expect({ progress, rows: table.length }).toEqual({ progress: 'more', rows: 0 });
    expect(parser.firstProblem).toMatch(/cannot read a whole message/);
  });

  test('never throws, never hangs, and never reads past the end', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 100 }).map((payload) => netlinkMessage({ type: 20 }, payload)),
      fc.constantFrom(socketMessage(), done(), errnoMessage(NLMSG.ERROR, 1)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(900), (pieces, end) => {
        const bytes = Buffer.concat(pieces);
        const { table, parser } = parseDump([bytes.subarray(0, Math.min(end, bytes.length))]);
        expect(table.length).toBeLessThanOrEqual(pieces.length * 3);
        if (parser.malformedMessages > 0) expect(parser.firstProblem).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test('recorded bytes with some of them changed', () => {
    const [{ dump }] = FAMILIES;
    const change = fc.tuple(fc.nat(dump.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const bytes = Buffer.from(dump);
        for (const [at, value] of changes) bytes[at] = value;
        expect(parseDump([bytes], { sequence: 4 }).table.length).toBeLessThanOrEqual(
          dump.length / 88,
        );
      }),
    );
  });
});

describe('the request', () => {
  it.each([
    ['LE', '4c0000001200010307000000', '00040000'],
    ['BE', '0000004c0012030100000007', '00000400'],
  ] as const)('%s', (byteOrder, header, states) => {
    const options = { sequence: 7, byteOrder };
    const request = Buffer.from(inetDiagRequest(options, { states: LISTEN_ONLY }));
    expect(request.length).toBe(76);
    expect(request.toString('hex', 0, 12)).toBe(header);
    expect(request.toString('hex', 68, 72)).toBe(states);
    const zero = [
      ...request.subarray(12, 16),
      ...request.subarray(17, 68),
      ...request.subarray(72),
    ];
    expect(zero.every((byte) => byte === 0)).toBe(true);
  });

  it('carries a filter as an attribute', () => {
    const filter = Uint8Array.of(1, 4, 4, 0);
    const selection = { states: ALL_STATES, filter };
    const request = Buffer.from(inetDiagRequest({ sequence: 1, byteOrder: 'LE' }, selection));
    expect(request.readUInt32LE(0)).toBe(request.length);
    expect(request.toString('hex', 68, 72)).toBe('ffffffff');
    expect(request.toString('hex', 76)).toBe('0800010001040400');
  });
});
