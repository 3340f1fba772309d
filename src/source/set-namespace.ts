import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { constants as system, hostname } from 'node:os';
import type { ForeignText } from '../kernel/foreign-text.ts';
import { loadLibc, SystemCallError } from './libc.ts';

// linux/sched.h
const CLONE_NEWUTS = 0x0400_0000;
const CLONE_NEWNET = 0x4000_0000;

const LIBC = { setns: { return: 'i32', arguments: ['i32', 'i32'] } } as const;

/** The namespace behind the file is not the one that was meant: its process has ended, and another has its pid. */
export class OtherNamespaceError extends Error {
  override readonly name = 'OtherNamespaceError';

  constructor() {
    super('another namespace');
  }
}

let libc: ReturnType<typeof loadLibc<typeof LIBC>> | undefined;

/**
 * Moves this thread, and no other, into the network namespace of a file (/proc/PID/ns/net, /run/netns/NAME): its netlink
 * sockets, /proc/thread-self/net and /proc/sys/net are those of the namespace from then on. /proc/net stays the main
 * thread's, and asynchronous calls run in threads that stay where they were. The thread keeps the namespace alive.
 *
 * `inode`: the only namespace to enter; OtherNamespaceError is thrown for any other. Throws what open(2) throws,
 * SystemCallError of setns(2) (EPERM without CAP_SYS_ADMIN, EINVAL where the file is no network namespace), and
 * SourceError without node:ffi.
 */
export function enterNetwork(path: string, inode?: number): void {
  setNamespace(path, CLONE_NEWNET, inode);
}

/** The host name in the UTS namespace of a file (/proc/PID/ns/uts). Throws as `enterNetwork` does. */
export function hostNameIn(path: string): ForeignText {
  const own = openSync('/proc/thread-self/ns/uts', constants.O_RDONLY);
  try {
    setNamespace(path, CLONE_NEWUTS);
    const name = hostname();
    setFile(own, CLONE_NEWUTS);
    return name;
  } finally {
    closeSync(own);
  }
}

function setNamespace(path: string, type: number, inode?: number): void {
  // Never waits, should the path be a FIFO.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (inode !== undefined && fstatSync(file).ino !== inode) throw new OtherNamespaceError();
    setFile(file, type);
  } finally {
    closeSync(file);
  }
}

function setFile(file: number, type: number): void {
  libc ??= loadLibc(LIBC, 'a network namespace is entered');
  libc.check('setns', libc.libc.setns(file, type));
}

/** True for what a user without CAP_SYS_ADMIN, or without the right to trace the process, is told. */
export function isForbidden(error: unknown): boolean {
  if (error instanceof SystemCallError) return FORBIDDEN.has(error.errno);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPERM' || code === 'EACCES';
}

/**
 * What helps who may not enter a network namespace: a clause. Without node:ffi nobody can; root may be without the rights
 * that make it root.
 */
export function howToEnter(hasFfi = isBuiltin('node:ffi')): string {
  if (!hasFfi) return `that takes Node 26 or newer, and this is Node ${process.versions.node}`;
  return process.geteuid?.() === 0
    ? 'that takes CAP_SYS_ADMIN and CAP_SYS_PTRACE, which root of a container may not have'
    : 'run ephtop as root';
}

const FORBIDDEN: ReadonlySet<number> = new Set([system.errno.EPERM, system.errno.EACCES]);
