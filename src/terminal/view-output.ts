import { fstatSync, writeSync } from 'node:fs';
import { onExit } from 'signal-exit';
import { openNonBlocking, sleep, unlessItWaits } from './non-blocking.ts';
import { leaveLastWords } from './last-words.ts';
import { Output } from './output.ts';

/** What a package of Ink's writes to stderr at the end; in a file, nothing but sentences is of use. */
const SHOW_CURSOR = '\x1b[?25h';

/** What a view writes to. */
export interface ViewOutput {
  readonly output: Output;
  /** The terminal is another's from now on: waits for the last words, a second at most, and leaves them then. */
  readonly end: () => void;
}

/**
 * Has all that is written to the terminal on stdout, and to stderr where that is one, wait for the terminal instead of
 * making the process wait. The last words are waited for, however the process ends. For one view.
 */
export function openViewOutput(): ViewOutput {
  const { stdout, stderr } = process;
  // Not at once: the process may be ending already.
  const output = openOutput(stdout.fd, (error) =>
    process.nextTick(() => stdout.emit('error', error)),
  );
  let isEnding = false;
  const begin = () => {
    if (!isEnding) output.forget();
    isEnding = true;
  };
  const end = () => {
    isEnding = true;
    output.finish();
  };
  // Registered before whatever gives the terminal back.
  onExit(begin);
  process.once('exit', begin);
  onExit(end, { alwaysLast: true });
  if (stderr.isTTY) {
    const isSame = fstatSync(stderr.fd).rdev === fstatSync(stdout.fd).rdev;
    const errors = isSame ? output : openOutput(stderr.fd, () => {});
    // Sentences, Node's warnings, and the cursor that a package of Ink's shows at the end.
    stderr.write = (chunk: string | Uint8Array, ...others: unknown[]) => {
      errors.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      if (isEnding) errors.finish();
      const written = others.at(-1);
      if (typeof written === 'function') queueMicrotask(() => written());
      return true;
    };
  } else {
    const write = stderr.write.bind(stderr) as (...given: unknown[]) => boolean;
    stderr.write = (...given: unknown[]) => given[0] === SHOW_CURSOR || write(...given);
  }
  return { output, end };
}

function openOutput(fd: number, onError: (error: unknown) => void): Output {
  const terminal = openedAnew(fd);
  return new Output({
    write: (bytes) => unlessItWaits(() => writeSync(terminal, bytes)),
    onError,
    now: () => performance.now(),
    sleep,
    leave: (bytes) => leaveLastWords(fd, bytes),
  });
}

/** Where that is forbidden, the terminal as it was inherited, which makes whoever writes wait. */
function openedAnew(fd: number): number {
  try {
    return openNonBlocking(fd, 'write');
  } catch {
    return fd;
  }
}
