import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
// Not by its name: Node 20 has none of this name, and must get as far as the sentence that says which Node is needed.
import * as util from 'node:util';

/** Why a file could not be read or written: a few words for a message. */
export function failureReason(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return 'no such file';
    case 'EEXIST':
      return 'the file exists already';
    case 'EISDIR':
      return 'it is a directory';
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
    // Of a path, that it has a character that ends it (NUL): Node does not ask the kernel.
    case 'ERR_INVALID_ARG_VALUE':
      return 'no file can have this name';
    case 'ENFILE':
      return 'the machine has no file descriptor left: raise fs.file-max';
    default:
      return (
        systemWords(error) ?? printable(error instanceof Error ? error.message : String(error))
      );
  }
}

/** The text of strerror(3), without the call and the path that Node's message adds. */
function systemWords(error: unknown): string | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? // Node's are negative, as the kernel's are; those of libc are not.
      util.getSystemErrorMessage(-Math.abs(error.errno))
    : undefined;
}

/** The `code` of a Node system error; undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** True for what a user is told who lacks the right. EPERM is also what a mount with hidepid=1 says (fs/proc/base.c). */
export function isForbidden(error: unknown): boolean {
  return errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM';
}

/** What a look at a file gives; undefined: it has gone, or is not for this user. */
export function ifThere<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** The inode of a file, or of what a link to a namespace leads to; undefined: it has gone, or is not for this user. */
export function inodeOf(path: string): number | undefined {
  return ifThere(() => statSync(path).ino);
}

/** The path is a FIFO, a device or a socket. Reading it might never end. */
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

  constructor(path: string, longest: number) {
    super(`longer than ${longest} bytes`);
    this.path = path;
  }
}

/** A file that is open for reading. */
interface OpenFile {
  readonly file: number;
  /** True of a file of procfs, which has no size: it is written while it is read. */
  readonly isMadeNow: boolean;
}

/**
 * Opens a regular file for reading. Anything else is refused: open(2) would block on a FIFO without a writer, and
 * /dev/zero never ends. Files in procfs and sysfs are regular. Throws what open(2) throws, and NotRegularFileError.
 */
function openRegular(path: string): OpenFile {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    // read(2) fails on a directory with EISDIR, which is clear enough.
    if (!stats.isFile() && !stats.isDirectory()) throw new NotRegularFileError(path);
    return { file, isMadeNow: stats.size === 0 };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Size of the first read. Most sysctls are one number, and the kernel allocates as many bytes as a read asks for
 * (proc_sys_call_handler in fs/proc/proc_sysctl.c).
 */
const SHORT_TEXT = 4096;
/** Holds the longest list of reserved ports: every second one of 65,536 takes 190 kB. */
const LONGEST_TEXT = 256 * 1024;

// Kept between calls, because these files are read several times a second.
let textBuffer: Buffer | undefined;

/**
 * The text of a file. A sysctl's list must be read with one read(2): a second one, behind the first, finds the end of
 * the file (proc_do_large_bitmap in kernel/sysctl.c). Throws what open(2) and read(2) throw, NotRegularFileError, and
 * FileTooLongError from `longest` bytes on.
 */
export function readText(path: string, longest = LONGEST_TEXT): ForeignText {
  const { file } = openRegular(path);
  try {
    const text = textBelow(SHORT_TEXT, file) ?? textBelow(longest, file);
    if (text === undefined) throw new FileTooLongError(path, longest);
    return text;
  } finally {
    closeSync(file);
  }
}

/** The text of a file; undefined if it has `size` bytes or more. */
function textBelow(size: number, file: number): string | undefined {
  if (textBuffer === undefined || textBuffer.length < size)
    textBuffer = Buffer.allocUnsafeSlow(Math.max(size, LONGEST_TEXT));
  let end = 0;
  while (end < size) {
    const count = readSync(file, textBuffer, end, size - end, end);
    if (count === 0) return textBuffer.toString('utf8', 0, end);
    end += count;
  }
  return undefined;
}

/** Full pages differ by less: a row that has no room in one is in the next. A row of IPv6 takes less than 200 bytes. */
const LONGEST_ROWS = 512;

/**
 * Reads a file piece by piece into the caller's buffer. `consume` gets buffer[0, end) and returns how many bytes it
 * used; the rest stays in front of the next piece. Returns the number of unused bytes at the end of the file. If a full
 * buffer stays unused, reading stops and its length is returned. `beforeRead` is called each time before the kernel writes
 * a piece, but not for a copy of its file, which was written before. Throws what open(2) and read(2) throw, and
 * NotRegularFileError.
 *
 * A table of the kernel ends with the first read that does not fill a page as those before (seq_read_iter in fs/seq_file.c).
 * Another one would go through the whole table to find what has been added since, and again, as long as it grows.
 */
export function readPieces(
  path: string,
  buffer: Uint8Array,
  consume: (end: number) => number,
  beforeRead: () => void = () => {},
): number {
  const { file, isMadeNow } = openRegular(path);
  try {
    let [kept, mostBytes] = [0, 0];
    for (;;) {
      if (isMadeNow) beforeRead();
      const room = buffer.length - kept;
      const count = readSync(file, buffer, kept, room, null);
      if (count === 0) return kept;
      const end = kept + count;
      const used = consume(end);
      if (used < end) buffer.copyWithin(0, used, end);
      kept = end - used;
      if (kept === buffer.length) return kept;
      if (isMadeNow && count < Math.min(room, mostBytes - LONGEST_ROWS)) return kept;
      mostBytes = Math.max(mostBytes, count);
    }
  } finally {
    closeSync(file);
  }
}
