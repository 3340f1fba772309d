import { describe, expect, test } from 'vitest';
import { tcpInfoRequest, timestampsAnswer } from '../../src/kernel/inet-diag-info.ts';
import {
  attribute,
  done,
  errnoMessage,
  NLMSG,
  socketMessage,
} from '../helpers/netlink-messages.ts';
import { connections, socketTable } from '../helpers/sockets.ts';

const INET_DIAG_INFO = 2;
const ESRCH = 2;
const OPTIONS = { sequence: 7, byteOrder: 'LE' } as const;

/** A tcp_info as far as its options. */
const info = (options: number) =>
  attribute(INET_DIAG_INFO, Uint8Array.of(1, 0, 0, 0, 0, options, 0));
const asked = (bytes: Uint8Array, remotePort = 8080) =>
  timestampsAnswer(OPTIONS, remotePort, bytes, bytes.length);
const answer = (attributes: Uint8Array) => socketMessage({}, { sequence: 7 }, attributes);

describe('the request', () => {
  test('names one IPv4 connection, and asks for its tcp_info', () => {
    const ends = { local: '10.0.3.7', remote: '10.0.9.21', remotePort: 8080 };
    const table = socketTable([{ ...ends, localPort: 40_002, deviceIndex: 3 }]);
    const view = new DataView(tcpInfoRequest(OPTIONS, table, 0).buffer);
    expect(view.getUint32(0, true)).toBe(72);
    expect(view.getUint16(4, true)).toBe(NLMSG.SOCK_DIAG);
    // NLM_F_REQUEST without NLM_F_DUMP: one socket, not all.
    expect(view.getUint16(6, true)).toBe(1);
    expect(view.getUint32(8, true)).toBe(7);
    expect([view.getUint8(16), view.getUint8(17), view.getUint8(18)]).toEqual([2, 6, 2]);
    expect([view.getUint16(24), view.getUint16(26)]).toEqual([40_002, 8080]);
    expect([view.getUint32(28), view.getUint32(44)]).toEqual([0x0a000307, 0x0a000915]);
    expect(view.getUint32(60, true)).toBe(3);
    expect([view.getUint32(64), view.getUint32(68)]).toEqual([0xffffffff, 0xffffffff]);
  });

  test('has all four words of an IPv6 address, and a big-endian machine its byte order', () => {
    const table = socketTable(connections(1, { local: 'fd00::7', remote: 'fd00::9' }));
    const request = tcpInfoRequest({ sequence: 7, byteOrder: 'BE' }, table, 0);
    const view = new DataView(request.buffer);
    expect(view.getUint32(0)).toBe(72);
    expect(view.getUint8(16)).toBe(10);
    expect([28, 40, 44, 56].map((at) => view.getUint32(at))).toEqual([
      0xfd000000, 7, 0xfd000000, 9,
    ]);
  });
});

describe('the answer', () => {
  test.each([
    ['timestamps', 1, true],
    ['timestamps and SACK', 3, true],
    ['SACK alone', 2, false],
    ['no option', 0, false],
  ])('with %s', (_, options, expected) => {
    expect(asked(answer(info(options)))).toBe(expected);
  });

  test('behind other attributes is found', () => {
    const other = attribute(8, Uint8Array.of(0));
    expect(asked(answer(Uint8Array.from([...other, ...info(1)])))).toBe(true);
  });

  test.each([
    ['no such socket', errnoMessage(NLMSG.ERROR, ESRCH, { sequence: 7 })],
    ['a socket without tcp_info', answer(new Uint8Array(0))],
    ['a tcp_info that ends before its options', answer(attribute(2, Uint8Array.of(1, 0, 0, 0, 0)))],
    [
      'an attribute longer than the message',
      answer(attribute(8, Uint8Array.of(0), { length: 99 })),
    ],
    ['an attribute shorter than its header', answer(attribute(8, Uint8Array.of(0), { length: 3 }))],
    ['a listener of the same port', socketMessage({ remotePort: 0 }, { sequence: 7 }, info(1))],
    ['a message cut short', answer(info(1)).slice(0, 60)],
  ])('that is %s tells nothing', (_, bytes) => {
    expect(asked(bytes)).toBe('unknown');
  });

  test.each([
    ['to another request', socketMessage({}, { sequence: 6 }, info(1))],
    ['the end of a dump', done({ sequence: 7 })],
    ['nothing', new Uint8Array(0)],
  ])('%s is none', (_, bytes) => {
    expect(asked(bytes)).toBeUndefined();
  });
});
