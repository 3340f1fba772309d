/**
 * Blocking socket calls straight from libc. Node's own sockets hide what these tests are about:
 * when bind() happens, which errno came back, and which end closed first.
 */
import { dlopen, getInt32 } from 'node:ffi';
import { isIPv4 } from 'node:net';
import { constants } from 'node:os';
import { encodeSocketAddress, familyOf, portOf } from './socket-address.ts';
import type { Endpoint } from './namespace-protocol.ts';

const { functions: libc, lib } = dlopen(null, {
  socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
  bind: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  connect: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  listen: { return: 'i32', arguments: ['i32', 'i32'] },
  accept: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
  recv: { return: 'i64', arguments: ['i32', 'pointer', 'u64', 'i32'] },
  close: { return: 'i32', arguments: ['i32'] },
  unshare: { return: 'i32', arguments: ['i32'] },
  setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
  getsockname: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
  getpeername: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
});

// One per thread, and constant: looked up now, so that nothing runs between a call and its errno.
const errnoPointer = lib.getFunction('__errno_location', { return: 'pointer', arguments: [] })();
const errnoNames = new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));

const SOL_SOCKET = 1;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;
const TIMEOUT_SECONDS = 5n;

/** A socket call that the kernel refused; `code` is the symbolic errno. */
export class SocketError extends Error {
  readonly call: string;
  readonly code: string;
  constructor(call: string, errno: number) {
    const code = errnoNames.get(errno) ?? `errno ${errno}`;
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }
}

function check(call: string, result: number): number {
  if (result >= 0) return result;
  throw new SocketError(call, getInt32(errnoPointer));
}

/**
 * A call that may block. Because of the timeouts below the kernel does not restart one that a
 * signal interrupts; calling connect() again waits for the same handshake.
 */
function checkBlocking(call: string, attempt: () => number): number {
  for (;;) {
    const result = attempt();
    if (result >= 0) return result;
    const errno = getInt32(errnoPointer);
    if (errno !== constants.errno.EINTR) throw new SocketError(call, errno);
  }
}

function setOption(fd: number, level: number, option: number, value: Buffer): void {
  check('setsockopt', libc.setsockopt(fd, level, option, value, value.length));
}

function int32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeInt32LE(value | 0, index * 4));
  return bytes;
}

/**
 * Opens a socket of the address's family.
 * Every blocking call on it gives up after 5 s, so that a mistake in a test is an error and not a hang.
 */
export function openSocket(
  address: string,
  protocol: 'tcp' | 'udp' = 'tcp',
  mode: 'blocking' | 'non-blocking' = 'blocking',
): number {
  const type = protocol === 'tcp' ? 1 : 2;
  const flags = 0o2000000 /* close on exec */ | (mode === 'blocking' ? 0 : 0o4000);
  const fd = check('socket', libc.socket(familyOf(address), type | flags, 0));
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(TIMEOUT_SECONDS, 0);
  setOption(fd, SOL_SOCKET, 20 /* SO_RCVTIMEO */, timeout);
  setOption(fd, SOL_SOCKET, 21 /* SO_SNDTIMEO */, timeout);
  return fd;
}

/** Sets `SO_REUSEADDR`. */
export function setReuseAddress(fd: number): void {
  setOption(fd, SOL_SOCKET, 2, int32s(1));
}

/** Sets `IPV6_V6ONLY`. */
export function setIpv6Only(fd: number): void {
  setOption(fd, IPPROTO_IPV6, 26, int32s(1));
}

/** Sets `IP_BIND_ADDRESS_NO_PORT`: bind() of port 0 then leaves the choice to connect(). */
export function setBindAddressNoPort(fd: number): void {
  setOption(fd, IPPROTO_IP, 24, int32s(1));
}

/** Sets `SO_BINDTODEVICE`. */
export function bindToDevice(fd: number, name: string): void {
  setOption(fd, SOL_SOCKET, 25, Buffer.from(`${name}\0`));
}

