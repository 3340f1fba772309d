import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { hostname } from 'node:os';
import type { ForeignText } from '../kernel/foreign-text.ts';
import { loadLibc } from './libc.ts';
import { errorCode, failureReason, isForbidden } from './read-file.ts';
import { SourceError } from './source-error.ts';

// linux/sched.h
const CLONE_NEWUTS = 0x0400_0000;
const CLONE_NEWNET = 0x4000_0000;

const LIBC = { setns: { return: 'i32', arguments: ['i32', 'i32'] } } as const;

/** The namespace behind the file is not the one that was meant: its process has ended, and another has its pid. */
class OtherNamespaceError extends Error {
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

/**
 * Enters the network namespace with this inode, as `enterNetwork` does, through the first of these files that leads there,
 * and returns that. One process may have rights that root of a container may not trace, and the next one not.
 *
 * Throws what `isForbidden` knows where it is not for this user, and SourceError where it has gone, or cannot be entered now.
 */
export function enterThroughAny(paths: readonly string[], inode: number | undefined): string {
  let refusal: unknown;
  for (const path of paths) {
    try {
      enterNetwork(path, inode);
      return path;
    } catch (error) {
      if (isForbidden(error)) refusal = error;
      else if (!isGone(error)) throw entryFailure(error);
    }
  }
  throw refusal ?? new SourceError('the network namespace has gone.');
}

/** The codes of open(2) and setns(2) for a process that has ended, and for a mount that is no namespace any more. */
const GONE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'EINVAL']);

function isGone(error: unknown): boolean {
  return error instanceof OtherNamespaceError || GONE.has(errorCode(error));
}

/** A SourceError for what the kernel says; any other error as it is. */
function entryFailure(error: unknown): unknown {
  if (error instanceof SourceError || errorCode(error) === undefined) return error;
  return new SourceError(`the network namespace cannot be entered: ${failureReason(error)}.`);
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
