import { once } from 'node:events';

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
