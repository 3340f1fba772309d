import type { InetDiagOptions } from './inet-diag.ts';
import {
  AF_INET,
  AF_INET6,
  AT_REMOTE_PORT,
  findAttribute,
  HEADER_BYTES,
  MESSAGE_BYTES,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  SOCK_DIAG_BY_FAMILY,
} from './netlink-message.ts';
import type { SocketTable } from './socket-table.ts';

// struct inet_diag_req_v2 (linux/inet_diag.h): u8 family, protocol, ext, pad; u32 states; then struct inet_diag_sockid:
// be16 source and destination port, be32[4] addresses, u32 device, u32[2] cookie.
const REQUEST_BYTES = HEADER_BYTES + 56;
const IN_REQUEST = {
  protocol: HEADER_BYTES + 1,
  extensions: HEADER_BYTES + 2,
  states: HEADER_BYTES + 4,
  localPort: HEADER_BYTES + 8,
  remotePort: HEADER_BYTES + 10,
  localAddress: HEADER_BYTES + 12,
  remoteAddress: HEADER_BYTES + 28,
  device: HEADER_BYTES + 44,
  cookie: HEADER_BYTES + 48,
} as const;
const IPPROTO_TCP = 6;
const NO_COOKIE = 0xffffffff;

const INET_DIAG_INFO = 2;
// struct tcp_info (linux/tcp.h) begins with u8 state, ca_state, retransmits, probes, backoff, options.
const TCP_OPTIONS_OFFSET = 5;
const TCPI_OPT_TIMESTAMPS = 1;

/** The netlink message that asks for the tcp_info of one socket (tcp_diag_dump_one in net/ipv4/tcp_diag.c). */
export function tcpInfoRequest(
  { sequence, byteOrder }: InetDiagOptions,
  sockets: SocketTable,
  row: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'LE';
  const isIpv6 = sockets.familyOf(row) === 6;
  const wordsOf = (address: number) => (isIpv6 ? sockets.ipv6.wordsOf(address) : [address]);
  view.setUint32(0, bytes.length, little);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, little);
  view.setUint16(6, NLM_F_REQUEST, little);
  view.setUint32(8, sequence, little);
  view.setUint8(HEADER_BYTES, isIpv6 ? AF_INET6 : AF_INET);
  view.setUint8(IN_REQUEST.protocol, IPPROTO_TCP);
  view.setUint8(IN_REQUEST.extensions, 1 << (INET_DIAG_INFO - 1));
  view.setUint32(IN_REQUEST.states, 0xffffffff, little);
  view.setUint16(IN_REQUEST.localPort, sockets.localPort[row] ?? 0);
  view.setUint16(IN_REQUEST.remotePort, sockets.remotePortOf(row));
  for (const [index, word] of wordsOf(sockets.localAddressOf(row)).entries())
    view.setUint32(IN_REQUEST.localAddress + 4 * index, word);
  for (const [index, word] of wordsOf(sockets.remoteAddressOf(row)).entries())
    view.setUint32(IN_REQUEST.remoteAddress + 4 * index, word);
  view.setUint32(IN_REQUEST.device, sockets.deviceIndexOf(row), little);
  view.setUint32(IN_REQUEST.cookie, NO_COOKIE, little);
  view.setUint32(IN_REQUEST.cookie + 4, NO_COOKIE, little);
  return bytes;
}

/**
 * What an answer to `tcpInfoRequest` says of TCP timestamps: whether the socket's two ends agreed on them. `unknown`:
 * the socket has gone, or is in TIME_WAIT by now. Undefined: bytes[0, end) do not answer this request.
 */
export function timestampsAnswer(
  { sequence, byteOrder }: InetDiagOptions,
  remotePort: number,
  bytes: Uint8Array,
  end: number,
): boolean | 'unknown' | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const little = byteOrder === 'LE';
  if (end < HEADER_BYTES || view.getUint32(8, little) !== sequence) return undefined;
  const type = view.getUint16(4, little);
  if (type === NLMSG_ERROR) return 'unknown';
  if (type !== SOCK_DIAG_BY_FAMILY) return undefined;
  // Where there is no such connection the kernel gives a listener of the same port.
  if (end < MESSAGE_BYTES || view.getUint16(AT_REMOTE_PORT) !== remotePort) return 'unknown';
  const wanted = {
    type: INET_DIAG_INFO,
    leastBytes: TCP_OPTIONS_OFFSET + 1,
    isLittleEndian: little,
  };
  const info = findAttribute(view, MESSAGE_BYTES, end, wanted);
  return info < 0
    ? 'unknown'
    : (view.getUint8(info + TCP_OPTIONS_OFFSET) & TCPI_OPT_TIMESTAMPS) !== 0;
}
