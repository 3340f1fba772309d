import type { SocketTable } from '../../kernel/socket-table.ts';
import { LISTEN } from '../../kernel/tcp-state.ts';
import { isUnspecified } from './addresses.ts';

const ANY_IPV4 = 1;
const ANY_IPV6 = 2;
const ONE_ADDRESS = 4;

/** Rows that belong to no tuple of outgoing connections. */
export interface LeftOut {
  /** 0 for each local port that none of them has: most rows then need no closer look. */
  readonly ports: Uint8Array;
  has(row: number): boolean;
}

/** The listening sockets of one sample. They tell accepted connections from outgoing ones. */
export interface Listeners {
  /** Listening ports, ascending. */
  readonly ports: readonly number[];
  /** True if somebody listens at this address and port, given as the table's columns have them. */
  listensAt(family: number, address: number, port: number): boolean;
  /** Sockets that were accepted (or are being accepted) on a listening port. */
  readonly accepted: LeftOut;
}

/** Collects the LISTEN sockets of a table, which are in `rows`. The answer lives as long as the table's rows. */
export function findListeners(sockets: SocketTable, rows: readonly number[]): Listeners {
  const kinds = new Uint8Array(65536);
  const addresses = new Set<number>();
  const ports = new Set<number>();
  const { state, localPort } = sockets;
  for (const row of rows) {
    const port = sockets.localPort[row] ?? 0;
    const family = sockets.familyOf(row);
    const address = sockets.localAddressOf(row);
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
    accepted: {
      ports: kinds,
      has(row) {
        if (state[row] === LISTEN) return false;
        const port = localPort[row] ?? 0;
        return listensAt(sockets.familyOf(row), sockets.localAddressOf(row), port);
      },
    },
  };
}

/** One exact number for (family, address, port): 32 + 16 bits, and one for the family. */
export function endpointKey(family: number, address: number, port: number): number {
  return (family === 4 ? 0 : 2 ** 48) + address * 65536 + port;
}
