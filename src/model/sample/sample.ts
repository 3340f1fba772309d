import type { Conntrack } from '../../kernel/conntrack.ts';
import type { TcpCounters } from '../../kernel/counters.ts';
import type { KernelReading, SourceName } from '../../kernel/reading.ts';
import {
  type FindOwners,
  NO_OWNERS,
  type OpenFiles,
  type SocketOwners,
} from '../../kernel/socket-owners.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import type { SysctlValues } from '../../kernel/sysctl.ts';
import {
  BOUND_INACTIVE,
  CLOSE_WAIT,
  ESTABLISHED,
  namedStateCounts,
  type StateCounts,
  TCP_STATE_COUNT,
  TIME_WAIT,
} from '../../kernel/tcp-state.ts';
import { findListeners, type Listeners } from './listeners.ts';
import { findOrphanedAccepts } from './accepted-sockets.ts';
import type { Remainder } from './remainder.ts';
import { inodesOf } from './owners.ts';
import {
  countByParity,
  mapPorts,
  measurePortSpace,
  type PortSpace,
  portSettings,
} from './port-space.ts';
import { groupTuples, type TupleGroup } from './tuple-group.ts';
import { sortByTuple } from './tuple-rows.ts';
import { reuseRule } from './time-wait.ts';
import { wheelStepSeconds } from '../timer-wheel.ts';
import { boundOutside, mapFullRange, FULL_RANGE } from './full-range.ts';

/** One look at the kernel, grouped: small, plain data, whatever the number of sockets. */
export interface Sample {
  /** Unix time in ms. */
  readonly takenAtMs: number;
  readonly host: { readonly hostname: string; readonly kernel: string };
  readonly sampling: {
    readonly source: SourceName;
    /** How the sockets were read when a replayed sample was taken; absent for one that is not replayed. */
    readonly replayOf?: SourceName;
    /** Reading the kernel and grouping. */
    readonly durationMs: number;
    /** Rows the kernel gave. */
    readonly sockets: number;
    /** Accepted sockets on listeners' ports outside the range, which were not asked for; by the kernel's own count. */
    readonly leftOut: number;
    /** Processes that may own sockets, but whose files must not be read, as far as they were looked for. */
    readonly ownersUnseen: number;
    /** A sentence each, safe to print. */
    readonly warnings: readonly string[];
    /** Why the sockets are not read by the better source, in a sentence; absent where they are. */
    readonly fallback?: string;
    /** How often samples are taken, and at what cost; absent for a single one. */
    readonly pacing?: {
      readonly intervalMs: number;
      /** Share of one core that the whole process uses, 0–1 and more; undefined: not known yet. */
      readonly cpuShare: number | undefined;
    };
  };
  readonly portSpace: PortSpace;
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
  /**
   * Every TCP socket read. Where sockets were left out, TIME_WAIT and ESTABLISHED are by the kernel's own
   * count, and the latter has the CLOSE_WAIT of those.
   */
  readonly byState: StateCounts;
  /** Fullest first. */
  readonly groups: readonly TupleGroup[];
  /** Smaller groups that are not among them. */
  readonly remainder: Remainder;
  /** Ports that bind() before connect() seems to hold, all groups; `portSpace.held` has them too. */
  readonly inferredHeld: number;
  /** Ports that somebody listens on, ascending, inside the range or not. */
  readonly listeningPorts: readonly number[];
  /** Ports that a bind() owns for sure (listeners, and others), ascending, inside the range or not. */
  readonly heldPorts: readonly number[];
  /** Ports usable for connect() if the range were the widest sensible one, `inferredHeld` not taken off. */
  readonly fullRangeUsable: number;
  /** How often the timer wheel lets TIME_WAIT sockets go, in seconds; absent: it is not told. */
  readonly timerStepSeconds?: number | undefined;
  readonly limits: OtherLimits;
}

