import { loadLibc } from './libc.ts';
import { SourceError } from './source-error.ts';

/** The first that is free in glibc, which keeps 32 and 33 for threads, as musl does 34 too and lets nobody have it; and the last (asm/signal.h). */
const REAL_TIME = { first: 34, last: 64 } as const;
const SIG_IGN = 1n;

/**
 * Ignores signals that would end the program where it cannot give the terminal back: nothing here uses them, Node can
 * listen to no real-time signal, and signal-exit leaves SIGPROF to V8's profiler. Without node:ffi, real-time signals
 * stay as they are.
 */
export function ignoreStraySignals(): void {
  const options = [...process.execArgv, process.env['NODE_OPTIONS']].join(' ');
  if (!/prof|inspect/.test(options)) process.on('SIGPROF', () => {});
  try {
    const symbols = { signal: { return: 'u64', arguments: ['i32', 'u64'] } } as const;
    const { lib, libc } = loadLibc(symbols, 'real-time signals are ignored');
    for (let signal = REAL_TIME.first; signal <= REAL_TIME.last; signal++)
      libc.signal(signal, SIG_IGN);
    lib.close();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
}
