import { constants, openSync } from 'node:fs';

/**
 * Opens a terminal anew so that neither reads nor writes wait. `O_NONBLOCK` belongs to the open file description
 * (open(2)), which is shared with the shell and all that it starts: it must not be set on the one that was inherited.
 * Throws where the terminal is another user's, as after `su`.
 */
export function openNonBlocking(fd: number, access: 'read' | 'write'): number {
  const flag = access === 'read' ? constants.O_RDONLY : constants.O_WRONLY;
  return openSync(`/proc/self/fd/${fd}`, flag | constants.O_NONBLOCK | constants.O_NOCTTY);
}

/** What `act` returns; undefined where it would have to wait. */
export function unlessItWaits<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Nothing else runs meanwhile. */
export function sleep(ms: number): void {
  Atomics.wait(NEVER, 0, 0, ms);
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));
