import type { ForeignText } from '../../kernel/foreign-text.ts';
import { isLoopbackIpv4, isLoopbackIpv6 } from '../../kernel/ip-address.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';

/** True for 0.0.0.0 and ::. */
export function isUnspecified(sockets: SocketTable, family: number, address: number): boolean {
  return family === 4 ? address === 0 : sockets.ipv6.wordsOf(address).every((word) => word === 0);
}

/** True for 127.0.0.0/8 and ::1: loopback in the sense of tcp_tw_reuse 2 (tcp_twsk_unique in net/ipv4/tcp_ipv4.c). */
export function isLoopback(sockets: SocketTable, family: number, address: number): boolean {
  return family === 4 ? isLoopbackIpv4(address) : isLoopbackIpv6(sockets.ipv6.wordsOf(address));
}

/** True if both ends of the row's connection are on this machine, judging by their addresses. */
export function isOwnMachine(sockets: SocketTable, row: number): boolean {
  const family = sockets.familyOf(row);
  const local = sockets.localAddressOf(row);
  const remote = sockets.remoteAddressOf(row);
  return local === remote || [local, remote].some((each) => isLoopback(sockets, family, each));
}

/** Tells whether the remote address of a row is one of this machine's, as far as its sockets show: listeners', and accepted ones'. */
export function ownAddresses(sockets: SocketTable): (row: number) => boolean {
  // IPv6 addresses are numbers of their own.
  const keyOf = (family: number, address: number) => (family === 6 ? -1 - address : address);
  const { tuples } = sockets;
  const own = new Set<number>();
  for (let tuple = 0; tuple < tuples.count; tuple++)
    own.add(keyOf(tuples.familyOf(tuple), tuples.localAddressOf(tuple)));
  return (row) => own.has(keyOf(sockets.familyOf(row), sockets.remoteAddressOf(row)));
}

/** True if tcp_tw_reuse 2 applies to a group: one of its ends is a loopback address, or it is bound to lo. */
export function isLoopbackGroup({
  localAddress,
  remoteAddress,
  device,
}: {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly device?: ForeignText | undefined;
}): boolean {
  return device === 'lo' || [localAddress, remoteAddress].some(isLoopbackText);
}

/** True for a loopback address in the spelling of `SocketTable.addressText`. */
function isLoopbackText(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
