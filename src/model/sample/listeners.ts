import type { SocketTable } from '../../kernel/socket-table.ts';
import { LISTEN } from '../../kernel/tcp-state.ts';
import { isUnspecified } from './addresses.ts';

const ANY_IPV4 = 1;
const ANY_IPV6 = 2;
const ONE_ADDRESS = 4;

/** The listening sockets of one sample. They tell accepted connections from outgoing ones. */
export interface Listeners {
  /** Listening ports, ascending. */
  readonly ports: readonly number[];
  /** True if somebody listens at this address and port, given as the table's columns have them. */
  listensAt(family: number, address: number, port: number): boolean;
  /** True if the socket in this row was accepted (or is being accepted) on a listening port. */
  accepts(row: number): boolean;
}

/** Collects the LISTEN sockets of a table. The answer refers to the table and lives as long as its rows. */
export function findListeners(sockets: SocketTable): Listeners {
  const kinds = new Uint8Array(65536);
  const addresses = new Set<number>();
  const ports = new Set<number>();
  const { length, state, localPort } = sockets;
  for (let row = 0; row < length; row++) {
    if (state[row] !== LISTEN) continue;
    const port = sockets.localPort[row] ?? 0;
    const family = sockets.family[row] ?? 4;
    const address = sockets.localAddress[row] ?? 0;
    ports.add(port);
    if (isUnspecified(sockets, family, address))
      kinds[port] = (kinds[port] ?? 0) | (family === 4 ? ANY_IPV4 : ANY_IPV6);
    else {
      kinds[port] = (kinds[port] ?? 0) | ONE_ADDRESS;
      addresses.add(endpointKey(family, address, port));
    }
  }
  const listensAt = (family: number, address: number, port: number): boolean => {
    const kind = kinds[port] ?? 0;
    if (kind === 0) return false;
    // A listener on :: takes IPv4 too, unless it is IPV6_V6ONLY, which no file shows.
    if ((kind & ANY_IPV6) !== 0 || (family === 4 && (kind & ANY_IPV4) !== 0)) return true;
    return (kind & ONE_ADDRESS) !== 0 && addresses.has(endpointKey(family, address, port));
  };
  return {
    ports: [...ports].toSorted((a, b) => a - b),
    listensAt,
    accepts(row) {
      if (kinds[localPort[row] ?? 0] === 0 || state[row] === LISTEN) return false;
      const port = localPort[row] ?? 0;
      return listensAt(sockets.family[row] ?? 4, sockets.localAddress[row] ?? 0, port);
    },
  };
}

/** One exact number for (family, address, port): 32 + 16 bits, and one for the family. */
export function endpointKey(family: number, address: number, port: number): number {
  return (family === 4 ? 0 : 2 ** 48) + address * 65536 + port;
}
