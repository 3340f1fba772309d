import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process, and what it has started. */
export type ProcessNode = { pid: number; name: string; children: ProcessNode[] };

/** The process and all that it has started, and these have, and so on. */
export function processTree(pid: number): ProcessNode {
  const all = pids().flatMap((each) => statOf(each) ?? []);
  const nodeOf = (of: number, name: string): ProcessNode => ({
    pid: of,
    name,
    children: all
      .filter(({ parent }) => parent === of)
      .map((child) => nodeOf(child.pid, child.name)),
  });
  return nodeOf(pid, statOf(pid)?.name ?? '');
}

/** All processes of a tree, the root first. */
export function flatTree(node: ProcessNode): ProcessNode[] {
  return [node, ...node.children.flatMap(flatTree)];
}

/** True while a process with this id runs. */
export function isThere(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** The network namespace of a process, such as `net:[4026531840]`; undefined: it has gone. */
export function networkOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** The processes in a network namespace. */
export function processesIn(network: string | undefined): number[] {
  return pids().filter((pid) => network !== undefined && networkOf(pid) === network);
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

// proc_pid_stat(5): pid (name) state ppid …; the name may hold anything.
function statOf(pid: number): { pid: number; name: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const [state, parent] = stat.slice(end + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(parent) };
  } catch {
    return undefined;
  }
}
