import { arch } from 'node:os';
import { isErrno, loadLibc } from './libc.ts';

/** A netlink socket to sock_diag; a value, so that tests can play the kernel. */
export interface NetlinkSocket {
  /** Sends a whole request. Throws SystemCallError. */
  send(request: Uint8Array<ArrayBuffer>): void;
  /** Blocks for the next datagram and returns its length, at most the buffer's. Throws SystemCallError. */
  receive(buffer: Uint8Array<ArrayBuffer>): number;
  close(): void;
}

// linux/socket.h, linux/netlink.h, asm-generic/socket.h
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = arch() === 'ppc64' ? 18 : 20; // arch/powerpc/include/uapi/asm/socket.h

/** A dump is answered within the calls themselves; this is against a kernel that does not answer at all. */
const RECEIVE_TIMEOUT_SECONDS = 2n;
/** The kernel fills the next message only while half of this is free (netlink_recvmsg in net/netlink/af_netlink.c). */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

const LIBC = {
  socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
  setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
  send: { return: 'i64', arguments: ['i32', 'pointer', 'u64', 'i32'] },
  recv: { return: 'i64', arguments: ['i32', 'pointer', 'u64', 'i32'] },
  close: { return: 'i32', arguments: ['i32'] },
} as const;

/** Once a thread: who goes through many namespaces opens a socket in each, again and again. */
let loaded: ReturnType<typeof loadLibc<typeof LIBC>> | undefined;

/**
 * Opens the socket through libc. Throws SourceError where there is no node:ffi (it came with Node 26) or
 * no Linux, and SystemCallError where the kernel refuses.
 */
export function openNetlinkSocket(): NetlinkSocket {
  loaded ??= loadLibc(LIBC, 'netlink is read', '--source procfs');
  const { libc, check } = loaded;
  const fd = check('socket', libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  const setOption = (option: number, value: NodeJS.TypedArray) =>
    check('setsockopt', libc.setsockopt(fd, SOL_SOCKET, option, value, value.byteLength));
  const socket: NetlinkSocket = {
    send(request) {
      check('send', Number(libc.send(fd, request, BigInt(request.byteLength), 0)));
    },
    receive(buffer) {
      for (;;) {
        const received = Number(libc.recv(fd, buffer, BigInt(buffer.byteLength), 0));
        try {
          return check('recv', received);
        } catch (error) {
          // With a timeout set, a call that a signal interrupts is not restarted (signal(7)).
          if (!isErrno(error, 'EINTR')) throw error;
        }
      }
    },
    close() {
      libc.close(fd);
    },
  };
  try {
    setOption(SO_RCVTIMEO, new BigInt64Array([RECEIVE_TIMEOUT_SECONDS, 0n])); // struct timeval
    setOption(SO_RCVBUF, new Int32Array([RECEIVE_BUFFER_BYTES]));
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}
