import { AF_INET } from '../kernel/netlink-message.ts';
import { errnoName, isErrno, loadLibc, SystemCallError } from '../source/libc.ts';
import { SourceError } from '../source/source-error.ts';

// linux/socket.h, linux/in.h, linux/tcp.h, linux/filter.h, linux/sockios.h, net/if.h
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_SNDTIMEO = 21;
const SO_ATTACH_FILTER = 26;
const IPPROTO_IP = 0;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPPROTO_TCP = 6;
const TCP_REPAIR = 19;
const SIOCGIFFLAGS = 0x8913n;
const SIOCSIFFLAGS = 0x8914n;
const SIOCSIFADDR = 0x8916n;
const IFF_UP = 1;

/** An upstream of this machine answers at once; a proxy must not wait for one that does not. */
const CONNECT_TIMEOUT_MS = 200;
const BACKLOG = 511;

const LIBC = {
  socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
  bind: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  connect: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  listen: { return: 'i32', arguments: ['i32', 'i32'] },
  setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
  ioctl: { return: 'i32', arguments: ['i32', 'u64', 'pointer'] },
  close: { return: 'i32', arguments: ['i32'] },
  mount: { return: 'i32', arguments: ['string', 'string', 'string', 'u64', 'pointer'] },
} as const;

/** An IPv4 address and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The local end of a connection: undefined lets connect() choose both address and port. */
export interface LocalEnd {
  readonly address: string;
  /** True if bind() takes the port; else IP_BIND_ADDRESS_NO_PORT leaves the choice to connect(). */
  readonly takesPort: boolean;
}

/** The calls that Node's own sockets have no words for. */
export interface StageSockets {
  /** Opens a connection, and returns its file descriptor. Throws SystemCallError: EADDRNOTAVAIL, or bind()'s EADDRINUSE. */
  connect(remote: Endpoint, local?: LocalEnd): number;
  /** Opens a listening socket. */
  listen(local: Endpoint): number;
  /** From now on all segments with a FIN that arrive there are lost. */
  loseFins(listener: number): void;
  /** Makes close() of this connection send nothing. */
  silence(fd: number): void;
  /** Brings lo up, and gives it an address whose whole class A network is local. Throws SourceError if lo is up already. */
  furnishLoopback(address: string): void;
  /** Mounts tracefs, in this mount namespace, for those who may: then the kernel's refusals are seen. */
  mountTracing(): void;
}

/** The calls through libc. Throws SourceError where there is no node:ffi. */
export function loadStageSockets(): StageSockets {
  const { ffi, libc, check } = loadLibc(LIBC, "the demo's connections are made");
  const option = (fd: number, level: number, name: number, value: NodeJS.TypedArray) =>
    check('setsockopt', libc.setsockopt(fd, level, name, value, value.byteLength));
  const withSocket = <Result>(type: number, use: (fd: number) => Result): Result => {
    const fd = check('socket', libc.socket(AF_INET, type | SOCK_CLOEXEC, 0));
    try {
      return use(fd);
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  };
  return {
    connect: (remote, local) =>
      withSocket(SOCK_STREAM, (fd) => {
        option(
          fd,
          SOL_SOCKET,
          SO_SNDTIMEO,
          new BigInt64Array([0n, BigInt(CONNECT_TIMEOUT_MS * 1000)]),
        );
        if (local !== undefined) {
          if (!local.takesPort)
            option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, new Int32Array([1]));
          const source = socketAddress({ address: local.address, port: 0 });
          check('bind', libc.bind(fd, source, source.length));
        }
        const address = socketAddress(remote);
        again(() => check('connect', libc.connect(fd, address, address.length)));
        return fd;
      }),
    listen: (local) =>
      withSocket(SOCK_STREAM, (fd) => {
        option(fd, SOL_SOCKET, SO_REUSEADDR, new Int32Array([1]));
        const address = socketAddress(local);
        check('bind', libc.bind(fd, address, address.length));
        check('listen', libc.listen(fd, BACKLOG));
        return fd;
      }),
    loseFins(listener) {
      const program = new BigInt64Array([
        BigInt(DROPS_FINS.length),
        ffi.getRawPointer(DROPS_FINS_BYTES),
      ]);
      option(listener, SOL_SOCKET, SO_ATTACH_FILTER, program);
    },
    silence: (fd) => void option(fd, IPPROTO_TCP, TCP_REPAIR, new Int32Array([1])),
    furnishLoopback(address) {
      withSocket(SOCK_DGRAM, (fd) => {
        const flags = interfaceRequest('lo');
        check('ioctl', libc.ioctl(fd, SIOCGIFFLAGS, flags));
        // It is down in every new namespace, and up in every one that is in use.
        if ((flags.readInt16LE(INTERFACE_NAME_BYTES) & IFF_UP) !== 0)
          throw new SourceError(
            'the demo changes nothing in a network that is in use; please report this.',
          );
        flags.writeInt16LE(IFF_UP, INTERFACE_NAME_BYTES);
        check('ioctl', libc.ioctl(fd, SIOCSIFFLAGS, flags));
        const request = interfaceRequest('lo:1');
        socketAddress({ address, port: 0 }).copy(request, INTERFACE_NAME_BYTES);
        check('ioctl', libc.ioctl(fd, SIOCSIFADDR, request));
        libc.close(fd);
      });
    },
    mountTracing: () => void libc.mount('tracefs', '/sys/kernel/tracing', 'tracefs', 0n, null),
  };
}

/** The name of the errno that a call failed with, such as `EADDRNOTAVAIL`. Throws what is no SystemCallError. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof SystemCallError)) throw error;
  return errnoName(error.errno);
}

/** With a timeout set, the kernel does not restart a call that a signal interrupts (signal(7)). */
function again(call: () => void): void {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

/** A `struct sockaddr_in`. */
function socketAddress({ address, port }: Endpoint): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address.split('.').map(Number), 4);
  return bytes;
}

/** IFNAMSIZ */
const INTERFACE_NAME_BYTES = 16;

/** A `struct ifreq`. */
function interfaceRequest(name: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(40);
  bytes.write(name);
  return bytes;
}

/**
 * A classic BPF program, `struct sock_filter` each. It runs on what arrives for the socket, from the TCP header on
 * (tcp_filter in net/ipv4/tcp_ipv4.c): the flags are byte 13 of that, and FIN is the lowest.
 */
const DROPS_FINS = [
  { code: 0x30, ifTrue: 0, ifFalse: 0, k: 13 }, // ldb [13]
  { code: 0x45, ifTrue: 0, ifFalse: 1, k: 1 }, // jset #1
  { code: 0x06, ifTrue: 0, ifFalse: 0, k: 0 }, // ret 0: dropped
  { code: 0x06, ifTrue: 0, ifFalse: 0, k: 0x7fffffff }, // ret all of it
] as const;

const DROPS_FINS_BYTES = new Uint8Array(
  DROPS_FINS.flatMap(({ code, ifTrue, ifFalse, k }) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(code, 0);
    bytes.writeUInt8(ifTrue, 2);
    bytes.writeUInt8(ifFalse, 3);
    bytes.writeUInt32LE(k, 4);
    return [...bytes];
  }),
);
