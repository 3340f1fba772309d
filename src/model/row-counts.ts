import type { SocketTable } from '../kernel/socket-table.ts';
import { TCP_STATE_COUNT, TIME_WAIT } from '../kernel/tcp-state.ts';
import type { BoundPorts } from './bind-before-connect.ts';
import type { OwnerTally } from './owners.ts';
import type { PortMap } from './port-space.ts';
import { drainSecond, emptySchedule, timeWaitAgeMs } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

/** What the rows of a tuple are counted by. */
export interface CountingRules {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
  readonly bound: BoundPorts;
  /** The tuple that had each port last: a socket that changes state while /proc is read can be listed twice. */
  readonly seenBy: Int32Array;
  readonly owners: OwnerTally;
}

/** What a tuple's rows come to. */
export type RowCounts = ReturnType<typeof countRows>;

/** Counts the rows of a tuple whose TIME_WAIT sockets are free from the age of `reusableFromAgeMs` on. */
export function countRows(rules: CountingRules, tuple: number, reusableFromAgeMs: number) {
  const { sockets, tuples, portMap, firstParity, bound, seenBy, owners } = rules;
  const byState = new Uint32Array(TCP_STATE_COUNT);
  const schedule = emptySchedule();
  const counts = { byState, schedule, liveUsed: 0, timeWaitUsed: 0, reusable: 0, firstHalfUsed: 0 };
  const rows = tuples.rowsOf(tuple);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const port = sockets.localPort[row] ?? 0;
    if (seenBy[port] === tuple) continue;
    seenBy[port] = tuple;
    owners.add(sockets.inode[row] ?? 0);
    const state = sockets.state[row] ?? 0;
    byState[state] = (byState[state] ?? 0) + 1;
    const isTimeWait = state === TIME_WAIT;
    const timerMs = sockets.timerMs[row] ?? 0;
    if (isTimeWait) {
      const second = drainSecond(timerMs);
      schedule[second] = (schedule[second] ?? 0) + 1;
    }
    // Outside the range, reserved or held by a bind(): no connect() could have it anyway.
    if (portMap[port] !== 0) continue;
    const isReusable = isTimeWait && timeWaitAgeMs(timerMs) > reusableFromAgeMs;
    // A bound port stays closed to connect() in TIME_WAIT too: its bucket is the bind()'s.
    if (isReusable && bound.holderOf[port] !== tuple) {
      counts.reusable++;
      continue;
    }
    if (isTimeWait) counts.timeWaitUsed++;
    else counts.liveUsed++;
    if ((port & 1) === firstParity) counts.firstHalfUsed++;
  }
  return { ...counts, ...owners.take() };
}
