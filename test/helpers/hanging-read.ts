import { execFileSync } from 'node:child_process';
import { newPath } from './recordings.ts';

/**
 * The body of a thread that hangs in a system call: it reads from a FIFO with a writer that says nothing, without O_NONBLOCK.
 * Nobody but a signal gets it out of that.
 */
export function hangingRead(): string {
  const fifo = newPath();
  execFileSync('mkfifo', [fifo]);
  return `const fs = require('node:fs');
    fs.readSync(fs.openSync(${JSON.stringify(fifo)}, 'r+'), Buffer.alloc(1));`;
}
