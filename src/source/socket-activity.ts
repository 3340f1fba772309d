import { areSocketsUnchanged, type TcpCounters } from '../kernel/counters.ts';
import type { Clock } from './clock.ts';
import { readSocketCounters } from './kernel-files.ts';
import type { ProcRoot } from './proc-root.ts';

/** So often there is news in any case: the timers of TIME_WAIT have run down. */
const LONGEST_REST_MS = 1000;
/** And so often where there are none, as some changes no counter tells. */
const LONGEST_REST_WITHOUT_TIMERS_MS = 3000;

/**
 * Tells whether a look at the sockets is worth while. To walk through the kernel's hash table takes
 * milliseconds even if it is empty; to read the counters of what happens in it, a tenth of one.
 */
export class SocketActivity {
  readonly #proc: ProcRoot;
  readonly #clock: Clock;
  #last: { readonly counters: TcpCounters; readonly atMs: number } | undefined;

  constructor(proc: ProcRoot, clock: Clock) {
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
