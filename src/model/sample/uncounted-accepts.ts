import type { SocketTable } from '../../kernel/socket-table.ts';
import { SYN_SENT } from '../../kernel/tcp-state.ts';
import { FIRST_UNPRIVILEGED_PORT } from './fan-ins.ts';
import { rowOf, rowsOf, sizeOf, type TupleRows } from './tuple-rows.ts';

/*
 * Where the kernel counts fewer connections opened than there are, and as many accepted, some were accepted that look like
 * outgoing ones.
 */

/** How many connections have been opened since the counters began. */
export interface Opened {
  /** By connect(), those included that wait for their answer or their first data; undefined: not known. */
  readonly byConnect: number | undefined;
  /** By accept(), without those whose listener is there; undefined: not known. */
  readonly byAccept: number | undefined;
}

/** The counters are read a moment before the sockets: fewer may have been opened since. */
const FEWEST_UNCOUNTED = 10;

/** Rows that nobody counts as opened. */
interface Uncounted {
  /** All of them were accepted. */
  readonly accepted: readonly number[];
  /** Some of them were. */
  readonly doubtful: readonly number[];
}

const NONE: Uncounted = { accepted: [], doubtful: [] };

/** Tells by the counters which rows were accepted. `lone`: rows that are alone in their tuple; `accepted`: those known to be. */
export function uncountedAmong(
  lone: readonly number[],
  sockets: SocketTable,
  { tuples, accepted }: { tuples: TupleRows; accepted: ReadonlySet<number> },
  { byConnect = Infinity, byAccept = 0 }: Opened,
): Uncounted {
  const uncounted = tuples.rows.length - accepted.size - byConnect;
  if (uncounted < FEWEST_UNCOUNTED || uncounted > byAccept) return NONE;
  const unknown = lone.filter((row) => !accepted.has(row) && sockets.state[row] !== SYN_SENT);
  const isFromClient = (row: number) => sockets.remotePortOf(row) >= FIRST_UNPRIVILEGED_PORT;
  const fromClients = unknown.filter(isFromClient);
  // Where more are not counted, they are no accepted ones: a process that is restored (CRIU) brings its connections along.
  if (uncounted > fromClients.length + FEWEST_UNCOUNTED) return NONE;
  // Clients may have privileged ports, or one port for many connections: those that are not counted may be these.
  const privileged = unknown.length - fromClients.length;
  return uncounted >= fromClients.length + privileged + countFannedOut(sockets, tuples, accepted)
    ? { accepted: fromClients, doubtful: [] }
    : { accepted: [], doubtful: fromClients };
}

/** Rows of several to one port that may be a client's, without the accepted ones. */
function countFannedOut(
  sockets: SocketTable,
  tuples: TupleRows,
  accepted: ReadonlySet<number>,
): number {
  let count = 0;
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    if (sizeOf(tuples, tuple) === 1) continue;
    if (sockets.remotePortOf(rowOf(tuples, tuple)) < FIRST_UNPRIVILEGED_PORT) continue;
    for (const row of rowsOf(tuples, tuple)) if (!accepted.has(row)) count++;
  }
  return count;
}
