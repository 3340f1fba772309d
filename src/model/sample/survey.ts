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

/** Looks at each row once, unless it is known to be in TIME_WAIT. */
export function surveyOf(sockets: SocketTable): Survey {
  const seen = new Seen();
  let next = 0;
  for (const { from, end, longestMs } of sockets.timeWaitSpans) {
    seen.look(sockets, next, from);
    seen.timeWaits += end - from;
    seen.longestTimeWaitMs = Math.max(seen.longestTimeWaitMs, longestMs);
    next = end;
  }
  seen.look(sockets, next, sockets.length);
  seen.byState[TIME_WAIT] = seen.timeWaits;
  return seen;
}

class Seen implements Survey {
  readonly byState = new Uint32Array(TCP_STATE_COUNT);
  readonly listening: number[] = [];
  readonly boundInactive: number[] = [];
  finWait2WithoutInode = 0;
  longestTimeWaitMs = 0;
  timeWaits = 0;

  look({ state, timerMs, inode }: SocketTable, from: number, end: number): void {
    let [timeWaits, longestMs] = [0, this.longestTimeWaitMs];
    for (let row = from; row < end; row++) {
      const each = state[row] ?? 0;
      // Hundreds of thousands of rows may be in this state.
      if (each === TIME_WAIT) {
        const leftMs = timerMs[row] ?? 0;
        if (leftMs > longestMs) longestMs = leftMs;
        timeWaits++;
        continue;
      }
      this.byState[each] = (this.byState[each] ?? 0) + 1;
      if (each === LISTEN) this.listening.push(row);
      else if (each === BOUND_INACTIVE) this.boundInactive.push(row);
      else if (each === FIN_WAIT2 && inode[row] === 0) this.finWait2WithoutInode++;
    }
    this.timeWaits += timeWaits;
    this.longestTimeWaitMs = longestMs;
  }
}
