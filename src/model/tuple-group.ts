import type { IpFamily } from '../kernel/ip-address.ts';
import { type SocketTable, TIME_WAIT_TIMER } from '../kernel/socket-table.ts';
import {
  namedStateCounts,
  type StateCounts,
  TCP_STATE_COUNT,
  TIME_WAIT,
} from '../kernel/tcp-state.ts';
import { isLoopback } from './addresses.ts';
import type { Listeners } from './listeners.ts';
import type { PortMap } from './port-space.ts';
import {
  closesPerSecond,
  drainSecond,
  emptySchedule,
  reusableFromAgeMs,
  type ReuseRule,
  timeWaitAgeMs,
} from './time-wait.ts';
import { TupleIndex } from './tuple-index.ts';

/** The outgoing connections from one source address to one (destination address, destination port). */
export interface TupleGroup {
  /** `10.0.3.7 → 10.0.9.21:8080`: names the group from sample to sample. */
  readonly label: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly family: IpFamily;
  /** Ports that connect() could ever use for this group. */
  readonly usable: number;
  /** Of those, taken now: liveUsed + timeWaitUsed. */
  readonly used: number;
  /** Taken by a connection that is not in TIME_WAIT. */
  readonly liveUsed: number;
  /** Taken by a TIME_WAIT socket that connect() must leave alone. */
  readonly timeWaitUsed: number;
  /** usable - used: the connect() calls that succeed now. */
  readonly free: number;
  /** TIME_WAIT sockets among the free ones: connect() would take them over. */
  readonly reusable: number;
  /** 100 · free / usable. */
  readonly headroomPercent: number;
  readonly byState: StateCounts;
  /** Connections that enter TIME_WAIT, per second, a mean of the last 10 s. */
  readonly closeRate: number;
  /** TIME_WAIT sockets that expire in second 0–1, 1–2, …, 59–60 from now. */
  readonly drainSchedule: readonly number[];
  /** Age in ms from which on TIME_WAIT is free for connect(); undefined: never. */
  readonly reusableFromAgeMs?: number | undefined;
}

/** What the rows are judged by. */
export interface GroupingRules {
  readonly listeners: Listeners;
  readonly portMap: PortMap;
  readonly usable: number;
  readonly reuse: ReuseRule;
}

/**
 * Groups the outgoing connections of a table by (source, destination, destination port), fullest group
 * first. Not among them: LISTEN, bound but unconnected, and accepted sockets.
 */
export function groupTuples(sockets: SocketTable, rules: GroupingRules): TupleGroup[] {
  const { firstRows, rows, starts } = sortByTuple(sockets, rules.listeners);
  // Which group last saw a port: a socket that changes state while /proc is read can be listed twice.
  const seenBy = new Int32Array(65536).fill(-1);
  const groups = firstRows.map((first, tuple) =>
    summarise(sockets, first, rows.subarray(starts[tuple], starts[tuple + 1]), rules, (port) => {
      if (seenBy[port] === tuple) return true;
      seenBy[port] = tuple;
      return false;
    }),
  );
  return groups.toSorted(fullestFirst);
}

