import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const running = new Set<LineProcess>();

/** Kills all that still run. */
export function endLineProcesses(): void {
  for (const process of running) process[Symbol.dispose]();
}

/** A program that answers lines with lines; it is killed when disposed of. */
export class LineProcess implements Disposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, void>;
  readonly #name: string;

  constructor(command: string, args: readonly string[]) {
    this.#name = command.split('/').at(-1) ?? command;
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    running.add(this);
    void once(child, 'close').finally(() => running.delete(this));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} did not start`);
    return this.#child.pid;
  }

  /** The next line that it prints. Rejects when it has ended. */
  async nextLine(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error(`${this.#name} ended before it answered`);
    return next.value;
  }

  /** Sends an empty line and waits for the next one. */
  ask(): Promise<string> {
    this.#child.stdin?.write('\n');
    return this.nextLine();
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
