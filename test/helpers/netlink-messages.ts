import { InetDiagParser, type InetDiagOptions } from '../../src/kernel/inet-diag.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';

/** An inet_diag_msg as a test writes it; addresses are 32-bit words in network order, one or four. */
export interface DiagSocket {
  readonly family?: number;
  readonly state?: number;
  readonly timer?: number;
  readonly local?: readonly number[];
  readonly localPort?: number;
  readonly remote?: readonly number[];
  readonly remotePort?: number;
  readonly expiresMs?: number;
  readonly inode?: number;
  readonly deviceIndex?: number;
}

/** nlmsg_type, as in linux/netlink.h and linux/sock_diag.h. */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4, SOCK_DIAG: 20 } as const;

export const DUMP_INTERRUPTED = 0x10;

export interface Envelope {
  readonly type: number;
  readonly flags?: number;
  readonly sequence?: number;
  readonly byteOrder?: 'LE' | 'BE';
}

/** A netlink message around a payload, padded to four bytes. */
export function netlinkMessage(
  { type, flags = 2, sequence = 1, byteOrder = 'LE' }: Envelope,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const length = 16 + payload.length;
  const bytes = new Uint8Array((length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'LE';
  view.setUint32(0, length, little);
  view.setUint16(4, type, little);
  view.setUint16(6, flags, little);
  view.setUint32(8, sequence, little);
  bytes.set(payload, 16);
  return bytes;
}

/** One socket of a dump, as inet_sk_diag_fill() in net/ipv4/inet_diag.c writes it; `attributes` follow it. */
export function socketMessage(
  socket: DiagSocket = {},
  envelope: Partial<Envelope> = {},
  attributes: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const little = (envelope.byteOrder ?? 'LE') === 'LE';
  const payload = new Uint8Array(72 + attributes.length);
  const view = new DataView(payload.buffer);
  view.setUint8(0, socket.family ?? 2);
  view.setUint8(1, socket.state ?? 1);
  view.setUint8(2, socket.timer ?? 0);
  view.setUint16(4, socket.localPort ?? 40_000);
  view.setUint16(6, socket.remotePort ?? 8080);
  (socket.local ?? [0x0a000307]).forEach((word, at) => view.setUint32(8 + at * 4, word));
  (socket.remote ?? [0x0a000915]).forEach((word, at) => view.setUint32(24 + at * 4, word));
  view.setUint32(40, socket.deviceIndex ?? 0, little);
  view.setUint32(52, socket.expiresMs ?? 0, little);
  view.setUint32(68, socket.inode ?? 7, little);
  payload.set(attributes, 72);
  return netlinkMessage({ type: NLMSG.SOCK_DIAG, ...envelope }, payload);
}

/** An attribute, padded to four bytes; `length` is what it says of itself. */
export function attribute(
  type: number,
  value: Uint8Array,
  {
    byteOrder = 'LE',
    length = 4 + value.length,
  }: { byteOrder?: 'LE' | 'BE'; length?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array((4 + value.length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, length, byteOrder === 'LE');
  view.setUint16(2, type, byteOrder === 'LE');
  bytes.set(value, 4);
  return bytes;
}

/** The end of a dump, or a refusal: both carry a negative errno, or 0. */
export function errnoMessage(
  type: typeof NLMSG.DONE | typeof NLMSG.ERROR,
  errno: number,
  envelope: Partial<Envelope> = {},
): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setInt32(0, -errno, (envelope.byteOrder ?? 'LE') === 'LE');
  return netlinkMessage({ type, ...envelope }, payload);
}

export const done = (envelope: Partial<Envelope> = {}) => errnoMessage(NLMSG.DONE, 0, envelope);

/** Parses datagrams, one after the other, until the parser has enough. */
export function parseDump(
  datagrams: readonly Uint8Array[],
  options: Partial<InetDiagOptions> = {},
) {
  const table = new SocketTable();
  const parser = new InetDiagParser({ sequence: 1, byteOrder: 'LE', ...options }, table);
  let progress = parser.push(new Uint8Array(0), 0);
  for (const datagram of datagrams) {
    if (progress === 'more') progress = parser.push(datagram, datagram.length);
  }
  return { table, parser, progress };
}

/** The messages of a recorded dump one by one; their lengths are multiples of four. */
export function messagesOf(dump: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < dump.length; at += dump.readUInt32LE(at))
    pieces.push(dump.subarray(at, at + dump.readUInt32LE(at)));
  return pieces;
}