/** Orders groups by what is left of their usable ports, then by what they hold. */
export function fullestFirst(a: TupleGroup, b: TupleGroup): number {
  return (
    a.headroomPercent - b.headroomPercent ||
    b.used - a.used ||
    b.reusable - a.reusable ||
    (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  );
}

/** Sorts the outgoing rows by tuple (a counting sort): tuple t has rows[starts[t]] … rows[starts[t+1] - 1]. */
function sortByTuple(sockets: SocketTable, listeners: Listeners) {
  const index = new TupleIndex(sockets);
  const tupleOfRow = new Int32Array(sockets.length).fill(-1);
  for (let row = 0; row < sockets.length; row++) {
    // A socket without a remote port is not connected: LISTEN, BOUND_INACTIVE, CLOSE.
    if (sockets.remotePort[row] === 0 || listeners.accepts(row)) continue;
    tupleOfRow[row] = index.tupleOf(row);
  }
  const starts = new Uint32Array(index.firstRows.length + 1);
  for (const tuple of tupleOfRow) if (tuple >= 0) starts[tuple + 1] = (starts[tuple + 1] ?? 0) + 1;
  for (let tuple = 1; tuple < starts.length; tuple++)
    starts[tuple] = (starts[tuple] ?? 0) + (starts[tuple - 1] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(starts.at(-1) ?? 0);
  tupleOfRow.forEach((tuple, row) => {
    if (tuple < 0) return;
    const at = next[tuple] ?? 0;
    rows[at] = row;
    next[tuple] = at + 1;
  });
  return { firstRows: index.firstRows, rows, starts };
}

function summarise(
  sockets: SocketTable,
  first: number,
  rows: Uint32Array,
  rules: GroupingRules,
  alreadySeen: (port: number) => boolean,
): TupleGroup {
  const family = sockets.family[first] === 6 ? 6 : 4;
  const local = sockets.localAddress[first] ?? 0;
  const remote = sockets.remoteAddress[first] ?? 0;
  const loopback = isLoopback(sockets, family, local) || isLoopback(sockets, family, remote);
  const reusableFrom = reusableFromAgeMs(rules.reuse, loopback);
  const counts = countRows(sockets, rows, rules.portMap, reusableFrom, alreadySeen);
  const localAddress = sockets.addressText(family, local);
  const remoteAddress = sockets.addressText(family, remote);
  const remotePort = sockets.remotePort[first] ?? 0;
  const used = counts.liveUsed + counts.timeWaitUsed;
  const free = rules.usable - used;
  return {
    label: groupLabel(localAddress, remoteAddress, remotePort),
    localAddress,
    remoteAddress,
    remotePort,
    family,
    usable: rules.usable,
    used,
    liveUsed: counts.liveUsed,
    timeWaitUsed: counts.timeWaitUsed,
    free,
    reusable: counts.reusable,
    headroomPercent: rules.usable === 0 ? 0 : (100 * free) / rules.usable,
    byState: namedStateCounts(counts.byState),
    closeRate: closesPerSecond(counts.schedule),
    drainSchedule: counts.schedule,
    reusableFromAgeMs: Number.isFinite(reusableFrom) ? reusableFrom : undefined,
  };
}

function countRows(
  sockets: SocketTable,
  rows: Uint32Array,
  portMap: PortMap,
  reusableFrom: number,
  alreadySeen: (port: number) => boolean,
) {
  const byState = new Uint32Array(TCP_STATE_COUNT);
  const schedule = emptySchedule();
  const counts = { byState, schedule, liveUsed: 0, timeWaitUsed: 0, reusable: 0 };
  for (const row of rows) {
    const port = sockets.localPort[row] ?? 0;
    if (alreadySeen(port)) continue;
    const state = sockets.state[row] ?? 0;
    byState[state] = (byState[state] ?? 0) + 1;
    const isTimeWait = state === TIME_WAIT && sockets.timer[row] === TIME_WAIT_TIMER;
    const leftMs = sockets.timerMs[row] ?? 0;
    if (isTimeWait) schedule[drainSecond(leftMs)] = (schedule[drainSecond(leftMs)] ?? 0) + 1;
    // Outside the range, reserved or held by a bind(): no connect() could have it anyway.
    if (portMap[port] !== 0) continue;
    if (!isTimeWait) counts.liveUsed++;
    else if (timeWaitAgeMs(leftMs) > reusableFrom) counts.reusable++;
    else counts.timeWaitUsed++;
  }
  return counts;
}

/** `10.0.3.7 → 10.0.9.21:8080`, `::1 → [::1]:8080`. */
export function groupLabel(
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
): string {
  return `${localAddress} → ${endpoint(remoteAddress, remotePort)}`;
}

/** `10.0.9.21:8080`, `[::1]:8080` (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
