import type { KernelReading } from '../../kernel/reading.ts';
import type { EachInode } from '../../kernel/socket-owners.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { BOUND_INACTIVE } from '../../kernel/tcp-state.ts';
import { findOrphanedAccepts } from './accepted-sockets.ts';
import { fullRange, mapFullRange, neededByOthers } from './full-range.ts';
import { findListeners, type Listeners } from './listeners.ts';
import { inodesOf } from './owners.ts';
import { mapPorts, type PortMap, type PortSettings, portSettings } from './port-space.ts';
import { timeWaitSeconds } from './time-wait.ts';
import { sortByTuple, type TupleRows } from './tuple-rows.ts';
import { TupleTexts } from './tuple-text.ts';

/** The rows of a reading, told apart: listening, accepted, bound or outgoing. Valid as long as the reading is. */
export interface Classified {
  readonly reading: KernelReading;
  readonly settings: PortSettings;
  readonly listeners: Listeners;
  /** The outgoing connections, by tuple. */
  readonly outgoing: TupleRows;
  /** The same in words. */
  readonly texts: TupleTexts;
  /** Ports that a bind() certainly owns. */
  readonly heldPorts: ReadonlySet<number>;
  /** Ports of outgoing connections that may be accepted ones, and their ports held with that. */
  readonly maybeAccepted: ReadonlySet<number>;
  readonly portMap: PortMap;
  /** The port map for the widest sensible range. */
  readonly fullRangeMap: PortMap;
  /** How long TIME_WAIT lasts here. */
  readonly timeWaitSeconds: number;
  /** Inodes of the outgoing connections, for the search for their owners. */
  readonly inodes: EachInode;
}

/** Tells the rows of a reading apart. `knownTimeWaitSeconds`: TIME_WAIT's length by an earlier reading. */
export function classify(reading: KernelReading, knownTimeWaitSeconds?: number): Classified {
  const { sockets, sysctls } = reading;
  const settings = portSettings(sysctls);
  const listeners = findListeners(sockets);
  const unaccepted = sortByTuple(sockets, (row) => !listeners.accepts(row));
  const orphans = findOrphanedAccepts(sockets, unaccepted, listeners, settings.range);
  const outgoing =
    orphans.rows.size === 0
      ? unaccepted
      : sortByTuple(sockets, (row) => !listeners.accepts(row) && !orphans.rows.has(row));
  const heldPorts = boundPorts(sockets, listeners, orphans.rows);
  return {
    reading,
    settings,
    listeners,
    outgoing,
    texts: new TupleTexts(reading, outgoing),
    heldPorts,
    maybeAccepted: orphans.doubtfulPorts,
    portMap: mapPorts(settings, heldPorts),
    fullRangeMap: mapFullRange(
      fullRange(sysctls),
      neededByOthers(settings.reserved, {
        listeningPorts: listeners.ports,
        configuredPorts: reading.configuredPorts,
      }),
      heldPorts,
    ),
    timeWaitSeconds: timeWaitSeconds(sockets, sysctls, knownTimeWaitSeconds),
    inodes: inodesOf(sockets, outgoing),
  };
}

/**
 * Ports that a bind() certainly owns. A bucket made by bind() is closed to connect(), whatever its address or family
 * (__inet_hash_connect in net/ipv4/inet_hashtables.c: fastreuse >= 0). An accepted socket shares its listener's
 * bucket, and keeps it when the listener closes.
 */
function boundPorts(
  sockets: SocketTable,
  listeners: Listeners,
  orphans: Iterable<number>,
): Set<number> {
  const bound = new Set(listeners.ports);
  for (const row of orphans) bound.add(sockets.localPort[row] ?? 0);
  const { length, state, localPort } = sockets;
  for (let row = 0; row < length; row++)
    if (state[row] === BOUND_INACTIVE) bound.add(localPort[row] ?? 0);
  return bound;
}
