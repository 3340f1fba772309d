import { execFileSync } from 'node:child_process';
import { newPath } from './recordings.ts';

/** A new FIFO. Who opens it to read and write, without O_NONBLOCK, and reads, hangs in the kernel until a signal comes. */
export function silentFifo(): string {
  const fifo = newPath();
  execFileSync('mkfifo', [fifo]);
  return fifo;
}

/** The body of a thread that hangs in a system call. */
export function hangingRead(): string {
  return `const fs = require('node:fs');
    fs.readSync(fs.openSync(${JSON.stringify(silentFifo())}, 'r+'), Buffer.alloc(1));`;
}
