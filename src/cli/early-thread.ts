import { once } from '../model/sample/once.ts';
import { startWithoutSlowCompiler } from '../sampling/slow-compiler.ts';
import { startSpareWorker } from '../sampling/start-worker.ts';
import { collectGarbageAlone, keepMemorySmall } from '../source/small-memory.ts';
import { canDraw } from '../terminal/environment.ts';
import type { CommandName } from './command-table.ts';

/** True if there is a terminal to draw on. */
export function hasScreen(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && canDraw(process.env);
}

/** What a view may be left running with for weeks. Call it before threads are started. */
export const prepareForView = once(() => {
  keepMemorySmall();
  collectGarbageAlone();
});

/** With these, no thread of this process takes samples. */
const WITHOUT_THREAD = /^(?:-h|-V|--help|--version|--via(?:=.*)?)$/s;

/** Starts the sampling thread of a live view while the rest of the program is loaded. */
export function startThreadEarly(command: CommandName, words: readonly string[]): void {
  if (command !== 'live' || words.some((word) => WITHOUT_THREAD.test(word)) || !hasScreen()) return;
  startWithoutSlowCompiler();
  prepareForView();
  startSpareWorker();
}
