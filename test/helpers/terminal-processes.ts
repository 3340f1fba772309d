import { readdirSync, readFileSync } from 'node:fs';

type ProcessGroup = { pid: number; session: number; foregroundGroup: number };

/** Every live process of the session that `leaderPid` leads: the program and all it started. */
export function sessionPids(leaderPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readGroup(Number(name)))
    .filter((group) => group?.session === leaderPid)
    .map((group) => group?.pid ?? leaderPid);
}

/** The process group that reads the keyboard of `pid`'s terminal; undefined when there is none. */
export function foregroundGroup(pid: number): number | undefined {
  const group = readGroup(pid)?.foregroundGroup ?? -1;
  return group > 0 ? group : undefined;
}

/** Sends a signal to a process, or to a group by its negative id; one that is gone is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

// proc_pid_stat(5): the name in parentheses may hold anything, so fields are counted after it:
// state ppid pgrp session tty_nr tpgid …
function readGroup(pid: number): ProcessGroup | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, session: Number(fields[3]), foregroundGroup: Number(fields[5]) };
  } catch {
    return undefined; // it ended between the listing and the read
  }
}
