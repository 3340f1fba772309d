import type { SocketTable } from '../../kernel/socket-table.ts';
import type { PortsByParity, PortMap } from './port-space.ts';
import type { TupleRows } from './tuple-rows.ts';

/*
 * Which connected ports were taken by bind((ip, 0)) and not by connect()? Such a port is lost to every
 * other destination, and no file says which those are. But connect() takes ports of the parity of the
 * range's first port until those run out, and bind() the other parity first (__inet_hash_connect in
 * net/ipv4/inet_hashtables.c, inet_csk_find_open_port in net/ipv4/inet_connection_sock.c). So a port of
 * the other parity, in a group whose first half has clear room, was bound, unless it has outlived a rush
 * in which that half was full. A port that two groups share was not bound.
 *
 * Not seen: bound ports of the first parity (once bind() has used up the other one, or where a program
 * asks for a port by number). Possibly seen wrongly: long-lived connections that outlived a rush.
 */

/** Share of the first half that must be free: churn and late timers make small gaps in a half that is full. */
const CLEAR_ROOM_SHARE = 0.25;

/**
 * Where so many ports of the first half lie among the suspects, and nearly all of them are taken, they come
 * from a rush in a range that was narrower then.
 */
const NARROWER_RANGE = { leastPorts: 30, takenShare: 0.9 };

/** Beyond so many standard deviations the ports of the second half cannot be the chance survivors of a rush. */
const CERTAIN_DEVIATIONS = 3;

/** What the search for bound ports looks at. */
export interface BoundPortSearch {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  /** Ports usable by connect(), by half. */
  readonly byParity: PortsByParity;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
}

/** Ports that a bind() before connect() has taken, by inference. */
export interface BoundPorts {
  /** The tuple that holds a port in this way, or -1. */
  readonly holderOf: Int32Array;
  /** How many ports a tuple holds. */
  countOf(tuple: number): number;
  /** Ports held by other tuples than this one. */
  readonly total: number;
  /** Of them, those that the survivors of a past rush cannot explain either. */
  readonly certain: number;
  isCertain(tuple: number): boolean;
}

/** Infers the bound ports of all tuples. */
export function inferBoundPorts(search: BoundPortSearch): BoundPorts {
  const shared = portsOfSeveralTuples(search);
  const holderOf = new Int32Array(65536).fill(-1);
  const scannedBy = new Int32Array(65536).fill(-1);
  const counts = new Map<number, number>();
  const certainTuples = new Set<number>();
  let total = 0;
  let certain = 0;
  for (let tuple = 0; tuple < search.tuples.count; tuple++) {
    const { firstUsed, suspects } = scanTuple(search, tuple, shared, scannedBy);
    const room = search.byParity.first - firstUsed;
    if (suspects.length === 0 || room < Math.max(1, CLEAR_ROOM_SHARE * search.byParity.first))
      continue;
    if (isFullAmong(search, tuple, suspects)) continue;
    const excess = suspects.length - firstUsed;
    const isCertain = excess > CERTAIN_DEVIATIONS * Math.sqrt(suspects.length + firstUsed);
    for (const port of suspects) holderOf[port] = tuple;
    counts.set(tuple, suspects.length);
    total += suspects.length;
    if (isCertain) {
      certainTuples.add(tuple);
      certain += suspects.length;
    }
  }
  return {
    holderOf,
    countOf: (tuple) => counts.get(tuple) ?? 0,
    total,
    certain,
    isCertain: (tuple) => certainTuples.has(tuple),
  };
}

/** Marks with 1 the ports that connections of more than one tuple have. */
function portsOfSeveralTuples({ sockets, tuples }: BoundPortSearch): Uint8Array {
  const shared = new Uint8Array(65536);
  const lastTuple = new Int32Array(65536).fill(-1);
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const rows = tuples.rowsOf(tuple);
    for (let index = 0; index < rows.length; index++) {
      const port = sockets.localPort[rows[index] ?? 0] ?? 0;
      if (lastTuple[port] !== -1 && lastTuple[port] !== tuple) shared[port] = 1;
      lastTuple[port] = tuple;
    }
  }
  return shared;
}

/**
 * How much of the first half a tuple has, and which ports of the second half are its own. A TIME_WAIT that
 * connect() would take over today counts as taken: it was younger when the port search passed it by.
 */
function scanTuple(
  { sockets, tuples, portMap, firstParity }: BoundPortSearch,
  tuple: number,
  shared: Uint8Array,
  // The tuple that had each port last: one that is listed twice counts once.
  scannedBy: Int32Array,
) {
  const suspects: number[] = [];
  let firstUsed = 0;
  const rows = tuples.rowsOf(tuple);
  for (let index = 0; index < rows.length; index++) {
    const port = sockets.localPort[rows[index] ?? 0] ?? 0;
    if (portMap[port] !== 0 || scannedBy[port] === tuple) continue;
    scannedBy[port] = tuple;
    if ((port & 1) === firstParity) firstUsed++;
    else if (shared[port] === 0) suspects.push(port);
  }
  return { firstUsed, suspects };
}

/** True where the first half is as good as full between the lowest and the highest suspect. */
function isFullAmong(
  { sockets, tuples, portMap, firstParity }: BoundPortSearch,
  tuple: number,
  suspects: readonly number[],
): boolean {
  let [low, high] = [65536, 0];
  for (const port of suspects) [low, high] = [Math.min(low, port), Math.max(high, port)];
  const isFirst = (port: number) => (port & 1) === firstParity && portMap[port] === 0;
  let usable = 0;
  for (let port = low; port <= high; port++) if (isFirst(port)) usable++;
  if (usable < NARROWER_RANGE.leastPorts) return false;
  const taken = new Set<number>();
  for (const row of tuples.rowsOf(tuple)) {
    const port = sockets.localPort[row] ?? 0;
    if (port >= low && port <= high && isFirst(port)) taken.add(port);
  }
  return taken.size > NARROWER_RANGE.takenShare * usable;
}
