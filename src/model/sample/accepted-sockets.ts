import type { PortRange } from '../../kernel/port-range.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { fanIns, withStrays } from './fan-ins.ts';
import { once } from './once.ts';
import { endpointKey, type Listeners } from './listeners.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import { rowOf, rowsOf, sizeOf, type TupleRows } from './tuple-rows.ts';
import { type Opened, uncountedAmong } from './uncounted-accepts.ts';

/** What `findOrphanedAccepts` finds. */
export interface OrphanedAccepts {
  readonly rows: ReadonlySet<number>;
  /** Ports of sockets that may be accepted ones as well as clients. They are not among `rows`. */
  readonly doubtfulPorts: ReadonlySet<number>;
}

/**
 * Finds accepted sockets whose listener has closed since. No file marks them. They are not outgoing, and they keep the
 * listener's port from connect() (__inet_inherit_port in net/ipv4/inet_hashtables.c).
 * Four signs betray them:
 *
 * - Both ends of a connection are in the table: one of them was accepted.
 * - Several connections end at one local port and come from clients' ports, mostly different ones. Their local
 *   address is one or many (with TPROXY, it is the address that the client asked for).
 * - A further connection ends at such an address, at a port outside the range, which connect() does not take.
 * - A TIME_WAIT socket connects two ports of the range on this machine, nobody listens at either, and the other
 *   end is gone. This end closed first. The port at which far more connections end was the listener's, or else the
 *   one that connect() does not take first. Where neither tells, the port is in doubt; a single connection's is taken for
 *   the accepted one, which is the cautious guess.
 *
 * A single connection from another machine to a port of the range looks like an outgoing one, unless the kernel counts fewer
 * connections opened than there are, and enough accepted (`ActiveOpens`, `PassiveOpens`): then all of those were accepted, or some.
 */
export function findOrphanedAccepts(
  sockets: SocketTable,
  tuples: TupleRows,
  listeners: Listeners,
  range: PortRange,
  opened: Opened,
): OrphanedAccepts {
  const rows = new Set<number>();
  const doubtfulPorts = new Set<number>();
  const { pairs, lone } = pairUp(sockets, tuples, listeners);
  // Few machines have ends that only this tells apart.
  const ends = once(() =>
    countEnds(sockets, tuples, listeners, new Set(pairs.map(([, { row }]) => row))),
  );
  for (const [a, b] of pairs) rows.add(acceptedEnd(sockets, { range, ends }, a, b).row);
  for (const row of withStrays(sockets, range, fanIns(sockets, range, lone), lone)) rows.add(row);
  for (const row of lone) {
    if (!isLastEnd(sockets, tuples, range, row)) continue;
    const isAccepted = rows.has(row) || wasAccepted(sockets, range, ends, row);
    if (isAccepted === undefined) doubtfulPorts.add(sockets.localPort[row] ?? 0);
    else if (isAccepted) rows.add(row);
  }
  const uncounted = uncountedAmong(lone, sockets, { tuples, accepted: rows }, opened);
  for (const row of uncounted.accepted) rows.add(row);
  for (const row of uncounted.doubtful) doubtfulPorts.add(sockets.localPort[row] ?? 0);
  return { rows, doubtfulPorts };
}

/** True for the lone TIME_WAIT of a connection within this machine, between two ports of the range. */
function isLastEnd(
  sockets: SocketTable,
  tuples: TupleRows,
  { low, high }: PortRange,
  row: number,
): boolean {
  if (sockets.state[row] !== TIME_WAIT) return false;
  const [here, there] = [sockets.localPort[row] ?? 0, sockets.remotePortOf(row)];
  if (Math.min(here, there) < low || Math.max(here, there) > high) return false;
  return tuples.isLocalAddress(sockets.familyOf(row), sockets.remoteAddressOf(row));
}

/** Whether a lone TIME_WAIT within this machine is the accepted end; undefined: nothing tells. */
function wasAccepted(
  sockets: SocketTable,
  { low }: PortRange,
  ends: () => Uint32Array,
  row: number,
): boolean | undefined {
  const [here, there] = [sockets.localPort[row] ?? 0, sockets.remotePortOf(row)];
  const shared = sharedPort(ends(), here, there);
  if (shared !== undefined) return shared === here;
  // connect() takes the first half first, and bind() of port 0, as listeners use it, the second.
  const isFirst = (port: number) => ((port ^ low) & 1) === 0;
  if (isFirst(here) !== isFirst(there)) return !isFirst(here);
  return ends()[here] === 1 && ends()[there] === 1 ? true : undefined;
}

