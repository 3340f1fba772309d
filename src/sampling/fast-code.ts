import { countedSockets } from '../kernel/counters.ts';
import { readSocketFiles, socketCounters } from '../source/kernel-files.ts';
import type { ProcFiles } from '../source/proc-root.ts';
import { setFlag } from './slow-compiler.ts';

/** With fewer sockets, code that is compiled to be fast takes longer to make than it saves. */
const FEW_SOCKETS = 3000;

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
