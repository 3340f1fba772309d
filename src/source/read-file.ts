import { closeSync, openSync, readSync } from 'node:fs';

/** Why a file could not be read, in the words of strerror(3), for messages. */
export function failureReason(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return 'no such file';
    case 'EEXIST':
      return 'the file exists already';
    case 'ENOTDIR':
      return 'not a directory';
    case 'EROFS':
      return 'read-only file system';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no space is left on the disk';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** The `code` of a Node system error, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/**
 * Reads a file piece by piece into one buffer that the caller keeps. `consume` gets buffer[0, end) and
 * returns how many bytes it used; the rest comes again in front of the next piece. Returns how many
 * bytes were left when the file ended. A piece that fills the whole buffer unused is given up
 * (returned as left over). Throws what open(2) and read(2) throw.
 */
export function readPieces(
  path: string,
  buffer: Uint8Array,
  consume: (end: number) => number,
): number {
  const file = openSync(path, 'r');
  try {
    let kept = 0;
    for (;;) {
      const count = readSync(file, buffer, kept, buffer.length - kept, null);
      if (count === 0) return kept;
      const end = kept + count;
      const used = consume(end);
      if (used < end) buffer.copyWithin(0, used, end);
      kept = end - used;
      if (kept === buffer.length) return kept;
    }
  } finally {
    closeSync(file);
  }
}
