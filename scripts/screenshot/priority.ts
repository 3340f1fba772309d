import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const PRIORITY = constants.priority.PRIORITY_HIGH;

/**
 * Puts a process, and what it starts from now on, before other work on the machine, which would make the
 * traffic uneven and the screen late. Those who may not ask for this need a quiet machine.
 */
export function keepPace(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
    // Where the kernel shares time out by session first (man 7 sched), the other counts within it only.
    writeFileSync(`/proc/${pid}/autogroup`, `${PRIORITY}`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
