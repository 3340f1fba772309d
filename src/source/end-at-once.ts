import { writeSync } from 'node:fs';
import { loadLibc } from './libc.ts';
import { SourceError } from './source-error.ts';

/**
 * Ends the process with this status although a thread of it hangs in the kernel: process.exit() would wait for the
 * thread. Before Node 26, which calls libc, a shell takes the process' place to give the status; before Node 22.15, SIGKILL ends it.
 */
export function endAtOnce(status: number): never {
  try {
    const { libc } = loadLibc({ quick_exit: { arguments: ['int32'], return: 'void' } }, 'it ends');
    libc.quick_exit(status);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${status}`], {});
  }
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

/** Writes a line to stdout, and returns when it is written; what nobody reads is lost. */
export function writeLineNow(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // There is nobody to tell.
  }
}
