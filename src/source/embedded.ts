/** Threads of the program. */
export type ThreadName = 'worker' | 'via-worker' | 'exporter-worker';

/**
 * The threads' code in a program of a single file. Here there is none, as each has a file of its own; the build of the
 * single file puts another module in the place of this one (scripts/standalone/single-file.ts).
 */
export const THREADS: Readonly<Record<ThreadName, string>> | undefined = undefined;
