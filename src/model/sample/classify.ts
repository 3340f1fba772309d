import type { KernelReading } from '../../kernel/reading.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { SYN_SENT } from '../../kernel/tcp-state.ts';
import type { EachInode } from '../../kernel/socket-owners.ts';
import { findOrphanedAccepts } from './accepted-sockets.ts';
import { fullRange, mapFullRange, neededByOthers } from './full-range.ts';
import { findListeners, type LeftOut, type Listeners } from './listeners.ts';
import { inodesOf } from './owners.ts';
import { mapPorts, type PortMap, type PortSettings, portSettings } from './port-space.ts';
import { type Survey, surveyOf } from './survey.ts';
import { timeWaitSeconds } from './time-wait.ts';
import { sortByTuple } from './sort-by-tuple.ts';
import type { TupleRows } from './tuple-rows.ts';
import { TupleTexts } from './tuple-text.ts';
import type { Opened } from './uncounted-accepts.ts';

/** The rows of a reading, told apart: listening, accepted, bound or outgoing. Valid as long as the reading is. */
export interface Classified {
  readonly reading: KernelReading;
  readonly survey: Survey;
  readonly settings: PortSettings;
  readonly listeners: Listeners;
  /** The outgoing connections, by tuple. */
  readonly outgoing: TupleRows;
  /** The same in words. */
  readonly texts: TupleTexts;
  /**
   * Ports that a bind() certainly owns. A bucket made by bind() is closed to connect(), whatever its address or family
   * (__inet_hash_connect in net/ipv4/inet_hashtables.c: fastreuse >= 0). An accepted socket shares its listener's
   * bucket, and keeps it when the listener closes.
   */
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
  const survey = surveyOf(sockets);
  const listeners = findListeners(sockets, survey.listening);
  const unaccepted = sortByTuple(sockets, listeners.accepted);
  const { range } = settings;
  const orphans = findOrphanedAccepts(
    sockets,
    unaccepted,
    listeners,
    range,
    openedOf(reading, survey, unaccepted),
  );
  const outgoing =
    orphans.rows.size === 0
      ? unaccepted
      : sortByTuple(sockets, withRows(listeners.accepted, orphans.rows, sockets));
  const heldPorts = new Set(listeners.ports);
  for (const row of [...survey.boundInactive, ...orphans.rows])
    heldPorts.add(sockets.localPort[row] ?? 0);
  return {
    reading,
    survey,
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
    timeWaitSeconds: timeWaitSeconds(survey.longestTimeWaitMs, sysctls, knownTimeWaitSeconds),
    inodes: inodesOf(sockets, outgoing),
  };
}

function openedOf(
  { counters, leftOut, sockets }: KernelReading,
  survey: Survey,
  unaccepted: TupleRows,
): Opened {
  const { activeOpens, passiveOpens } = counters;
  // Those of TCP_FASTOPEN_CONNECT have a port, and are counted with their first data (tcp_fastopen_defer_connect).
  const waiting = survey.byState[SYN_SENT] ?? 0;
  const unconnected = survey.listening.length + survey.boundInactive.length;
  const accepted = leftOut + sockets.length - unconnected - unaccepted.rows.length;
  return {
    byConnect: activeOpens === undefined ? undefined : activeOpens + waiting,
    byAccept: passiveOpens === undefined ? undefined : passiveOpens - accepted,
  };
}

function withRows(
  leftOut: LeftOut,
  rows: ReadonlySet<number>,
  { localPort }: SocketTable,
): LeftOut {
  const all = leftOut.ports.slice();
  for (const row of rows) all[localPort[row] ?? 0] = 1;
  return { ports: all, has: (row) => rows.has(row) || leftOut.has(row) };
}
