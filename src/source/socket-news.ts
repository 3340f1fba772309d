import { areSocketsUnchanged, type TcpCounters } from '../kernel/counters.ts';
import type { Clock } from './clock.ts';
import { readSocketCounters } from './kernel-files.ts';
import type { ProcRoot } from './proc-root.ts';

/** So often there is news in any case: timers have run down, and some changes no counter tells. */
const LONGEST_REST_MS = 1000;

/**
 * Tells whether a look at the sockets is worth while. To walk through the kernel's hash table takes
 * milliseconds even if it is empty; to read the counters of what happens in it, a tenth of one.
 */
export class SocketNews {
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
    const isQuiet =
      last !== undefined &&
      now.atMs - last.atMs < LONGEST_REST_MS &&
      areSocketsUnchanged(last.counters, now.counters);
    if (!isQuiet) this.#last = now;
    return !isQuiet;
  }
}
