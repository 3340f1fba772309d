import { basename, dirname, join, resolve } from 'node:path';

/** Where procfs is mounted; a value, so that tests and containers can point elsewhere. */
export interface ProcRoot {
  /** The whole path of a file below the mount: path('net/tcp') is /proc/net/tcp. */
  path(relative: string): string;
}

export function procRoot(mountPoint = '/proc'): ProcRoot {
  return { path: (relative) => join(mountPoint, relative) };
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
