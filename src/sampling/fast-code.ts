import { countedSockets } from '../kernel/counters.ts';
import { readSocketFiles, socketCounters } from '../source/kernel-files.ts';
import type { ProcFiles } from '../source/proc-root.ts';

/** With fewer sockets, code that is compiled to be fast takes longer to make than it saves. */
const FEW_SOCKETS = 3000;

/** The first samples are taken, and their frames drawn, by then. */
const STARTED_AFTER_MS = 2000;

// node:v8 is loaded here only: with it come Node's streams.
const setFlag = (flag: string) => process.getBuiltinModule('node:v8').setFlagsFromString(flag);

/**
 * Gives V8 optimizing compilers back, which the launcher takes away for check and snapshot: their pages alone are
 * 7 MB of a short process' memory. A single look at few sockets does without. A single look at many takes Maglev alone: what
 * TurboFan compiles of it comes when the look is over, and until then takes a processor away. Holds for all threads.
 */
export function allowFastCode(proc: ProcFiles, looks: number): void {
  const sockets = countedSockets(socketCounters(readSocketFiles(proc))) ?? Infinity;
  if (looks === 1 && sockets < FEW_SOCKETS) return;
  setFlag('--maglev');
  if (looks > 1) setFlag('--opt');
}

/**
 * Has V8 compile with its fast optimizing compiler only, Maglev, until the program has started: what TurboFan compiles meanwhile
 * keeps the sampling thread and the main thread from their first frame. Holds for all threads: call it before they are started.
 *
 * TurboFan is left no function to compile; it is not switched off (--no-opt). Else Maglev would take itself for the last
 * compiler, and its code would not ask for another one: what is hot from the start would be slow for good.
 */
export function startWithoutSlowCompiler(startedAfterMs = STARTED_AFTER_MS): void {
  setFlag('--turbo-filter=~');
  setTimeout(() => setFlag('--turbo-filter=*'), startedAfterMs).unref();
}
