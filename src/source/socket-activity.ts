import { areSocketsUnchanged, type TcpCounters } from '../kernel/counters.ts';
import type { Clock } from './clock.ts';
import { readSocketCounters } from './kernel-files.ts';
import type { ProcFiles } from './proc-root.ts';

/** Sockets are read at least this often, because the timers of TIME_WAIT run down. */
const LONGEST_REST_MS = 1000;
/** The same if there are none, because some changes show in no counter. */
const LONGEST_REST_WITHOUT_TIMERS_MS = 3000;

/**
 * Tells whether reading the sockets is worthwhile. A walk through the kernel's hash table takes milliseconds even if it
 * is empty. Reading the counters of its changes takes a tenth of a millisecond.
 */
export class SocketActivity {
  readonly #proc: ProcFiles;
  readonly #clock: Clock;
  #last: { readonly counters: TcpCounters; readonly atMs: number } | undefined;

  constructor(proc: ProcFiles, clock: Clock) {
    this.#proc = proc;
    this.#clock = clock;
  }

  /** True if something has happened to the sockets since this was true the last time, or may have. */
  isThere(): boolean {
    // The reading that follows has its own warnings.
    const now = { counters: readSocketCounters(this.#proc, []), atMs: this.#clock.monotonicMs() };
    const last = this.#last;
    const longestRestMs =
      now.counters.timeWaitNow === 0 ? LONGEST_REST_WITHOUT_TIMERS_MS : LONGEST_REST_MS;
    const isQuiet =
      last !== undefined &&
      now.atMs - last.atMs < longestRestMs &&
      areSocketsUnchanged(last.counters, now.counters);
    if (!isQuiet) this.#last = now;
    return !isQuiet;
  }
}
