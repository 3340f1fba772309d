import { SourceError } from '../source/source-error.ts';
import { type Recorded, RecordingFile } from './file.ts';
import { JoinedRecording } from './joined.ts';
import { olderName } from './file-name.ts';

/**
 * Opens a recording; of a ring's newer file, both as one. Throws SourceError if the file that is named is no recording;
 * an older one that cannot be read is left out.
 */
export function openRecorded(path: string): Recorded {
  const newer = new RecordingFile(path);
  if (newer.ring === undefined) return newer;
  const older = openedIfThere(olderName(path));
  if (older === undefined) return newer;
  // They may have been moved on, or be of two rings.
  if (older.ring === newer.ring && older.identity !== newer.identity)
    return new JoinedRecording(older, newer);
  older.close();
  return newer;
}

/** Undefined: there is no file, or it is no recording. */
export function openedIfThere(path: string): RecordingFile | undefined {
  try {
    return new RecordingFile(path);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return undefined;
  }
}
