import { randomBytes } from 'node:crypto';
import { AnswerError } from '../../kernel/elsewhere/answer.ts';
import { AnswerCollector } from '../../kernel/elsewhere/answer-collector.ts';
import { firstLine, requestLine, type Wanted } from '../../kernel/elsewhere/shell-script.ts';
import type { Clock } from '../clock.ts';
import { LinkError, troubleText } from './link-trouble.ts';
import { ShellProcess } from './shell-process.ts';
import type { ViaCommand } from './via-command.ts';

/** How long to wait, in ms. */
export interface LinkLimits {
  /** For the shell to answer for the first time. */
  readonly connectMs: number;
  /** For the next byte of an answer. */
  readonly stallMs: number;
  /** For a whole answer. */
  readonly answerMs: number;
}

export const LINK_LIMITS: LinkLimits = { connectMs: 20_000, stallMs: 10_000, answerMs: 60_000 };

/** A whole answer, not looked into. */
export interface RawAnswer {
  readonly bytes: Uint8Array;
  readonly nonce: string;
  readonly wanted: Wanted;
  /** Unix time here when it was asked for, in ms. */
  readonly takenAtMs: number;
  /** Until all of it had come. */
  readonly tookMs: number;
}

/** What is waited for. */
interface Expected {
  readonly collector: AnswerCollector;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** How often a silent link is looked at; a time limit is counted in such looks, as this program may have been stopped. */
const LOOK_MS = 250;

/** A shell elsewhere that answers requests with the files of its procfs, one after another. */
export class ShellLink {
  readonly #process: ShellProcess;
  readonly #clock: Clock;
  #expected: Expected | undefined;
  #ended: string | undefined;
  #silentMs = 0;

  private constructor(command: ViaCommand, clock: Clock) {
    this.#clock = clock;
    this.#process = new ShellProcess(command, {
      data: (chunk) => this.#take(chunk),
      end: (clause) => {
        const isCut = this.#expected?.collector.hasBegun === true;
        this.#fail(isCut ? `${clause} in the middle of an answer` : clause);
      },
    });
  }

  /** Starts the command and waits for the shell. Rejects with LinkError; the command is ended then, and with the signal. */
  static async open(
    command: ViaCommand,
    clock: Clock,
    signal: AbortSignal | undefined,
    { connectMs }: LinkLimits = LINK_LIMITS,
  ): Promise<ShellLink> {
    const link = new ShellLink(command, clock);
    const nonce = newNonce();
    // The begin mark is all that comes.
    const collector = new AnswerCollector(nonce, 'ready\n', 'ready\n');
    await link.#expect(
      collector,
      firstLine(nonce),
      { stallMs: connectMs, answerMs: connectMs },
      signal,
    );
    return link;
  }

  /** Asks for an answer. Rejects with LinkError where none comes, and with AnswerError where it is none. */
  async ask(
    wanted: Wanted,
    signal: AbortSignal | undefined,
    limits: Omit<LinkLimits, 'connectMs'> = LINK_LIMITS,
  ): Promise<RawAnswer> {
    const nonce = newNonce();
    const takenAtMs = this.#clock.nowMs();
    const startedMs = this.#clock.monotonicMs();
    const collector = new AnswerCollector(nonce);
    const bytes = await this.#expect(collector, requestLine(nonce, wanted), limits, signal);
    const tookMs = this.#clock.monotonicMs() - startedMs;
    return { bytes, nonce, wanted, takenAtMs, tookMs };
  }

  /** Ends the command at once. */
  kill(): void {
    this.#fail('was ended');
  }

  async #expect(
    collector: AnswerCollector,
    line: string,
    { stallMs, answerMs }: Omit<LinkLimits, 'connectMs'>,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    if (this.#ended !== undefined) throw new LinkError(this.#ended);
    const end = new AbortController();
    try {
      const answer = new Promise<Uint8Array>((resolve, reject) => {
        this.#expected = { collector, resolve, reject };
      });
      const abort = () => this.#fail('was ended');
      signal?.addEventListener('abort', abort, { signal: end.signal });
      if (signal?.aborted === true) abort();
      this.#process.write(line);
      void this.#watch({ stallMs, answerMs }, end.signal);
      return await answer;
    } finally {
      end.abort();
      this.#expected = undefined;
    }
  }

  /** Ends a link on which nothing comes for too long, or no end of it. Noise is nothing. */
  async #watch(
    { stallMs, answerMs }: Omit<LinkLimits, 'connectMs'>,
    end: AbortSignal,
  ): Promise<void> {
    const { collector } = this.#expected ?? {};
    this.#silentMs = 0;
    for (let waitedMs = 0; ; waitedMs += LOOK_MS, this.#silentMs += LOOK_MS) {
      if (this.#silentMs >= stallMs)
        return this.#fail(
          collector?.hasBegun === true
            ? `has sent nothing for ${seconds(stallMs)}, in the middle of an answer`
            : `sends no answer for ${seconds(stallMs)}`,
        );
      if (waitedMs >= answerMs)
        return this.#fail(`has not sent an answer within ${seconds(answerMs)}`);
      await this.#clock.sleep(LOOK_MS, end);
      if (end.aborted) return;
    }
  }

  #take(chunk: Uint8Array): void {
    const expected = this.#expected;
    // Nothing was asked for.
    if (expected === undefined) return;
    try {
      const bytes = expected.collector.push(chunk);
      if (expected.collector.hasBegun) this.#silentMs = 0;
      if (bytes === undefined) return;
      this.#process.forgetWords();
      expected.resolve(bytes);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      this.#fail(`is of no use, as ${error.message}`);
    }
  }

  #fail(clause: string): void {
    if (this.#ended !== undefined) return;
    const { collector, reject } = this.#expected ?? {};
    const noise = new TextDecoder().decode(collector?.noise);
    const text = troubleText(clause, { stderr: this.#process.stderr, noise });
    this.#ended = text;
    this.#process.kill();
    reject?.(new LinkError(text, collector?.hasBegun));
  }
}

function newNonce(): string {
  return randomBytes(16).toString('hex');
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
