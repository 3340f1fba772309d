import type { ForeignText } from '../kernel/foreign-text.ts';
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
 * Replaces a file atomically, and makes its directory. A symbolic link stays one. Throws in another user's directory:
 * sudo may keep HOME, and root's files would then be in that user's way.
 */
export function replaceFile(path: string, text: string): void {
  const place = existingParent(path);
  if (statSync(place).uid !== process.geteuid?.())
    throw new Error(`${place} belongs to another user`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = targetOf(path);
  const written = `${file}.new`;
  try {
    // What is left of a time before; a link or a pipe in its place is neither followed nor waited for.
    rmSync(written, { force: true });
    writeFileSync(written, text, { flag: 'wx' });
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
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
