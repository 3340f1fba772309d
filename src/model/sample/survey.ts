import type { SocketTable } from '../../kernel/socket-table.ts';
import {
  BOUND_INACTIVE,
  FIN_WAIT2,
  LISTEN,
  TCP_STATE_COUNT,
  TIME_WAIT,
} from '../../kernel/tcp-state.ts';

/** What one walk through all rows of a table tells: each further one takes as long again. */
export interface Survey {
  /** Number of rows by state. */
  readonly byState: Readonly<Uint32Array>;
  /** Rows in LISTEN. */
  readonly listening: readonly number[];
  /** Rows that are bound, and neither listen nor are connected. */
  readonly boundInactive: readonly number[];
  /** Rows in FIN_WAIT2 without an inode: nearly all of them are among the sockets that the kernel counts as TIME_WAIT. */
  readonly finWait2WithoutInode: number;
  /** Longest time left in TIME_WAIT, in ms; 0: none is in it. */
  readonly longestTimeWaitMs: number;
}

/** Looks at each row once. */
export function surveyOf({ length, state, timerMs, inode }: SocketTable): Survey {
  const byState = new Uint32Array(TCP_STATE_COUNT);
  const listening: number[] = [];
  const boundInactive: number[] = [];
  let [timeWaits, longestTimeWaitMs, finWait2WithoutInode] = [0, 0, 0];
  for (let row = 0; row < length; row++) {
    const each = state[row] ?? 0;
    // Hundreds of thousands of rows may be in this state.
    if (each === TIME_WAIT) {
      const leftMs = timerMs[row] ?? 0;
      if (leftMs > longestTimeWaitMs) longestTimeWaitMs = leftMs;
      timeWaits++;
      continue;
    }
    byState[each] = (byState[each] ?? 0) + 1;
    if (each === LISTEN) listening.push(row);
    else if (each === BOUND_INACTIVE) boundInactive.push(row);
    else if (each === FIN_WAIT2 && inode[row] === 0) finWait2WithoutInode++;
  }
  byState[TIME_WAIT] = timeWaits;
  return { byState, listening, boundInactive, finWait2WithoutInode, longestTimeWaitMs };
}
