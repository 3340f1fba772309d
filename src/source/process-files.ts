import { type ForeignText, rawText } from '../kernel/foreign-text.ts';
import { opendirSync, readlinkSync } from 'node:fs';
import {
  isKernelThread,
  parseStartTime,
  parseCommand,
  parseOpenFilesLimits,
  parsePid,
  parseSocketLink,
} from '../kernel/proc-pid.ts';
import type { OpenFiles } from '../kernel/socket-owners.ts';
import type { ProcRoot } from './proc-root.ts';
import { errorCode, isForbidden, readText } from './read-file.ts';

/** Result of reading a process's files. A kernel thread has none; a process may exit at any time. */
export type ProcessOutcome = 'seen' | 'refused' | 'ended' | 'kernel thread';

/** Work in small steps, so that its caller can stop at any of them. */
export type Steps<Result> = Generator<void, Result, void>;

/** Directory entries per step. Each takes about 5 µs; smaller steps would double that. */
const ENTRIES_PER_STEP = 32;
/** Entries that Node fetches at once. */
const ENTRIES_PER_READ = 128;

/** The processes in a procfs: pids, names and sockets. A process that has exited is not an error. */
export class ProcessFiles {
  readonly #proc: ProcRoot;
  readonly #only: (() => readonly number[]) | undefined;

  /** `only`: the processes to know of, ascending; default: all. */
  constructor(proc: ProcRoot, only?: () => readonly number[]) {
    this.#proc = proc;
    this.#only = only;
  }

  /** The pids of all processes that are visible here, ascending. */
  *pids(): Steps<number[]> {
    if (this.#only !== undefined) return [...this.#only()];
    const pids: number[] = [];
    try {
      yield* eachEntry(this.#proc.path('.'), (name) => {
        const pid = parsePid(name);
        if (pid !== undefined) pids.push(pid);
      });
    } catch (error) {
      // If it cannot be listed, there are no processes to search.
      if (errorCode(error) === undefined) throw error;
    }
    return pids.toSorted((a, b) => a - b);
  }

  /** Calls `visit` with the inode of each socket that the process holds, and `eachFile` for each file. */
  *sockets(
    pid: number,
    visit: (inode: number) => void,
    eachFile: () => void = () => {},
  ): Steps<ProcessOutcome> {
    const directory = this.#proc.path(`${pid}/fd`);
    try {
      yield* eachEntry(directory, (name) => {
        eachFile();
        const inode = socketAt(`${directory}/${name}`);
        if (inode !== undefined) visit(inode);
      });
      return 'seen';
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      if (!isForbidden(error)) return 'ended';
      return this.#isKernelThread(pid) ? 'kernel thread' : 'refused';
    }
  }

  /** The name of a process; undefined: it has ended. */
  command(pid: number): ForeignText | undefined {
    const text = this.#text(`${pid}/comm`);
    return text === undefined ? undefined : parseCommand(text);
  }

  /** How many files a process may have open; undefined: not known. */
  openFilesLimits(pid: number): Omit<OpenFiles, 'open'> | undefined {
    const text = this.#text(`${pid}/limits`);
    return text === undefined ? undefined : parseOpenFilesLimits(text);
  }

  /** When it was started, in clock ticks since boot; undefined: it has ended, or its `stat` cannot be read. */
  startTime(pid: number): number | undefined {
    const stat = this.#text(`${pid}/stat`);
    return stat === undefined ? undefined : parseStartTime(stat);
  }

  #isKernelThread(pid: number): boolean {
    const stat = this.#text(`${pid}/stat`);
    return stat !== undefined && isKernelThread(stat);
  }

  #text(relative: string): string | undefined {
    try {
      return rawText(readText(this.#proc.path(relative)));
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return undefined;
    }
  }
}

/** Visits the names in a directory bit by bit: a proxy's /proc/PID/fd may have a hundred thousand. */
function* eachEntry(path: string, visit: (name: string) => void): Steps<void> {
  const directory = opendirSync(path, { bufferSize: ENTRIES_PER_READ });
  try {
    let visited = 0;
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      visit(entry.name);
      if (++visited % ENTRIES_PER_STEP === 0) yield;
    }
  } finally {
    directory.closeSync();
  }
}

/** The inode of a file descriptor's socket; undefined: not a socket, or closed meanwhile. */
function socketAt(path: string): number | undefined {
  try {
    return parseSocketLink(readlinkSync(path));
  } catch (error) {
    // Without CAP_SYS_PTRACE root may list another user's files and not read them.
    if (isForbidden(error)) throw error;
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
