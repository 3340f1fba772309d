import { closeSync, fdatasync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Clock } from '../source/clock.ts';
import { FileRemovedError, type Whereabouts, whereabouts } from '../source/whereabouts.ts';
import { MOST_SAMPLES, MOST_TEXT, packMember, packRecordingHeader } from './format.ts';
import type { RecordedLine } from './sample-codec.ts';

/** The output of a recording. Its functions throw what the system calls throw. */
export interface RecordingOutput {
  /** True if it writes the header of a recording itself; `append` then gets one member at a time. */
  readonly hasHeaders?: boolean;
  /** Adds all of these bytes, or none. Throws FileRemovedError if the file was removed. */
  append(bytes: Buffer): void;
  /** Returns what has become of the file. */
  end(): Whereabouts;
}

/** Lines are written to the file within this time. */
const FLUSH_MS = 1000;

/** Writes lines, one member a second. It buffers one second of lines, a few megabytes at most. */
export class RecordingWriter {
  readonly #output: RecordingOutput;
  readonly #clock: Clock;
  readonly #version: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #stop = new AbortController();
  #pending: RecordedLine[] = [];
  #pendingText = 0;
  #samples = 0;
  #bytes = 0;
  #ended = false;
  #whereabouts: Whereabouts = 'there';

  /** Calls `onFailure` once with the reason when nothing more can be written; what was written stays. */
  constructor(
    output: RecordingOutput,
    clock: Clock,
    version: string,
    onFailure: (error: unknown) => void,
  ) {
    this.#output = output;
    this.#clock = clock;
    this.#version = version;
    this.#onFailure = onFailure;
  }

  /** Samples written so far. */
  get samples(): number {
    return this.#samples;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What had become of its file when it ended. */
  get whereabouts(): Whereabouts {
    return this.#whereabouts;
  }

  /** True if the next line begins a member: it should be a keyframe, for what is damaged is then lost alone. */
  get isAtStart(): boolean {
    return this.#pending.length === 0;
  }

  push(line: RecordedLine): void {
    if (this.#ended) return;
    // A whole sample is to be found, so that a member begins with it.
    const isFull =
      this.#pendingText + line.text.length > MOST_TEXT || this.#pending.length >= MOST_SAMPLES;
    if (line.isKeyframe || isFull) this.flush();
    this.#pending.push(line);
    this.#pendingText += line.text.length;
    if (this.#pending.length === 1) void this.#flushLater();
  }

  /** Writes what is still buffered. */
  flush(): void {
    const [first] = this.#pending;
    const last = this.#pending.at(-1);
    if (this.#ended || first === undefined || last === undefined) return;
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingText = 0;
    this.#attempt(() => {
      const times = { firstAtMs: first.takenAtMs, lastAtMs: last.takenAtMs };
      const texts = lines.map(({ text }) => text);
      const member = packMember(texts, { isKeyframe: first.isKeyframe, ...times });
      const needsHeader = this.#bytes === 0 && this.#output.hasHeaders !== true;
      const header = needsHeader ? [packRecordingHeader(this.#version)] : [];
      const bytes = Buffer.concat([...header, member]);
      this.#output.append(bytes);
      this.#bytes += bytes.length;
      this.#samples += lines.length;
    });
  }

  /** Writes what is still buffered, and ends. */
  end(): void {
    this.flush();
    if (this.#ended) return;
    this.#close();
    if (this.#whereabouts === 'removed') this.#onFailure(new FileRemovedError());
  }

  async #flushLater(): Promise<void> {
    const first = this.#pending[0];
    await this.#clock.sleep(FLUSH_MS, this.#stop.signal);
    // They may have been written meanwhile, with those that came after.
    if (this.#pending[0] === first) this.flush();
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#close();
      this.#onFailure(error);
    }
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop.abort();
    this.#whereabouts = this.#output.end();
  }
}

/** Adds all of these bytes at the end of a file of this length, or none. Returns how many. Throws what write(2) throws. */
export function appendWhole(file: number, bytes: Buffer, length: number): number {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, undefined, length + at);
    return bytes.length;
  } catch (error) {
    // Removes the half-written piece on a full disk.
    ftruncateSync(file, length);
    throw error;
  }
}

/**
 * Creates a file for a recording, readable by its owner only; removes it if nothing is written. Throws what open(2)
 * throws, EEXIST if the file exists.
 */
export function recordingFile(path: string): RecordingOutput {
  const file = openSync(path, 'wx', 0o600);
  let length = 0;
  let isSyncing = false;
  let isEnded = false;
  let lost: NodeJS.ErrnoException | null = null;
  const close = () => closeSync(file);
  return {
    append(bytes) {
      // Some file systems find out late.
      if (lost !== null) throw lost;
      if (whereabouts(file, path) === 'removed') throw new FileRemovedError();
      length += appendWhole(file, bytes, length);
      if (isSyncing) return;
      // Flushed, to survive a crash of the machine. Not awaited, because a slow disk must not block the screen.
      isSyncing = true;
      fdatasync(file, (error) => {
        isSyncing = false;
        if (['EIO', 'ENOSPC', 'EDQUOT'].includes(error?.code ?? '')) lost = error;
        if (isEnded) close();
      });
    },
    end() {
      isEnded = true;
      const end = whereabouts(file, path);
      if (!isSyncing) close();
      // Another file may have its name by now.
      if (length === 0 && end === 'there') rmSync(path, { force: true });
      return end;
    },
  };
}