/** What else can run out, as far as it is told. */
export interface OtherLimits {
  /** Undefined: the kernel tracks no connections here, or does not tell. */
  readonly conntrack?: Conntrack | undefined;
  /** Of the groups' owners, as of the last search for them. */
  readonly openFiles: readonly OwnerFiles[];
}

/** How many files a process has open, and may have. */
export interface OwnerFiles extends OpenFiles {
  readonly pid: number;
  /** Its name, safe to print; may be empty. */
  readonly command: string;
}

/**
 * Groups a reading and measures the port space. `elapsedMs` is asked once, at the end, for the time
 * since the reading began; `findOwners` once for the owners of the outgoing connections. The smallest
 * groups beyond `mostGroups` are summed up.
 */
export function sampleOf(
  reading: KernelReading,
  elapsedMs: () => number,
  findOwners: FindOwners = () => NO_OWNERS,
  mostGroups = Infinity,
): Sample {
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
  const heldPorts = boundPorts(sockets, listeners, orphans);
  const portMap = mapPorts(settings, heldPorts);
  const fullRangeMap = mapFullRange(settings, listeners.ports, heldPorts);
  const fullRange = countByParity(FULL_RANGE, fullRangeMap);
  const owners = findOwners(inodesOf(sockets, outgoing));
  const {
    groups,
    remainder,
    boundPorts: held,
  } = groupTuples(sockets, {
    tuples: outgoing,
    range,
    portMap,
    fullRangeMap,
    boundOutside: boundOutside(sockets, outgoing, range, fullRangeMap),
    byParity: countByParity(range, portMap),
    reuse: reuseRule(sysctls),
    owners,
    mostGroups,
  });
  return {
    takenAtMs: reading.takenAtMs,
    host: { hostname: reading.hostname, kernel: reading.kernelRelease },
    sampling: {
      source: reading.source,
      sockets: sockets.length,
      leftOut: reading.leftOut,
      ownersUnseen: owners.unseenProcesses,
      warnings: [...reading.warnings, ...settings.warnings],
      durationMs: elapsedMs(),
    },
    portSpace: measurePortSpace(range, portMap, held),
    sysctls,
    counters: reading.counters,
    byState: countStates(reading),
    groups,
    remainder,
    inferredHeld: held,
    listeningPorts: listeners.ports,
    heldPorts: [...heldPorts].toSorted((a, b) => a - b),
    fullRangeUsable: fullRange.first + fullRange.second,
    // procfs rounds the timers to 1/100 s.
    timerStepSeconds: reading.source === 'netlink' ? wheelStepSeconds(sockets) : undefined,
    limits: { conntrack: reading.conntrack, openFiles: openFilesOf(groups, owners) },
  };
}

function openFilesOf(groups: readonly TupleGroup[], owners: SocketOwners): OwnerFiles[] {
  const commands = new Map(
    groups.flatMap((group) => group.owners.map(({ pid, command }) => [pid, command] as const)),
  );
  return [...commands].flatMap(([pid, command]) => {
    const files = owners.filesOf(pid);
    return files === undefined ? [] : [{ pid, command, ...files }];
  });
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

function countStates({ sockets, counters, leftOut }: KernelReading): StateCounts {
  const counts = new Uint32Array(TCP_STATE_COUNT);
  for (let row = 0; row < sockets.length; row++) {
    const state = sockets.state[row] ?? 0;
    counts[state] = (counts[state] ?? 0) + 1;
  }
  if (leftOut > 0) addUnread(counts, counters);
  return namedStateCounts(counts);
}

/** Raises what was read to what the kernel counts in all (sockstat tw, Tcp CurrEstab). */
function addUnread(
  counts: Uint32Array,
  { timeWaitNow = 0, establishedNow = 0 }: TcpCounters,
): void {
  const raise = (state: number, total: number) =>
    (counts[state] = Math.max(counts[state] ?? 0, total));
  raise(TIME_WAIT, timeWaitNow);
  raise(ESTABLISHED, establishedNow - (counts[CLOSE_WAIT] ?? 0));
}