/** A row, and the number of rows in its tuple. */
interface Candidate {
  readonly row: number;
  readonly tupleSize: number;
}

/**
 * Returns connections with both ends in the table (`pairs`), and rows that are alone in their tuple and whose other
 * end is not here (`lone`). If somebody listens at the other end, this end is a client and in neither list.
 */
function pairUp(sockets: SocketTable, tuples: TupleRows, listeners: Listeners) {
  const waiting = new Map<string, Candidate>();
  const pairs: [Candidate, Candidate][] = [];
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const first = rowOf(tuples, tuple);
    const tupleSize = sizeOf(tuples, tuple);
    const [family, remote] = [sockets.familyOf(first), sockets.remoteAddressOf(first)];
    const remotePort = sockets.remotePortOf(first);
    if (listeners.listensAt(family, remote, remotePort)) continue;
    // Far destinations with many connections are the usual case. Their other end is not here.
    const isLocal = tuples.isLocalAddress(family, remote);
    if (tupleSize > 1 && !(isLocal && tuples.isTaken[remotePort] === 1)) continue;
    const there = endpointKey(family, remote, remotePort);
    const local = sockets.localAddressOf(first);
    for (const row of rowsOf(tuples, tuple)) {
      const here = endpointKey(family, local, sockets.localPort[row] ?? 0);
      const candidate = { row, tupleSize };
      const other = waiting.get(`${there} ${here}`);
      if (other === undefined) waiting.set(`${here} ${there}`, candidate);
      else {
        waiting.delete(`${there} ${here}`);
        pairs.push([other, candidate]);
      }
    }
  }
  const lone = [...waiting.values()]
    .filter(({ tupleSize }) => tupleSize === 1)
    .map(({ row }) => row);
  return { pairs, lone };
}

/**
 * Number of connections within this machine by the ports that they end at. Those to a listener that is there do not count.
 * `secondRows`: of connections with two rows, one.
 */
function countEnds(
  sockets: SocketTable,
  tuples: TupleRows,
  listeners: Listeners,
  secondRows: ReadonlySet<number>,
): Uint32Array {
  const counts = new Uint32Array(65536);
  const count = (port = 0) => (counts[port] = (counts[port] ?? 0) + 1);
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const first = rowOf(tuples, tuple);
    const there = [sockets.familyOf(first), sockets.remoteAddressOf(first)] as const;
    const remotePort = sockets.remotePortOf(first);
    if (!tuples.isLocalAddress(...there)) continue;
    if (listeners.listensAt(...there, remotePort)) continue;
    for (const row of rowsOf(tuples, tuple)) {
      if (secondRows.has(row)) continue;
      count(sockets.localPort[row]);
      count(remotePort);
    }
  }
  return counts;
}

/** From so many connections on, and so many times those of the other end's port, a port was a listener's. */
const FAN_IN = { fewest: 4, times: 3 } as const;

/** The port of two at which far more connections end than at the other; undefined: neither. */
function sharedPort(ends: Uint32Array, a: number, b: number): number | undefined {
  const [ofA, ofB] = [ends[a] ?? 0, ends[b] ?? 0];
  if (Math.max(ofA, ofB) < FAN_IN.fewest) return undefined;
  if (ofA >= FAN_IN.times * ofB) return a;
  return ofB >= FAN_IN.times * ofA ? b : undefined;
}

/**
 * The accepted end of a connection: the one with the smaller tuple, else outside the range, else on a port of many, else
 * the younger.
 */
function acceptedEnd(
  sockets: SocketTable,
  { range, ends }: { range: PortRange; ends: () => Uint32Array },
  a: Candidate,
  b: Candidate,
): Candidate {
  // A client's tuple holds all its connections to the server's port; each of the server's tuples holds one.
  if (a.tupleSize !== b.tupleSize) return a.tupleSize < b.tupleSize ? a : b;
  const portOf = ({ row }: Candidate) => sockets.localPort[row] ?? 0;
  const inRange = (end: Candidate) => portOf(end) >= range.low && portOf(end) <= range.high;
  if (inRange(a) !== inRange(b)) return inRange(a) ? b : a;
  const shared = sharedPort(ends(), portOf(a), portOf(b));
  if (shared !== undefined) return shared === portOf(a) ? a : b;
  // connect() comes before accept(), and inode numbers mostly ascend (get_next_ino, fs/inode.c).
  return (sockets.inode[a.row] ?? 0) > (sockets.inode[b.row] ?? 0) ? a : b;
}
