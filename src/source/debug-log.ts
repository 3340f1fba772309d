import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { printable } from '../kernel/foreign-text.ts';
import type { Clock } from './clock.ts';
import { errorCode, failureReason } from './read-file.ts';
import { SourceError } from './source-error.ts';
import type { Trace } from './trace.ts';
import { type Whereabouts, whereabouts } from './whereabouts.ts';

/** How long lines are buffered before they are written in one piece. */
const FLUSH_MS = 1000;

/** Where the lines go. */
export interface DebugOutput {
  /** Throws what write(2) throws. */
  append(text: string): void;
  /** Returns what has become of the file. */
  close(): Whereabouts;
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

  /** Why some or all lines are missing, in words; undefined: none are. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Adds a line; further ones of the same text are indented below it. */
  readonly trace: Trace = (what, from) => {
    if (this.#isOver()) return;
    const { thread, atMs } = from ?? { thread: 'main', atMs: this.#clock.nowMs() };
    const lines = what.split('\n').map(printable).join('\n    ');
    if (this.#pending === '') void this.#flushLater();
    this.#pending += `${new Date(atMs).toISOString()} ${thread} ${lines}\n`;
  };

  /** Writes what is still buffered, and ends. May be called again. */
  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#flush();
    const end = this.#output.close();
    if (end !== 'there') this.#problem ??= `its file was ${end} meanwhile`;
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
 * A file to append lines to. A new one is readable only by its owner, since it contains addresses and process names.
 * Throws SourceError if it cannot be written, exists but is not text, or is not a regular file: lines in a terminal
 * would disturb the view, and a pipe could block it.
 */
export function debugFile(path: string): DebugOutput {
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  const refuse = (reason: string): never => {
    throw new SourceError(`cannot write the debug log to ${printable(path)}: ${reason}.`);
  };
  let file: number;
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o600);
  } catch (error) {
    return refuse(refusal(error));
  }
  const problem = fstatSync(file).isFile() ? contentProblem(file) : NO_FILE;
  if (problem !== undefined) {
    closeSync(file);
    refuse(problem);
  }
  return {
    append(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    },
    close() {
      const end = whereabouts(file, path);
      closeSync(file);
      return end;
    },
  };
}

/** Bytes to read to tell whether a file is text. */
const LOOKED_AT_BYTES = 4096;

/**
 * Why lines must not be appended to a file; undefined if it is text. Other files have control characters, such as a
 * recording, which may be the one that is replayed.
 */
function contentProblem(file: number): string | undefined {
  const start = Buffer.alloc(LOOKED_AT_BYTES);
  const text = start.toString('latin1', 0, readSync(file, start, 0, start.length, 0));
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
    ? 'it exists and is not a text file'
    : undefined;
}

const NO_FILE = 'it is not a regular file';

function refusal(error: unknown): string {
  // ENXIO: a named pipe without a reader, or a socket. EISDIR: a directory.
  return ['ENXIO', 'EISDIR'].includes(errorCode(error) ?? '') ? NO_FILE : failureReason(error);
}
