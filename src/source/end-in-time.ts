import type { DynamicLibrary } from 'node:ffi';
import { loadLibc } from './libc.ts';
import { SourceError } from './source-error.ts';

const LIBC = {
  timer_create: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
  timer_settime: { return: 'i32', arguments: ['u64', 'i32', 'pointer', 'pointer'] },
  fdopen: { return: 'pointer', arguments: ['i32', 'pointer'] },
  setvbuf: { return: 'i32', arguments: ['pointer', 'pointer', 'i32', 'u64'] },
  fputs: { return: 'i32', arguments: ['pointer', 'pointer'] },
} as const;
const AT_QUICK_EXIT = { return: 'i32', arguments: ['u64', 'pointer'] } as const;
const PURGE = { return: 'void', arguments: ['pointer'] } as const;

const CLOCK_MONOTONIC = 1;
/** sigevent(3type): what a timer does when its time has come. */
const [SIGEV_SIGNAL, SIGEV_THREAD] = [0, 2] as const;
/** struct sigevent: its value, the signal, the notification, the function, and room up to 64 bytes. */
const SIGEVENT_BYTES = 64;
const [VALUE_AT, SIGNAL_AT, NOTIFY_AT, FUNCTION_AT] = [0, 8, 12, 16] as const;
const STDOUT = 1;
const FULLY_BUFFERED = 0;
const SIGKILL = 9;
/** How long the line may take to be written; then, and again and again, the process ends without it. */
const AGAIN_MS = 250;
/** So much later the kernel ends the process, should there be no thread left to be had for libc. */
const BY_FORCE_MS = 10_000;

/**
 * Has libc write this line to stdout and end the process with this status after that time, even if all of it hangs in
 * the kernel. No JavaScript runs for that, so that it takes no thread with a heap of its own (10 MB). The line waits in
 * a stream of libc's, which quick_exit(3) flushes before it ends the process: one thread does both, in this order,
 * however late it runs. Returns what calls it off. Throws SourceError where there is no node:ffi or no such function (as
 * in musl), SystemCallError where no timer can be had.
 */
export function endInTime(afterMs: number, line: string, status: number): () => void {
  const { lib, libc, check } = loadLibc(LIBC, 'a time limit is kept');
  const { atQuickExit, purge } = extensions(lib);
  const timerOf = (write: (event: Buffer) => void) => {
    const event = Buffer.alloc(SIGEVENT_BYTES);
    write(event);
    const timer = new BigUint64Array(1);
    check('timer_create', libc.timer_create(CLOCK_MONOTONIC, event, timer));
    return timer[0] ?? 0n;
  };
  const setTime = (timer: bigint, ms: number, againMs: number) => {
    const time = new BigInt64Array([...timespec(againMs), ...timespec(ms)]); // struct itimerspec
    check('timer_settime', libc.timer_settime(timer, 0, time, null));
  };
  const ending = timerOf((event) => {
    event.writeBigUInt64LE(BigInt(status), VALUE_AT);
    event.writeInt32LE(SIGEV_THREAD, NOTIFY_AT);
    event.writeBigUInt64LE(lib.getSymbol('quick_exit'), FUNCTION_AT);
  });
  const killing = timerOf((event) => {
    event.writeInt32LE(SIGKILL, SIGNAL_AT);
    event.writeInt32LE(SIGEV_SIGNAL, NOTIFY_AT);
  });
  // Not the stdout of libc's own, which is flushed at each line on a terminal. fcloseall(3) flushes every stream.
  const stream = libc.fdopen(STDOUT, Buffer.from('w\0'));
  libc.setvbuf(stream, null, FULLY_BUFFERED, 0n);
  libc.fputs(Buffer.from(`${line}\n\0`), stream);
  atQuickExit(lib.getSymbol('fcloseall'), null);
  setTime(ending, afterMs, AGAIN_MS);
  setTime(killing, afterMs + BY_FORCE_MS, 0);
  return () => {
    setTime(ending, 0, 0);
    setTime(killing, 0, 0);
    purge(stream);
  };
}

/** What only glibc has, at least under these names. */
function extensions(lib: DynamicLibrary) {
  try {
    return {
      atQuickExit: lib.getFunction('__cxa_at_quick_exit', AT_QUICK_EXIT),
      purge: lib.getFunction('__fpurge', PURGE),
    };
  } catch (error) {
    throw new SourceError(`a time limit is not kept by this libc (${String(error)}).`);
  }
}

/** struct timespec. */
function timespec(ms: number): [bigint, bigint] {
  const seconds = Math.floor(ms / 1000);
  return [BigInt(seconds), BigInt(Math.round((ms - seconds * 1000) * 1e6))];
}
