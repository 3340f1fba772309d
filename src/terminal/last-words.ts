import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';

/** Bytes that one argument of a program may have: less than the kernel's MAX_ARG_STRLEN (binfmts.h). */
const MOST_BYTES = 100_000;

/** Programs that write their argument to stdout once stdin has ended; the second for a container without a shell. */
const WRITERS = [
  ['/bin/sh', '-c', 'read -r _; printf %s "$1"', 'sh'],
  [process.execPath, '-e', 'fs.readFileSync(0); fs.writeSync(1, process.argv[1])'],
] as const;

/**
 * Leaves the last words for a terminal that takes nothing now to a process of their own, so that this one can end. It
 * waits in its write(2) until the terminal takes them or is gone (EIO), in a session without a terminal: keys and
 * signals of this one do not end it. It begins with the end of this process, whose changes of the terminal's settings
 * would wait for it (tty_ioctl.c: TCSETSW takes the lock of a write).
 */
export function leaveLastWords(fd: number, bytes: Buffer): void {
  const terminal = openWaiting(fd);
  const text = bytes.subarray(-MOST_BYTES).toString();
  for (const [program, ...args] of WRITERS) {
    const child: ChildProcess = spawn(program, [...args, text], {
      cwd: '/',
      detached: true,
      env: {},
      stdio: ['pipe', terminal, 'ignore'],
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.unref();
    if (child.pid !== undefined) break;
  }
  if (terminal !== fd) closeSync(terminal);
}

/** A description of its own: the inherited one may be non-blocking. It is the only one after `su`. */
function openWaiting(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}
