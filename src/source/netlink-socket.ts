import type * as Ffi from 'node:ffi';
import { arch, constants, platform } from 'node:os';
import { SourceError } from './source-error.ts';

/** A netlink socket to sock_diag; a value, so that tests can play the kernel. */
export interface NetlinkSocket {
  /** Sends a whole request. Throws NetlinkError. */
  send(request: Uint8Array<ArrayBuffer>): void;
  /** Blocks for the next datagram and returns its length, at most the buffer's. Throws NetlinkError. */
  receive(buffer: Uint8Array<ArrayBuffer>): number;
  close(): void;
}

/** A call that the kernel refused. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call}: ${errnoName(errno)}`);
    this.errno = errno;
  }
}

const NAME_OF_ERRNO = new Map(
  Object.entries(constants.errno).map(([name, errno]) => [errno, name]),
);

/** The symbol of an errno, such as `ENOENT`. */
function errnoName(errno: number): string {
  return NAME_OF_ERRNO.get(errno) ?? `errno ${errno}`;
}

/** True for a NetlinkError of that errno, such as `EINTR`. */
export function isErrno(error: unknown, name: keyof typeof constants.errno): boolean {
  return error instanceof NetlinkError && error.errno === constants.errno[name];
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

/**
 * Opens the socket through libc. Throws SourceError where there is no node:ffi (it came with Node 26) or
 * no Linux, and NetlinkError where the kernel refuses.
 */
export function openNetlinkSocket(): NetlinkSocket {
  const { lib, libc, check } = loadLibc();
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
      lib.close();
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

/** libc by its symbols in this very process, so that it is the right one, glibc or musl. */
function loadLibc() {
  const ffi = loadFfi();
  const { functions: libc, lib } = open(() => ffi.dlopen(null, LIBC));
  // Constant in a thread: looked up now, so that nothing runs between a call and its errno.
  const errno = lib.getFunction('__errno_location', { return: 'pointer', arguments: [] })();
  const check = (call: string, result: number): number => {
    if (result < 0) throw new NetlinkError(call, ffi.getInt32(errno));
    return result;
  };
  return { lib, libc, check };
}

/** node:ffi, loaded when it is needed, and without the warning that would land in the middle of the screen. */
function loadFfi(): typeof Ffi {
  if (platform() !== 'linux') throw new SourceError('netlink is there on Linux only.');
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and called on process
  const { emitWarning } = process;
  // Node says once per thread, when the module is loaded, that it is experimental.
  process.emitWarning = (...[warning, type, ...rest]: unknown[]) => {
    if (type !== 'ExperimentalWarning')
      Reflect.apply(emitWarning, process, [warning, type, ...rest]);
  };
  try {
    const ffi = open(() => process.getBuiltinModule('node:ffi'));
    if (ffi !== undefined) return ffi;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new SourceError(
    `netlink is read through node:ffi, which Node ${process.versions.node} does not have: use Node 26 or newer, or --source procfs.`,
  );
}

/** Node's permission model forbids native code, unless --allow-ffi says otherwise. */
function open<Value>(load: () => Value): Value {
  try {
    return load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(
      `netlink is read through node:ffi, which cannot be loaded (${reason}): use --source procfs.`,
    );
  }
}
