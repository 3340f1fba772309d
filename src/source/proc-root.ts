import { join, resolve } from 'node:path';

/** Where procfs is mounted; a value, so that tests and containers can point elsewhere. */
export interface ProcRoot {
  /** The whole path of a file below the mount: path('net/tcp') is /proc/net/tcp. */
  path(relative: string): string;
}

export function procRoot(mountPoint = '/proc'): ProcRoot {
  return { path: (relative) => join(mountPoint, relative) };
}

/** True where procfs is mounted for this process itself, and shows its own namespaces. */
export function isOwnProcMount(mountPoint: string): boolean {
  return resolve(mountPoint) === '/proc';
}
