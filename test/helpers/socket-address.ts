import { isIPv4 } from 'node:net';
import type { Endpoint } from './namespace-protocol.ts';

/** Linux's `AF_INET` and `AF_INET6`. */
export const AF_INET = 2;
export const AF_INET6 = 10;

/** The address family of an address as written. */
export function familyOf(address: string): number {
  return isIPv4(address) ? AF_INET : AF_INET6;
}

/** `::ffff:127.0.0.1` is `127.0.0.1`; any other address stays as it is. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/** The bytes of a `struct sockaddr_in` or `sockaddr_in6`. */
export function encodeSocketAddress({ address, port }: Endpoint): Buffer {
  const family = familyOf(address);
  const bytes = Buffer.alloc(family === AF_INET ? 16 : 28);
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(port, 2);
  if (family === AF_INET) bytes.set(ipv4Bytes(address), 4);
  else bytes.set(ipv6Bytes(address), 8);
  return bytes;
}

/** The port in a `struct sockaddr_in` or `sockaddr_in6`: the same place in both. */
export function portOf(socketAddress: Buffer): number {
  return socketAddress.readUInt16BE(2);
}

function ipv4Bytes(address: string): number[] {
  return address.split('.').map(Number);
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser turns every spelling, the mapped one too, into hexadecimal groups.
  const normal = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = normal.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const bytes = Buffer.alloc(16);
  [...left, ...zeros, ...right].forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  });
  return bytes;
}
