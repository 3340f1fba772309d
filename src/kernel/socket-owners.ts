import type { ForeignText } from './foreign-text.ts';

/** How many files a process has open, and its limits. */
export interface OpenFiles {
  readonly open: number;
  /** The soft limit, RLIMIT_NOFILE; Infinity: none. */
  readonly limit: number;
  /** The hard limit, up to which the process may raise it. */
  readonly hardLimit: number;
}

/** What is known about the processes that hold sockets open. */
export interface SocketOwners {
  /** The process that holds the socket of this inode; 0: not known. */
  pidOf(inode: number): number;
  /** The name of a process that `pidOf` gave; it may be empty. */
  commandOf(pid: number): ForeignText;
  /** The open files of a process that `pidOf` gave, when last read; undefined: not known. */
  filesOf(pid: number): OpenFiles | undefined;
  /** Processes whose files we may not read, among those searched. */
  readonly unseenProcesses: number;
}

/** Calls `visit` with the inode of each socket whose owner is of interest; it may be called several times. */
export type EachInode = (visit: (inode: number) => void) => void;

/** Finds who holds these sockets; may search the processes first. */
export type FindOwners = (eachInode: EachInode) => SocketOwners;

/** No owners: used if nobody searches for them. */
export const NO_OWNERS: SocketOwners = {
  pidOf: () => 0,
  commandOf: () => '',
  filesOf: () => undefined,
  unseenProcesses: 0,
};
