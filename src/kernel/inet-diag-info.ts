import type { InetDiagOptions } from './inet-diag.ts';
import type { SocketTable } from './socket-table.ts';

// struct nlmsghdr (linux/netlink.h) and struct inet_diag_req_v2 (linux/inet_diag.h): u8 family, protocol, ext, pad;
// u32 states; then struct inet_diag_sockid: be16 source and destination port, be32[4] addresses, u32 device, u32[2] cookie.
const HEADER_BYTES = 16;
const REQUEST_BYTES = HEADER_BYTES + 56;
const AT_PROTOCOL = HEADER_BYTES + 1;
const AT_EXTENSIONS = HEADER_BYTES + 2;
const AT_STATES = HEADER_BYTES + 4;
const AT_LOCAL_PORT = HEADER_BYTES + 8;
const AT_REMOTE_PORT = HEADER_BYTES + 10;
const AT_LOCAL_ADDRESS = HEADER_BYTES + 12;
const AT_REMOTE_ADDRESS = HEADER_BYTES + 28;
const AT_DEVICE = HEADER_BYTES + 44;
const AT_COOKIE = HEADER_BYTES + 48;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 0x01;
const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const NO_COOKIE = 0xffffffff;

// struct inet_diag_msg: its family, and where its socket's remote port stands; attributes behind it.
const MESSAGE_BYTES = HEADER_BYTES + 72;
const AT_ANSWERED_REMOTE_PORT = HEADER_BYTES + 6;
const ATTRIBUTE_HEADER_BYTES = 4;
const INET_DIAG_INFO = 2;
// struct tcp_info (linux/tcp.h) begins with u8 state, ca_state, retransmits, probes, backoff, options.
const AT_TCP_OPTIONS = 5;
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
  const isIpv6 = sockets.family[row] === 6;
  const wordsOf = (address: number) => (isIpv6 ? sockets.ipv6.wordsOf(address) : [address]);
  view.setUint32(0, bytes.length, little);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, little);
  view.setUint16(6, NLM_F_REQUEST, little);
  view.setUint32(8, sequence, little);
  view.setUint8(HEADER_BYTES, isIpv6 ? AF_INET6 : AF_INET);
  view.setUint8(AT_PROTOCOL, IPPROTO_TCP);
  view.setUint8(AT_EXTENSIONS, 1 << (INET_DIAG_INFO - 1));
  view.setUint32(AT_STATES, 0xffffffff, little);
  view.setUint16(AT_LOCAL_PORT, sockets.localPort[row] ?? 0);
  view.setUint16(AT_REMOTE_PORT, sockets.remotePort[row] ?? 0);
  for (const [index, word] of wordsOf(sockets.localAddress[row] ?? 0).entries())
    view.setUint32(AT_LOCAL_ADDRESS + 4 * index, word);
  for (const [index, word] of wordsOf(sockets.remoteAddress[row] ?? 0).entries())
    view.setUint32(AT_REMOTE_ADDRESS + 4 * index, word);
  view.setUint32(AT_DEVICE, sockets.deviceIndex[row] ?? 0, little);
  view.setUint32(AT_COOKIE, NO_COOKIE, little);
  view.setUint32(AT_COOKIE + 4, NO_COOKIE, little);
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
  if (end < MESSAGE_BYTES || view.getUint16(AT_ANSWERED_REMOTE_PORT) !== remotePort)
    return 'unknown';
  let at = MESSAGE_BYTES;
  while (end - at >= ATTRIBUTE_HEADER_BYTES) {
    const length = view.getUint16(at, little);
    if (length < ATTRIBUTE_HEADER_BYTES || length > end - at) return 'unknown';
    if (view.getUint16(at + 2, little) === INET_DIAG_INFO) {
      const options = at + ATTRIBUTE_HEADER_BYTES + AT_TCP_OPTIONS;
      return options >= at + length
        ? 'unknown'
        : (view.getUint8(options) & TCPI_OPT_TIMESTAMPS) !== 0;
    }
    at += (length + 3) & ~3; // NLA_ALIGN
  }
  return 'unknown';
}
