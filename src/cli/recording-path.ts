import { SourceError } from '../source/source-error.ts';

/** The recording that a command line names. Throws SourceError for what is no name of a file. */
export function recordingPath([path = '-']: readonly string[]): string {
  if (path === '-')
    throw new SourceError(
      'a recording cannot be replayed from stdin: write it to a file, and replay that.',
    );
  if (path === '') throw new SourceError('the name of the recording is empty.');
  return path;
}