/** Sets `IP_LOCAL_PORT_RANGE`, of Linux 6.3 and newer: connect() then takes ports of these only. */
export function setLocalPortRange(fd: number, low: number, high: number): void {
  setOption(fd, IPPROTO_IP, 51, int32s((high << 16) | low));
}

/** Sets `SO_LINGER` to zero: close() then sends a reset, and neither end enters TIME_WAIT. */
export function setResetOnClose(fd: number): void {
  setOption(fd, SOL_SOCKET, 13, int32s(1, 0));
}

/** Sets `TCP_REPAIR`: close() then sends nothing, and the other end stays as it is. */
export function setRepair(fd: number): void {
  setOption(fd, IPPROTO_TCP, 19, int32s(1));
}

/** bind(2). Throws {@link SocketError}. */
export function bindSocket(fd: number, endpoint: Endpoint): void {
  const address = encodeSocketAddress(endpoint);
  check('bind', libc.bind(fd, address, address.length));
}

/** connect(2), blocking. Throws {@link SocketError}. */
export function connectSocket(fd: number, endpoint: Endpoint): void {
  const address = encodeSocketAddress(endpoint);
  checkBlocking('connect', () => libc.connect(fd, address, address.length));
}

/**
 * Tries what connects to an endpoint again while there is no route. A second after lo came up, the kernel has no IPv6
 * route for some 20 ms (linkwatch, net/core/link_watch.c, seen on 6.18). Each attempt needs a socket of its own: a failed
 * connect(2) gives the port of bind(2) back (tcp_v6_connect, net/ipv6/tcp_ipv6.c), and the next would choose another.
 */
export function onceRouted<Result>(endpoint: Endpoint, attempt: () => Result): Result {
  const endsMs = performance.now() + NO_ROUTE_MS;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const isMoment = error instanceof SocketError && error.code === 'ENETUNREACH';
      if (!isMoment || isIPv4(endpoint.address) || performance.now() > endsMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** So long that a busy machine has come to it. */
const NO_ROUTE_MS = 5000;

/** connect(2) of a non-blocking socket: the handshake is under way. Throws {@link SocketError}. */
export function beginConnect(fd: number, endpoint: Endpoint): void {
  const address = encodeSocketAddress(endpoint);
  if (libc.connect(fd, address, address.length) >= 0) return;
  const errno = getInt32(errnoPointer);
  if (errno !== constants.errno.EINPROGRESS) throw new SocketError('connect', errno);
}

/** listen(2). Throws {@link SocketError}. */
export function listenSocket(fd: number): void {
  check('listen', libc.listen(fd, 4096));
}

/** accept(2), blocking; the file descriptor of the accepted end. Throws {@link SocketError}. */
export function acceptSocket(fd: number): number {
  return checkBlocking('accept', () => libc.accept(fd, null, null));
}

/** Blocks until the other end has closed. Throws {@link SocketError}; data instead is an error. */
export function awaitEndOfStream(fd: number): void {
  const byte = Buffer.alloc(1);
  const received = checkBlocking('recv', () => Number(libc.recv(fd, byte, 1n, 0)));
  if (received !== 0) throw new Error('recv: data where the end of the stream was awaited');
}

/** close(2). Throws {@link SocketError}. */
export function closeSocket(fd: number): void {
  check('close', libc.close(fd));
}

/** The port a socket has on this side. */
export function localPort(fd: number): number {
  const address = Buffer.alloc(28);
  check('getsockname', libc.getsockname(fd, address, int32s(address.length)));
  return portOf(address);
}

/** The port a socket has on the other side. */
export function remotePort(fd: number): number {
  const address = Buffer.alloc(28);
  check('getpeername', libc.getpeername(fd, address, int32s(address.length)));
  return portOf(address);
}

/**
 * Moves this thread into a network namespace of its own; called on the main one, whose namespace
 * is what /proc/net, /proc/sys and child processes go by. Throws {@link SocketError}.
 */
export function enterNewNetwork(): void {
  const newNetworkNamespace = 0x40000000;
  check('unshare', libc.unshare(newNetworkNamespace));
}
