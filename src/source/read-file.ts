import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

/** Why a file could not be read or written, in a few words, for messages. */
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
    case 'EFBIG':
      return 'a file may not grow that large here (ulimit -f)';
    case 'EMFILE':
      return 'no file descriptor is left: raise ulimit -n';
    case 'ENFILE':
      return 'the machine has no file descriptor left: raise fs.file-max';
    default:
      return systemWords(error) ?? (error instanceof Error ? error.message : String(error));
  }
}

/** strerror(3)'s words: Node's message has the call and the whole path as well. */
function systemWords(error: unknown): string | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? getSystemErrorMessage(error.errno)
    : undefined;
}

/** The `code` of a Node system error, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** A FIFO, a device or a socket where a file should be: reading it might never end. */
class NotRegularFileError extends Error {
  override readonly name = 'NotRegularFileError';
  readonly code = 'ENOTREG';
  readonly path: string;

  constructor(path: string) {
    super('not a regular file');
    this.path = path;
  }
}

/** A file too long to be read whole. */
class FileTooLongError extends Error {
  override readonly name = 'FileTooLongError';
  readonly code = 'ETOOLONG';
  readonly path: string;

  constructor(path: string) {
    super(`longer than ${LONGEST_TEXT} bytes`);
    this.path = path;
  }
}

/**
 * Opens a file for reading, and nothing else: a FIFO without a writer would block in open(2), and /dev/zero in
 * read(2) for good. procfs and sysfs show regular files. Throws what open(2) throws, and NotRegularFileError.
 */
function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    // What read(2) says of a directory is well known.
    if (!stats.isFile() && !stats.isDirectory()) throw new NotRegularFileError(path);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Most sysctls are a number; the kernel allocates as many bytes as it is asked for (proc_sys_call_handler, fs/proc/proc_sysctl.c). */
const SHORT_TEXT = 4096;
/** Holds the longest list of reserved ports, each second one of 65,536: 190 kB. */
const LONGEST_TEXT = 256 * 1024;

// Kept, for these files are read several times a second.
let textBuffer: Buffer | undefined;

/**
 * The text of a file. A list in a sysctl comes with one read(2) or not at all: a second one, behind the first, is told that the
 * file has ended (proc_do_large_bitmap in kernel/sysctl.c). Throws what open(2) and read(2) throw, and for what is not
 * a regular file, or longer than 256 KiB.
 */
export function readText(path: string): string {
  const file = openRegular(path);
  try {
    const text = textBelow(SHORT_TEXT, file) ?? textBelow(LONGEST_TEXT, file);
    if (text === undefined) throw new FileTooLongError(path);
    return text;
  } finally {
    closeSync(file);
  }
}

/** The text of a file; undefined if it has `size` bytes or more. */
function textBelow(size: number, file: number): string | undefined {
  textBuffer ??= Buffer.allocUnsafeSlow(LONGEST_TEXT);
  let end = 0;
  while (end < size) {
    const count = readSync(file, textBuffer, end, size - end, end);
    if (count === 0) return textBuffer.toString('utf8', 0, end);
    end += count;
  }
  return undefined;
}

/**
 * Reads a file piece by piece into one buffer that the caller keeps. `consume` gets buffer[0, end) and
 * returns how many bytes it used; the rest comes again in front of the next piece. Returns how many
 * bytes were left when the file ended. A piece that fills the whole buffer unused is given up
 * (returned as left over). Throws what open(2) and read(2) throw, and for what is not a regular file.
 */
export function readPieces(
  path: string,
  buffer: Uint8Array,
  consume: (end: number) => number,
): number {
  const file = openRegular(path);
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
