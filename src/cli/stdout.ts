import { once } from 'node:events';
import type { RecordingOutput } from '../recording/writer.ts';
import { SourceError } from '../source/source-error.ts';

/** Writes to stdout; where its reader is slow, waits for it, so that nothing piles up. */
export async function writeOut(text: string): Promise<void> {
  process.stdout.write(text);
  await stdoutTaken();
}

/** Resolves once the reader of stdout has taken what was written, or the signal is aborted. */
export async function stdoutTaken(signal?: AbortSignal): Promise<void> {
  if (!process.stdout.writableNeedDrain) return;
  try {
    await once(process.stdout, 'drain', { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

/** A recording on stdout. Its writer waits where the reader is slow. */
export const STDOUT: RecordingOutput = {
  append: (bytes) => void process.stdout.write(bytes),
  end: () => 'there',
};

/** Throws SourceError if `output` is stdout, and that is a terminal. */
export function requireRedirected(output: string | undefined): void {
  if (output === '-' && process.stdout.isTTY)
    throw new SourceError(
      'a recording cannot be shown on a terminal: use "-o FILE", or redirect stdout.',
    );
}
