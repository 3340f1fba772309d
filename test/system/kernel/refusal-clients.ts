/** Connections of a network namespace that was made for them, straight from libc, and their refusals. */
import { spawnSync } from 'node:child_process';
import { dlopen } from 'node:ffi';
import { writeFileSync } from 'node:fs';
import {
  bindSocket,
  closeSocket,
  connectSocket,
  onceRouted,
  listenSocket,
  openSocket,
  setBindAddressNoPort,
  SocketError,
} from '../../helpers/libc-sockets.ts';
import { encodeSocketAddress } from '../../helpers/socket-address.ts';
import type { Endpoint } from '../../helpers/namespace-protocol.ts';
import { addLocalAddress } from '../../helpers/local-address.ts';

export const V4 = { address: '10.9.9.1', port: 8080 };
export const V6 = { address: 'fd00::1', port: 8080 };
export const MAPPED = { address: '::ffff:10.9.9.1', port: 8080 };
const OTHER_SOURCE = '10.9.9.2';
export const CLOSED = { address: '10.9.9.1', port: 9 };
export const ELSEWHERE = { address: '10.9.9.7', port: 8080 };
export const LOOPBACK = { address: '127.0.0.1', port: 8080 };
export const UNREACHABLE = { address: '10.78.0.1', port: 80 };
export const SILENT = { address: '10.77.0.2', port: 80 };

const { functions: libc } = dlopen(null, {
  socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
  connect: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  sendto: { return: 'i64', arguments: ['i32', 'pointer', 'u64', 'i32', 'pointer', 'u32'] },
  setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
});

/** A range of ten ports, and destinations of either family. */
export function furnish(): void {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '40000 40009');
  run('ip', 'link', 'set', 'lo', 'up');
  for (const address of [V4.address, OTHER_SOURCE, V6.address]) addLocalAddress(address);
  for (const destination of [V4, V6]) listen(destination);
}

export function listen(destination: Endpoint): void {
  const listener = openSocket(destination.address);
  bindSocket(listener, destination);
  listenSocket(listener);
}

export function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** The errno of a call; undefined: it went well. */
export function failure(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
}

/** connect() as a socket that is then closed again, unless it is connected. */
export function tryToConnect(
  to: Endpoint,
  prepare: (fd: number) => void = () => {},
): string | undefined {
  return failure(() => onceRouted(to, () => connectOrClose(to, prepare)));
}

function connectOrClose(to: Endpoint, prepare: (fd: number) => void): void {
  const fd = openSocket(to.address);
  try {
    prepare(fd);
    connectSocket(fd, to);
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
}

export const fromOther = (fd: number) => {
  setBindAddressNoPort(fd);
  bindSocket(fd, { address: OTHER_SOURCE, port: 0 });
};

/** Takes all ports towards a destination; the last attempt is a refusal. */
export function useUp(to: Endpoint, prepare?: (fd: number) => void): void {
  for (;;) {
    const code = tryToConnect(to, prepare);
    if (code === 'EADDRNOTAVAIL') return;
    if (code !== undefined) throw new Error(`connect: ${code}`);
  }
}

export function refuse(times: number, to: Endpoint = V4, prepare?: (fd: number) => void): void {
  for (let time = 0; time < times; time++) {
    const code = tryToConnect(to, prepare);
    if (code !== 'EADDRNOTAVAIL') throw new Error(`connect: ${code ?? 'a port was left'}`);
  }
}

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const MSG_FASTOPEN = 0x20000000;
const IPPROTO_MPTCP = 262;

/** Other ways to ask for a connection: each refused once. */
export const OTHER_WAYS = {
  'non-blocking': () => rawConnect(libc.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
  MPTCP: () => rawConnect(libc.socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)),
  'TCP Fast Open': () => {
    const address = encodeSocketAddress(V4);
    const fd = libc.socket(AF_INET, SOCK_STREAM, 0);
    const sent = libc.sendto(fd, Buffer.from('x'), 1n, MSG_FASTOPEN, address, address.length);
    closeSocket(fd);
    return Number(sent);
  },
};

function rawConnect(fd: number): number {
  const address = encodeSocketAddress(V4);
  const result = libc.connect(fd, address, address.length);
  closeSocket(fd);
  return result;
}

/** Has connect() give up after 100 ms. */
export function giveUpSoon(fd: number): void {
  const ofSocket = 1;
  const sendTimeout = 21;
  const hundredMs = new BigInt64Array([0n, 100_000n]);
  libc.setsockopt(fd, ofSocket, sendTimeout, hundredMs, hundredMs.byteLength);
}
