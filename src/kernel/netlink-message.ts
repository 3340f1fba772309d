// struct nlmsghdr (linux/netlink.h): u32 length, u16 type, u16 flags, u32 sequence, u32 port.
export const HEADER_BYTES = 16;
export const NLM_F_REQUEST = 0x01;
export const NLMSG_ERROR = 2;

// linux/sock_diag.h, linux/socket.h
export const SOCK_DIAG_BY_FAMILY = 20;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** The older type of a request of sockets, and of its answer (linux/inet_diag.h). */
export const TCPDIAG_GETSOCK = 18;

/** struct inet_diag_msg (linux/inet_diag.h) behind its header; attributes follow. */
export const MESSAGE_BYTES = HEADER_BYTES + 72;
export const AT_REMOTE_PORT = HEADER_BYTES + 6;

/** struct nlattr (linux/netlink.h): u16 length, u16 type. */
export const ATTRIBUTE_HEADER_BYTES = 4;

/**
 * Where the value of an attribute begins, among those from `start` to the end of a message; -1: it is not there, or shorter
 * than `leastBytes`, or one before it is malformed. Numbers, as it is asked for each row of a dump.
 */
export function findAttribute(
  view: DataView,
  start: number,
  end: number,
  { type, leastBytes, isLittleEndian }: WantedAttribute,
): number {
  let at = start;
  while (end - at >= ATTRIBUTE_HEADER_BYTES) {
    const length = view.getUint16(at, isLittleEndian);
    if (length < ATTRIBUTE_HEADER_BYTES || length > end - at) return -1;
    if (view.getUint16(at + 2, isLittleEndian) === type)
      return length - ATTRIBUTE_HEADER_BYTES < leastBytes ? -1 : at + ATTRIBUTE_HEADER_BYTES;
    at += (length + 3) & ~3; // NLA_ALIGN
  }
  return -1;
}

/** The attribute that is looked for; the same for all rows. */
export interface WantedAttribute {
  readonly type: number;
  readonly leastBytes: number;
  readonly isLittleEndian: boolean;
}
