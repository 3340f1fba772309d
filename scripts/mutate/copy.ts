/** A copy of the checkout in which a runner may change files. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RunnerAnswer, RunnerOrder } from './protocol.ts';

const COPIED = ['src', 'test', 'scripts', 'package.json', 'vitest.config.ts', 'tsconfig.json'];

/** A runner ends after this many mutants, because it never frees what it has loaded. */
const MUTANTS_PER_RUNNER = 100;

/** Runs the tests for one mutant after another, in a copy of its own. */
export class MutantRunner {
  readonly #root = mkdtempSync(join(tmpdir(), 'ephtop-mutate-'));
  #child: ChildProcess | undefined;
  #asked = 0;

  constructor(checkout: string) {
    for (const name of COPIED)
      cpSync(join(checkout, name), join(this.#root, name), { recursive: true });
    symlinkSync(join(checkout, 'node_modules'), join(this.#root, 'node_modules'));
  }

  /** What the tests say. Where the runner ended by itself they are stuck. */
  async ask(order: RunnerOrder, original: string): Promise<RunnerAnswer> {
    if (++this.#asked % MUTANTS_PER_RUNNER === 0) await this.#end();
    const child = (this.#child ??= await this.#start());
    const ended = new AbortController();
    const abort = () => ended.abort();
    child.once('exit', abort);
    child.send(order);
    try {
      const [answer] = (await once(child, 'message', { signal: ended.signal })) as [RunnerAnswer];
      if (answer.isStuck) await this.#end();
      return answer;
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      this.#child = undefined;
      // The runner could not put the file back.
      writeFileSync(join(this.#root, order.file), original);
      return { noticed: true, isStuck: true };
    } finally {
      child.off('exit', abort);
    }
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(join(this.#root, 'scripts/mutate/runner.ts'), {
      cwd: this.#root,
      // A test that prints must not end up in the report.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return child;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.#end();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
