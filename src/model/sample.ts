import type { TcpCounters } from '../kernel/counters.ts';
import type { KernelReading, SourceName } from '../kernel/reading.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import type { SysctlValues } from '../kernel/sysctl.ts';
import {
  BOUND_INACTIVE,
  namedStateCounts,
  type StateCounts,
  TCP_STATE_COUNT,
} from '../kernel/tcp-state.ts';
import { findListeners, type Listeners } from './listeners.ts';
import { findOrphanedAccepts } from './accepted-sockets.ts';
import {
  countHalves,
  mapPorts,
  measurePortSpace,
  type PortSpace,
  portSettings,
} from './port-space.ts';
import { groupTuples, type TupleGroup } from './tuple-group.ts';
import { sortByTuple } from './tuple-rows.ts';
import { reuseRule } from './time-wait.ts';

/** One look at the kernel, grouped: small, plain data, whatever the number of sockets. */
export interface Sample {
  /** Unix time in ms. */
  readonly takenAtMs: number;
  readonly host: { readonly hostname: string; readonly kernel: string };
  readonly sampling: {
    readonly source: SourceName;
    /** Reading the kernel and grouping. */
    readonly durationMs: number;
    /** Rows the kernel gave. */
    readonly sockets: number;
    /** A sentence each, safe to print. */
    readonly warnings: readonly string[];
  };
  readonly portSpace: PortSpace;
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
  /** Every TCP socket read. */
  readonly byState: StateCounts;
  /** Fullest first. */
  readonly groups: readonly TupleGroup[];
  /** Ports that bind() before connect() seems to hold, all groups; `portSpace.held` has them too. */
  readonly inferredHeld: number;
  /** Ports that somebody listens on, ascending, inside the range or not. */
  readonly listeningPorts: readonly number[];
}

/**
 * Groups a reading and measures the port space. `elapsedMs` is asked once, at the end, for the time
 * since the reading began.
 */
export function digest(reading: KernelReading, elapsedMs: () => number): Sample {
  const { sockets, sysctls } = reading;
  const settings = portSettings(sysctls);
  const { range } = settings;
  const listeners = findListeners(sockets);
  const unaccepted = sortByTuple(sockets, (row) => !listeners.accepts(row));
  const orphans = findOrphanedAccepts(sockets, unaccepted, listeners, range);
  const outgoing =
    orphans.size === 0
      ? unaccepted
      : sortByTuple(sockets, (row) => !listeners.accepts(row) && !orphans.has(row));
  const portMap = mapPorts(settings, boundPorts(sockets, listeners, orphans));
  const { groups, boundPorts: held } = groupTuples(sockets, {
    tuples: outgoing,
    portMap,
    halves: countHalves(range, portMap),
    firstParity: range.low & 1,
    reuse: reuseRule(sysctls),
  });
  return {
    takenAtMs: reading.takenAtMs,
    host: { hostname: reading.hostname, kernel: reading.kernelRelease },
    sampling: {
      source: reading.source,
      sockets: sockets.length,
      warnings: [...reading.warnings, ...settings.warnings],
      durationMs: elapsedMs(),
    },
    portSpace: measurePortSpace(range, portMap, held),
    sysctls,
    counters: reading.counters,
    byState: countStates(sockets),
    groups,
    inferredHeld: held,
    listeningPorts: listeners.ports,
  };
}

/**
 * Ports that a bind() owns for sure: a bucket made by bind() is closed to connect(), whatever its address
 * or family (__inet_hash_connect in net/ipv4/inet_hashtables.c: fastreuse >= 0). An accepted socket
 * shares its listener's bucket, and keeps it when the listener closes.
 */
function boundPorts(
  sockets: SocketTable,
  listeners: Listeners,
  orphans: Iterable<number>,
): Set<number> {
  const bound = new Set(listeners.ports);
  for (const row of orphans) bound.add(sockets.localPort[row] ?? 0);
  for (let row = 0; row < sockets.length; row++) {
    if (sockets.state[row] === BOUND_INACTIVE) bound.add(sockets.localPort[row] ?? 0);
  }
  return bound;
}

function countStates(sockets: SocketTable): StateCounts {
  const counts = new Uint32Array(TCP_STATE_COUNT);
  for (let row = 0; row < sockets.length; row++) {
    const state = sockets.state[row] ?? 0;
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return namedStateCounts(counts);
}
