import { basename, dirname, join, resolve } from 'node:path';
import type { ForeignText } from '../kernel/foreign-text.ts';
import { readPieces, readText } from './read-file.ts';

/**
 * The files of a procfs; a value, so that they can be mounted elsewhere, be those of another network namespace, or have
 * come from another machine.
 */
export interface ProcFiles {
  /** What messages call a file: of a mounted procfs its whole path, path('net/tcp') is /proc/net/tcp. */
  path(relative: string): string;
  /** Throws what `readText` throws; of a file that is not there an error with the code ENOENT. */
  readText(relative: string): ForeignText;
  /** As `readPieces`. */
  readPieces(
    relative: string,
    buffer: Uint8Array,
    consume: (end: number) => number,
    beforeRead?: () => void,
  ): number;
}

/** A procfs that is mounted: `path` can be opened. */
export interface ProcRoot extends ProcFiles {
  /** The directory it is mounted at, or that of one process in it. */
  readonly mountPoint: string;
}

export function procRoot(mountPoint = '/proc'): ProcRoot {
  return { mountPoint, ...filesAt((relative) => join(mountPoint, relative)) };
}

/** Files whose paths a function tells, each time anew. */
export function filesAt(path: (relative: string) => string): ProcFiles {
  return {
    path,
    readText: (relative) => readText(path(relative)),
    readPieces: (relative, ...how) => readPieces(path(relative), ...how),
  };
}

/**
 * Where the processes are listed: at the mount point or, if the path is one process's directory
 * (/host/proc/1), in the mount that contains it.
 */
export function processRoot(mountPoint: string): ProcRoot {
  const path = resolve(mountPoint);
  return procRoot(/^\d+$/.test(basename(path)) ? dirname(path) : path);
}

/** True if this procfs shows this process's own namespaces. */
export function isOwnProcMount(mountPoint: string): boolean {
  return resolve(mountPoint) === '/proc';
}

/**
 * The procfs of a thread that has entered a network namespace: /proc/net and /proc/self/net show the main thread's, so
 * that `net` and `self` are read below thread-self.
 */
export function enteredRoot(): ProcRoot {
  return {
    mountPoint: '/proc',
    ...filesAt((relative) =>
      join(
        '/proc',
        relative.replace(/^self\//, 'thread-self/').replace(/^net\//, 'thread-self/net/'),
      ),
    ),
  };
}
