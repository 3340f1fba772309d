import { release } from 'node:os';

/** True on this Linux, and on every later one. */
export function isSince([major, minor]: readonly [major: number, minor: number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = release().split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
