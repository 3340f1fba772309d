import { setFlagsFromString } from 'node:v8';
import { loadLibc } from './libc.ts';
import { SourceError } from './source-error.ts';

/** mallopt(3), malloc.h. */
const M_MMAP_THRESHOLD = -3;
const M_ARENA_MAX = -8;
/** glibc's default, before it raises that by what is freed. */
const MMAP_FROM_BYTES = 128 * 1024;

/**
 * Keeps the memory of a program that runs for hours small. Call it before threads are started; the launcher does
 * the same for the Node that it starts, before that has threads of its own.
 *
 * V8 lets the space for new objects grow from 1 to 16 MB in each thread of a program that allocates steadily, and never
 * gives it back; the old ones' may grow to a multiple of what is in use. Here what is new is garbage a moment later, and
 * what is old stays as it is: small spaces are as good.
 *
 * glibc gives each thread an arena of its own, and what is freed in one is of no use to the others: in half an hour of
 * 400 closes/s that comes to 20 MB. It also keeps large buffers once one was freed, unless it is told from which size on
 * each is to have a mapping of its own. musl does neither.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
  try {
    const symbols = { mallopt: { return: 'i32', arguments: ['i32', 'i32'] } } as const;
    const { lib, libc } = loadLibc(symbols, 'memory is saved');
    libc.mallopt(M_ARENA_MAX, 1);
    libc.mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES);
    lib.close();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
}
