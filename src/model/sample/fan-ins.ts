import type { PortRange } from '../../kernel/port-range.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { endpointKey } from './listeners.ts';

/* Connections that end at one local port and come from many clients: they were accepted there. */

/** Ports from here on are clients' rather than services': Linux' ephemeral range starts here, others start later. */
const FIRST_CLIENT_PORT = 32_768;

/** From this many connections on, different client ports from 1024 up suffice: many systems' ranges start there. */
const MANY_CLIENTS = 8;
/** Clients have no lower ports, but those that run as root and ask for one. */
export const FIRST_UNPRIVILEGED_PORT = 1024;

/** Rows that share a local port with others, more than by chance, and come from different client ports. */
export function fanIns(sockets: SocketTable, range: PortRange, lone: readonly number[]): number[] {
  const { localPort } = sockets;
  const isInRange = (port: number) => port >= range.low && port <= range.high;
  const inRange = lone.map((row) => localPort[row] ?? 0).filter(isInRange);
  const isPlausible = isSpreadByChance(inRange, range);
  const byLocalPort = Map.groupBy(
    lone,
    (row) => sockets.familyOf(row) * 65536 + (localPort[row] ?? 0),
  );
  return [...byLocalPort.values()]
    .filter((rows) => {
      const port = localPort[rows[0] ?? 0] ?? 0;
      if (isInRange(port) && isPlausible && isSharedByChance(rows.length, inRange.length, range))
        return false;
      const ports = new Set(rows.map((row) => sockets.remotePortOf(row)));
      const lowest = [...ports].reduce((least, each) => Math.min(least, each), 65535);
      // Clients on several machines share a port by chance only; services share it always.
      if (rows.length >= MANY_CLIENTS)
        return ports.size > rows.length / 2 && lowest >= FIRST_UNPRIVILEGED_PORT;
      return rows.length > 1 && ports.size === rows.length && lowest >= FIRST_CLIENT_PORT;
    })
    .flat();
}

/** Fewer ports than this with so many connections by chance are none. */
const UNLIKELY_PORTS = 0.05;

/**
 * True if connect() may have given one port to so many of `connections`, each of a destination of its own: it takes
 * them from one half of the range. The expected number of such ports is that of a Poisson distribution.
 */
function isSharedByChance(sharers: number, connections: number, { low, high }: PortRange): boolean {
  const half = Math.max(1, (high - low + 1) / 2);
  const mean = connections / half;
  let term = Math.exp(-mean);
  let fewer = 0;
  for (let count = 0; count < sharers; count++) {
    fewer += term;
    term *= mean / (count + 1);
  }
  return half * (1 - fewer) > UNLIKELY_PORTS;
}

/** Standard deviations beyond which so many connections do not meet at the same ports by chance. */
const DEVIATIONS = 4;

/** True if connections meet at the same ports about as often as connect() makes them, in the half that it takes first. */
function isSpreadByChance(ports: readonly number[], { low, high }: PortRange): boolean {
  const half = Math.max(1, (high - low + 1) / 2);
  const distinct = new Set(ports);
  const met = ports.length - distinct.size;
  const expected = ports.length - half * (1 - Math.exp(-ports.length / half));
  const second = [...distinct].filter((port) => ((port ^ low) & 1) === 1).length;
  return met <= expected + DEVIATIONS * Math.sqrt(expected) + 1 && second <= distinct.size / 4;
}

/** The rows, plus single connections from clients to the same addresses at ports outside the range. */
export function withStrays(
  sockets: SocketTable,
  { low, high }: PortRange,
  rows: readonly number[],
  lone: readonly number[],
): number[] {
  if (rows.length === 0) return [];
  const addressOf = (row: number) =>
    endpointKey(sockets.familyOf(row), sockets.localAddressOf(row), 0);
  const addresses = new Set(rows.map(addressOf));
  const strays = lone.filter((row) => {
    const here = sockets.localPort[row] ?? 0;
    const isOutside = here < low || here > high;
    return (
      isOutside && sockets.remotePortOf(row) >= FIRST_CLIENT_PORT && addresses.has(addressOf(row))
    );
  });
  return [...rows, ...strays];
}
