/** The first samples are taken, and their frames drawn, by then. */
const STARTED_AFTER_MS = 2000;

/** Sets a flag of V8, for all threads. node:v8 is loaded here only: with it come Node's streams. */
export function setFlag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}

/**
 * Has V8 compile with its fast optimizing compiler only, Maglev, until the program has started: what TurboFan compiles meanwhile
 * keeps the sampling thread and the main thread from their first frame. Holds for all threads: call it before they are started.
 *
 * TurboFan is left no function to compile; it is not switched off (--no-opt). Else Maglev would take itself for the last
 * compiler, and its code would not ask for another one: what is hot from the start would be slow for good.
 */
export function startWithoutSlowCompiler(startedAfterMs = STARTED_AFTER_MS): void {
  setFlag('--turbo-filter=~');
  setTimeout(() => setFlag('--turbo-filter=*'), startedAfterMs).unref();
}
