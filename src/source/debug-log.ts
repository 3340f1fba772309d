import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { escapeControl } from '../kernel/parse-error.ts';
import type { Clock } from './clock.ts';
import { errorCode, failureReason } from './read-file.ts';
import { SourceError } from './source-error.ts';
import type { Trace } from './trace.ts';

/** Lines are held back so long, and then written in one piece. */
const FLUSH_MS = 1000;

/** Where the lines go. */
export interface DebugOutput {
  /** Throws what write(2) throws. */
  append(text: string): void;
  close(): void;
}

/** Lines of what the program does, on their way into a file: time, thread and what, safe to print. */
export class DebugLog {
  readonly #output: DebugOutput;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #pending = '';
  #problem: string | undefined;

  constructor(output: DebugOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  /** Why lines are missing, in words; undefined: none are. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Adds a line; further ones of the same text are indented below it. */
  readonly trace: Trace = (what, from) => {
    if (this.#isOver()) return;
    const { thread, atMs } = from ?? { thread: 'main', atMs: this.#clock.nowMs() };
    const lines = what.split('\n').map(escapeControl).join('\n    ');
    if (this.#pending === '') void this.#flushLater();
    this.#pending += `${new Date(atMs).toISOString()} ${thread} ${lines}\n`;
  };

  /** Writes what is still held, and ends. May be called again. */
  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#flush();
    this.#output.close();
  }

  #isOver(): boolean {
    return this.#ended.signal.aborted || this.#problem !== undefined;
  }

  async #flushLater(): Promise<void> {
    await this.#clock.sleep(FLUSH_MS, this.#ended.signal);
    this.#flush();
  }

  #flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    try {
      this.#output.append(text);
    } catch (error) {
      // What is watched matters more than how.
      this.#problem = failureReason(error);
    }
  }
}

/**
 * A file that lines are added to, and only its owner may read if it is new: it has addresses and names of
 * processes. Throws SourceError where it cannot be written, and for what is no file: lines in a terminal would be
 * in the way of the view, and a pipe can hold it up.
 */
export function debugFile(path: string): DebugOutput {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  const refuse = (reason: string): never => {
    throw new SourceError(`cannot write the debug log to ${escapeControl(path)}: ${reason}.`);
  };
  let file: number;
  try {
    file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o600);
  } catch (error) {
    return refuse(refusal(error));
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    refuse(NO_FILE);
  }
  return {
    append(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    },
    close: () => closeSync(file),
  };
}

const NO_FILE = 'it is no regular file';

function refusal(error: unknown): string {
  // A named pipe that nobody reads, a socket; a directory.
  return ['ENXIO', 'EISDIR'].includes(errorCode(error) ?? '') ? NO_FILE : failureReason(error);
}
