import { loadLibc } from './libc.ts';

const LIBC = {
  timer_create: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
  timer_settime: { return: 'i32', arguments: ['u64', 'i32', 'pointer', 'pointer'] },
} as const;

const CLOCK_MONOTONIC = 1;
/** sigevent(3type): when the time has come, a function is called, in a thread of libc's. */
const SIGEV_THREAD = 2;
/** struct sigevent: its value, the notification, the function, and room up to 64 bytes. */
const SIGEVENT_BYTES = 64;
const [VALUE_AT, NOTIFY_AT, FUNCTION_AT] = [0, 12, 16] as const;
/** Between the calls of an ending, so that they come in order. */
const STEP_MS = 20;

/**
 * Has libc write this line to stdout and end the process with this status after that time, even if all of it hangs in
 * the kernel. No JavaScript runs for that, so that it takes no thread with a heap of its own (10 MB): the functions that
 * the timers of timer_create(2) call are libc's. Returns what calls it off. Throws SourceError where there is no
 * node:ffi or no such function, SystemCallError where no timer can be had.
 */
export function endInTime(afterMs: number, line: string, status: number): () => void {
  const { ffi, lib, libc, check } = loadLibc(LIBC, 'a time limit is kept');
  const text = Buffer.from(`${line}\0`);
  const setTime = (timer: bigint, ms: number) => {
    const [seconds, nanoseconds] = [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
    const time = new BigInt64Array([0n, 0n, BigInt(seconds), BigInt(nanoseconds)]); // struct itimerspec
    check('timer_settime', libc.timer_settime(timer, 0, time, null));
  };
  const callAfter = (ms: number, name: string, argument: bigint) => {
    const event = Buffer.alloc(SIGEVENT_BYTES);
    event.writeBigUInt64LE(argument, VALUE_AT);
    event.writeInt32LE(SIGEV_THREAD, NOTIFY_AT);
    event.writeBigUInt64LE(lib.getSymbol(name), FUNCTION_AT);
    const timer = new BigUint64Array(1);
    check('timer_create', libc.timer_create(CLOCK_MONOTONIC, event, timer));
    setTime(timer[0] ?? 0n, ms);
    return timer[0] ?? 0n;
  };
  // The stdout of libc's stdio is not Node's: nothing else is in it.
  const timers = [
    callAfter(afterMs, 'puts', ffi.getRawPointer(text)),
    callAfter(afterMs + STEP_MS, 'fflush', 0n),
    callAfter(afterMs + 2 * STEP_MS, 'quick_exit', BigInt(status)),
  ];
  return () => {
    for (const timer of timers) setTime(timer, 0);
    // The line stays in memory for as long as it may be written.
    text.fill(0);
  };
}
