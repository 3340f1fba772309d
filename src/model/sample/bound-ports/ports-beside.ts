import type { SocketTable } from '../../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { PortHalves } from './port-halves.ts';
import { inOrder } from './port-order.ts';

/**
 * How far apart connect() takes ports of an own range (IP_LOCAL_PORT_RANGE) at most: get_random_u32_below(8) times its step,
 * which is 1 there, and the step itself (__inet_hash_connect in net/ipv4/inet_hashtables.c).
 */
export const LONGEST_OWN_STEP = 8;

/** Others are opened between two of the own range; and each CPU numbers its sockets from a block of its own. */
export const NEIGHBOURS = 2;

/** Ports of the second half, without those of sockets with IP_BIND_ADDRESS_NO_PORT, that lie a step of an own range from others. */
export interface PortsBeside {
  /** From any other port of the group, either way round. */
  readonly any: number;
  /** From that of a live socket opened just before or after. */
  readonly inTurn: number;
}

/** Counts them; `rows`: one for each of a group's ports. */
export function portsBeside(
  sockets: SocketTable,
  rows: readonly number[],
  halves: PortHalves,
): PortsBeside {
  const portOf = (row: number) => sockets.localPort[row] ?? 0;
  const ports = rows.map(portOf);
  const isBeside = (one: number, other: number) =>
    one !== other && Math.abs(one - other) <= LONGEST_OWN_STEP;
  const isLive = (row: number) => sockets.state[row] !== TIME_WAIT && sockets.inode[row] !== 0;
  const started = inOrder(rows.filter(isLive), (row) => sockets.inode[row] ?? 0, portOf);
  let [any, inTurn] = [0, 0];
  for (const row of rows) {
    const port = portOf(row);
    if (halves.halfOf(port) === 0 || sockets.bindAddressNoPort[row] === 1) continue;
    if (ports.some((other) => isBeside(port, other))) any++;
    const at = started.indexOf(port);
    const near = at < 0 ? [] : started.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1);
    if (near.some((other) => isBeside(port, other))) inTurn++;
  }
  return { any, inTurn };
}
