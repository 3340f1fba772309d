import { arch, release } from 'node:os';
import { onExit } from 'signal-exit';
import { systemClock } from '../source/clock.ts';
import { debugFile, DebugLog } from '../source/debug-log.ts';
import type { Trace } from '../source/trace.ts';
import type { CommandName } from './command-table.ts';
import { say } from './say.ts';

declare const EPHTOP_VERSION: string;

/**
 * Runs a command with a debug log in a file, which has the command's beginning, what it traces, its error and its
 * end. Throws SourceError where the file cannot be written, and what the command throws.
 */
export async function withDebugLog(
  path: string,
  name: CommandName,
  options: object,
  run: (trace: Trace) => Promise<void>,
): Promise<void> {
  const log = new DebugLog(debugFile(path), systemClock);
  const { trace } = log;
  trace(
    `ephtop ${EPHTOP_VERSION}, Node ${process.versions.node}, ${process.platform} ${release()} ${arch()}, pid ${process.pid}, user ${process.geteuid?.()}`,
  );
  trace(`command line: ${JSON.stringify(process.argv.slice(2))}`);
  trace(`options: ${JSON.stringify(options)}`);
  const end = (how: string) => {
    trace(how);
    log.end();
  };
  const onError = (error: Error) => trace(errorText(error));
  // A signal, process.exit() and an uncaught error end the program without `finally`.
  const forget = onExit((status, signal) => end(`end: ${signal ?? `status ${status}`}`));
  process.on('uncaughtExceptionMonitor', onError);
  try {
    await run(trace);
  } catch (error) {
    trace(errorText(error));
    throw error;
  } finally {
    end(`end of ${name}`);
    forget();
    process.off('uncaughtExceptionMonitor', onError);
    if (log.problem !== undefined) say(`the debug log is incomplete: ${log.problem}.`);
  }
}

function errorText(error: unknown): string {
  return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
