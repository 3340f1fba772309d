import type { ForeignText } from '../kernel/foreign-text.ts';
import {
  chmodSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, readText } from './read-file.ts';

/** The text of a file; undefined if it does not exist. Throws what else open(2) and read(2) throw. */
export function readTextIfThere(path: string): ForeignText | undefined {
  try {
    return readText(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/**
 * Replaces a file atomically, and makes its directory. A symbolic link stays one, and a file keeps its mode. Throws in
 * another user's directory: sudo may keep HOME, and root's files would then be in that user's way.
 */
export function replaceFile(path: string, text: string): void {
  const place = existingParent(path);
  if (statSync(place).uid !== process.geteuid?.())
    throw new Error(`${place} belongs to another user`);
  makeDirectories(dirname(path));
  const file = targetOf(path);
  const before = statSync(file, { throwIfNoEntry: false });
  // A name of its own: nothing that is there is replaced, followed or waited for.
  const written = `${file}.${crypto.randomUUID()}.new`;
  try {
    writeFileSync(written, text, { flag: 'wx', mode: before === undefined ? 0o666 : 0o600 });
    if (before !== undefined) chmodSync(written, before.mode & 0o777);
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** Not by mkdir's `recursive`, which never ends where nothing can be made, as below /proc/self. */
function makeDirectories(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeDirectories(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** The nearest directory above that is there. */
function existingParent(path: string): string {
  const parent = dirname(path);
  return parent === path || statSync(parent, { throwIfNoEntry: false }) !== undefined
    ? parent
    : existingParent(parent);
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isAbsence(error)) return path;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}
