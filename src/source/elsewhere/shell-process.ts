import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { ForeignText } from '../../kernel/foreign-text.ts';
import { failureReason } from '../read-file.ts';
import type { ViaCommand } from './via-command.ts';

/** What is kept of stderr, in bytes. */
const KEPT_STDERR = 2048;
/** What a command that has ended wrote before comes within this time; ssh's ControlPersist keeps the streams open. */
const LAST_WORDS_MS = 200;

/** Calls back with what happens to a command. */
export interface ProcessListener {
  /** What it writes to stdout. */
  readonly data: (chunk: Uint8Array) => void;
  /** It has ended, or could not be started: a clause about it. */
  readonly end: (clause: string) => void;
}

const running = new Set<ShellProcess>();

/** Ends every command that was started here, with its group, at once. */
export function killShells(): void {
  for (const each of running) each.kill();
}

/** A command that runs a shell elsewhere; started without a shell, and without a terminal, in a group of its own. */
export class ShellProcess {
  /** Undefined: it could not be started. */
  readonly #child: ChildProcessWithoutNullStreams | undefined;
  #stderr = Buffer.alloc(0);
  #isOver = false;

  constructor(command: ViaCommand, { data, end }: ProcessListener) {
    const over = (clause: string) => {
      if (this.#isOver) return;
      this.kill();
      end(clause);
    };
    const unstarted = (error: unknown) => over(`cannot be started: ${failureReason(error)}`);
    this.#child = started(command, unstarted);
    if (this.#child === undefined) return;
    running.add(this);
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.#isOver) data(chunk);
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-KEPT_STDERR);
    });
    // Its exit says more than a pipe that broke.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
    this.#child.on('exit', (status, signal) => {
      const clause = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
      const timer = setTimeout(() => over(clause), LAST_WORDS_MS);
      stdout.once('end', () => {
        clearTimeout(timer);
        // stderr may come behind it.
        setImmediate(() => over(clause));
      });
    });
  }

  /** Forgets what it wrote to stderr: it answers, so that a banner of before will be no reason for what happens later. */
  forgetWords(): void {
    this.#stderr = Buffer.alloc(0);
  }

  /** The end of what it wrote to stderr. */
  get stderr(): ForeignText {
    return this.#stderr.toString('utf8');
  }

  write(text: string): void {
    if (!this.#isOver) this.#child?.stdin.write(text);
  }

  /** Ends it with its group. What it still writes is lost. */
  kill(): void {
    this.#isOver = true;
    running.delete(this);
    if (this.#child === undefined) return;
    const { pid, stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    this.#child.unref();
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended; or it is root's (sudo), and ends with its input.
    }
  }
}

/**
 * The command, started; undefined where it cannot be. `unstarted` hears why, later on: Node tells a few errors by an event
 * (EACCES, EAGAIN, EMFILE, ENFILE, ENOENT), with no streams where there is no descriptor for them, and throws all others.
 */
function started(
  { words: [program, ...args] }: ViaCommand,
  unstarted: (error: unknown) => void,
): ChildProcessWithoutNullStreams | undefined {
  try {
    // In a session of its own nothing can ask for a password on this terminal, nor does Ctrl-C reach it.
    const child: ChildProcess = spawn(program, args, {
      stdio: 'pipe',
      detached: true,
      env: { ...process.env, SSH_ASKPASS_REQUIRE: 'never' },
    });
    child.on('error', unstarted);
    return hasStreams(child) ? child : undefined;
  } catch (error) {
    setImmediate(unstarted, error);
    return undefined;
  }
}

function hasStreams(child: ChildProcess): child is ChildProcessWithoutNullStreams {
  return [child.stdin, child.stdout, child.stderr].every((stream) => stream?.on !== undefined);
}
