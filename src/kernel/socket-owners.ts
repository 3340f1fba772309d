/** How many files a process has open, and may have. */
export interface OpenFiles {
  readonly open: number;
  /** The soft limit, RLIMIT_NOFILE; Infinity: none. */
  readonly limit: number;
  /** Up to here the process may raise it itself. */
  readonly hardLimit: number;
}

/** What is known of the processes that hold sockets open. */
export interface SocketOwners {
  /** The process that holds the socket of this inode; 0: not known. */
  pidOf(inode: number): number;
  /** The name of a process that `pidOf` gave, safe to print; it may be empty. */
  commandOf(pid: number): string;
  /** The open files of a process that `pidOf` gave, as of the last look at it; undefined: not known. */
  filesOf(pid: number): OpenFiles | undefined;
  /** Processes whose files must not be read, as far as they were looked for. */
  readonly unseenProcesses: number;
}

/** Calls `visit` with the inode of each socket whose owner is of interest; it may be called several times. */
export type EachInode = (visit: (inode: number) => void) => void;

/** Says who holds these sockets, perhaps after a look at the processes. */
export type FindOwners = (eachInode: EachInode) => SocketOwners;

/** Where nobody looks. */
export const NO_OWNERS: SocketOwners = {
  pidOf: () => 0,
  commandOf: () => '',
  filesOf: () => undefined,
  unseenProcesses: 0,
};
