import { areSocketsUnchanged, type TcpCounters } from '../kernel/counters.ts';
import type { Clock } from './clock.ts';
import { readSocketFiles, socketCounters, type SocketFiles } from './kernel-files.ts';
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
  #files: SocketFiles | undefined;

  constructor(proc: ProcFiles, clock: Clock) {
    this.#proc = proc;
    this.#clock = clock;
  }

  /** True if something has happened to the sockets since this was true the last time, or may have. */
  isThere(): boolean {
    this.#files = readSocketFiles(this.#proc);
    const now = { counters: socketCounters(this.#files), atMs: this.#clock.monotonicMs() };
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

  /** The files that were just looked at, once: the reading that follows needs them too. */
  takeFiles(): SocketFiles | undefined {
    const files = this.#files;
    this.#files = undefined;
    return files;
  }
}
