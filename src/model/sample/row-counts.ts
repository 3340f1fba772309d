import type { SocketTable } from '../../kernel/socket-table.ts';
import { FIN_WAIT2, TCP_STATE_COUNT, TIME_WAIT } from '../../kernel/tcp-state.ts';
import {
  type BoundPorts,
  type InDoubt,
  MAYBE_BOUND,
  SURELY_BOUND,
  type Weight,
} from './bound-ports/findings.ts';
import type { OwnerTally } from './owners.ts';
import { OUTSIDE_RANGE, type PortMap, RESERVED } from './port-space.ts';
import type { OutsideRange } from './tuple-group.ts';
import type { PortUseCounter } from './port-use.ts';
import { drainSecond, emptySchedule, type ReuseRule, timeWaitAgeMs } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

/** What counting the rows of a tuple needs. */
export interface CountingRules {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  /** The port map for the widest range. */
  readonly fullRangeMap: PortMap;
  readonly reuse: ReuseRule;
  /** How long TIME_WAIT lasts. */
  readonly timeWaitSeconds: number;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
  readonly bound: BoundPorts;
  /** Marks of bound ports outside the range. */
  readonly outsideMarks: Uint8Array;
  /** Number of ports in `outsideMarks`. */
  readonly lostOutside: number;
  /** The last tuple seen with each port: a socket that changes state while /proc is read can be listed twice. */
  readonly seenBy: Int32Array;
  readonly owners: OwnerTally;
}

/** Counts of a tuple's rows. */
export type RowCounts = ReturnType<typeof countRows>;

function noCounts(timeWaitSeconds: number) {
  return {
    byState: new Uint32Array(TCP_STATE_COUNT),
    schedule: emptySchedule(timeWaitSeconds),
    liveUsed: 0,
    timeWaitUsed: 0,
    reusable: 0,
    firstHalfUsed: 0,
    firstHalfReusable: 0,
    overdue: 0,
    fullRangeUsed: 0,
    reservedUsed: 0,
    freedByReuse: 0,
    orphanedFinWait2: 0,
    /** The tuple's own ports that are surely bound, by half. */
    boundFirst: 0,
    boundSecond: 0,
    /** The tuple's own ports that may be bound, and are taken in any case, by weight. */
    maybeBound: [0, 0, 0] as InDoubt,
    outside: { count: 0, low: undefined, high: undefined } as Outside,
    /** The tuple's own ports outside the range that seem to be bound. */
    boundOutside: 0,
  };
}

type Outside = { -readonly [Name in keyof OutsideRange]: OutsideRange[Name] };

function addOutside(outside: Outside, port: number): void {
  outside.count++;
  outside.low = Math.min(outside.low ?? port, port);
  outside.high = Math.max(outside.high ?? port, port);
}

/** Counts of a tuple without rows. */
export function countNoRows({ timeWaitSeconds, owners }: CountingRules): RowCounts {
  return { ...noCounts(timeWaitSeconds), ...owners.take() };
}

/**
 * Counts the rows of a tuple. connect() takes over its TIME_WAIT sockets that are older than `reusableFromAgeMs`.
 * `drawing` gets the use of each usable port.
 */
export function countRows(
  rules: CountingRules,
  tuple: number,
  reusableFromAgeMs: number,
  drawing?: PortUseCounter,
) {
  const {
    sockets,
    tuples,
    portMap,
    fullRangeMap,
    firstParity,
    bound,
    outsideMarks,
    seenBy,
    owners,
    timeWaitSeconds,
  } = rules;
  const counts = noCounts(timeWaitSeconds);
  const { byState, schedule } = counts;
  const rows = tuples.rowsOf(tuple);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const port = sockets.localPort[row] ?? 0;
    if (seenBy[port] === tuple) continue;
    seenBy[port] = tuple;
    const inode = sockets.inode[row] ?? 0;
    owners.add(inode);
    const state = sockets.state[row] ?? 0;
    if (state === FIN_WAIT2 && inode === 0) counts.orphanedFinWait2++;
    byState[state] = (byState[state] ?? 0) + 1;
    const isTimeWait = state === TIME_WAIT;
    const timerMs = sockets.timerMs[row] ?? 0;
    if (isTimeWait) {
      const second = drainSecond(timerMs, timeWaitSeconds);
      schedule[second] = (schedule[second] ?? 0) + 1;
      if (timerMs === 0) counts.overdue++;
    }
    const mark = bound.marks[port] ?? 0;
    const isOutside = ((portMap[port] ?? 0) & OUTSIDE_RANGE) !== 0;
    // A bound port stays closed to connect() in TIME_WAIT too: its bucket is the bind()'s. A port outside the
    // range was bound by number.
    const ageMs =
      isTimeWait && mark !== SURELY_BOUND && !isOutside
        ? timeWaitAgeMs(timerMs, timeWaitSeconds)
        : 0;
    const isReusable = ageMs > reusableFromAgeMs;
    if (isOutside) addOutside(counts.outside, port);
    if (isOutside && outsideMarks[port] !== 0) counts.boundOutside++;
    if (!isReusable && fullRangeMap[port] === 0) counts.fullRangeUsed++;
    if (!isReusable && portMap[port] === RESERVED) counts.reservedUsed++;
    // Outside the range, reserved or held by a bind(): not usable for connect() in any case.
    if (portMap[port] !== 0) continue;
    const isFirst = (port & 1) === firstParity;
    if (mark === SURELY_BOUND) counts[isFirst ? 'boundFirst' : 'boundSecond']++;
    if (isReusable) {
      counts.reusable++;
      if (isFirst) counts.firstHalfReusable++;
      drawing?.add(port, 'reusable');
      continue;
    }
    if (mark === MAYBE_BOUND) counts.maybeBound[(bound.weights[port] ?? 0) as Weight]++;
    drawing?.add(port, isTimeWait ? 'timeWait' : 'live');
    if (isTimeWait) counts.timeWaitUsed++;
    else counts.liveUsed++;
    if (mark === 0 && ageMs > rules.reuse.delayMs) counts.freedByReuse++;
    if (isFirst) counts.firstHalfUsed++;
  }
  return { ...counts, ...owners.take() };
}
