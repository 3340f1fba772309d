import { fstatSync, statSync } from 'node:fs';
import { errorCode } from './read-file.ts';

/** What has become of the name that an open file had; a file without any name is gone as soon as it is closed. */
export type Whereabouts = 'there' | 'renamed' | 'removed';

/** Looks whether an open file is still at `path`. */
export function whereabouts(file: number, path: string): Whereabouts {
  const { nlink, dev, ino } = fstatSync(file);
  if (nlink === 0) return 'removed';
  const found = statOf(path);
  return found?.ino === ino && found.dev === dev ? 'there' : 'renamed';
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** The file was removed while it was written to. */
export class FileRemovedError extends Error {
  override readonly name = 'FileRemovedError';

  constructor() {
    super('the file was removed');
  }
}
