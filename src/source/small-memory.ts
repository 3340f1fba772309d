import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { cleanFileRanges } from '../kernel/memory-map.ts';
import { loadLibc } from './libc.ts';
import { ifThere } from './read-file.ts';
import { SourceError } from './source-error.ts';

const LIBC = {
  mallopt: { return: 'i32', arguments: ['i32', 'i32'] },
  malloc_trim: { return: 'i32', arguments: ['u64'] },
  madvise: { return: 'i32', arguments: ['u64', 'u64', 'i32'] },
} as const;

/** mallopt(3), malloc.h. */
const M_ARENA_MAX = -8;
const M_MMAP_THRESHOLD = -3;
/** glibc's default, before it raises it by what is freed. */
const MMAP_FROM_BYTES = 128 * 1024;

const TRIM_EVERY_MS = 60_000;

/** madvise(2). */
const MADV_DONTNEED = 4;
/** Everything has been drawn and read a few times by then. */
const STARTED_AFTER_MS = 10_000;

/**
 * Keeps the memory of a program that runs for hours small. Call it before threads are started.
 *
 * V8 lets the space for new objects grow from 1 to 16 MB in each thread of a program that allocates steadily, and never
 * gives it back; the old ones' may grow to a multiple of what is in use. Here what is new is garbage a moment later, and
 * what is old stays as it is: small spaces are as good.
 *
 * glibc keeps what is freed, in an arena for each thread: after 13 minutes of 400 closes/s, 20 MB of 82. One arena serves
 * all threads, what is large is mapped by itself, so that it goes when it is freed, and what else is free is given back
 * once a minute. musl, and a Node without node:ffi, do as they like.
 *
 * Half of Node's code that is mapped (27 MB of 57) was needed for the start only. Once that is over, all of it is taken out
 * of the process' memory; what is used comes back from the page cache, in a millisecond altogether.
 */
export function keepMemorySmall(
  trimEveryMs = TRIM_EVERY_MS,
  startedAfterMs = STARTED_AFTER_MS,
): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
  try {
    // Kept whole, as the functions are the library's.
    const loaded = loadLibc(LIBC, 'memory is saved');
    loaded.libc.mallopt(M_ARENA_MAX, 1);
    loaded.libc.mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES);
    setInterval(() => loaded.libc.malloc_trim(0n), trimEveryMs).unref();
    const { madvise } = loaded.libc;
    setTimeout(() => {
      const map = ifThere(() => readFileSync('/proc/self/smaps', 'utf8')) ?? '';
      for (const { start, length } of cleanFileRanges(map)) madvise(start, length, MADV_DONTNEED);
    }, startedAfterMs).unref();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
}

/**
 * Has each thread collect its garbage by itself. V8 wakes up helpers for every few milliseconds of work otherwise, and each
 * of them takes the processor away from the thread that woke it: where others want it too, that thread then waits for
 * its turn again. Together they take as much CPU with helpers as without. Call it before threads are started.
 */
export function collectGarbageAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--no-concurrent-marking');
  setFlagsFromString('--no-concurrent-sweeping');
}
