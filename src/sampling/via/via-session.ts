import { AnswerError } from '../../kernel/elsewhere/answer.ts';
import type { Wanted } from '../../kernel/elsewhere/shell-script.ts';
import type { Sample } from '../../model/sample/sample.ts';
import { type Clock, systemClock } from '../../source/clock.ts';
import { LinkError } from '../../source/elsewhere/link-trouble.ts';
import { LINK_LIMITS, type LinkLimits, ShellLink } from '../../source/elsewhere/shell-link.ts';
import { programOf, quotedCommand, type ViaCommand } from '../../source/elsewhere/via-command.ts';
import { SourceError } from '../../source/source-error.ts';
import type { Trace } from '../../source/trace.ts';
import { pauseMs, ViaPace } from './via-pace.ts';
import { type ParsedAnswer, startViaParser, type ViaParser } from './via-parser.ts';

/** How to sample elsewhere. */
export interface ViaSettings {
  readonly intervalMs: number;
  /** Share of one core, 0–1, that this process may use here, and the shell there. */
  readonly cpuBudget: number;
  /** Maximum number of groups, as in SamplerSettings. */
  readonly mostGroups?: number | undefined;
}

/** What a source of this kind needs of the world, and whom it tells. */
export interface ViaWorld {
  readonly trace?: Trace | undefined;
  /** Called when the link is lost, with the reason in a sentence, and with undefined when it is back. */
  readonly onTrouble?: ((sentence: string | undefined) => void) | undefined;
  readonly clock?: Clock;
  readonly limits?: LinkLimits;
  readonly startParser?: typeof startViaParser;
}

/** Names and sysctls are asked for this often. */
const EVERYTHING_MS = 5000;
/** What has not worked until then will not. */
const FIRST_SAMPLE_MS = 25_000;
const TOO_LATE = `has sent no whole answer within ${FIRST_SAMPLE_MS / 1000} s: the link is too slow, or stalls`;
/** How often a first answer that was cut is asked for again, of a new link. */
const MOST_CUT = 2;
/** How often a damaged answer is asked for again over the same link. */
const MOST_DAMAGED = 2;

/** The samples of one command, over one link after another. */
export class ViaSession {
  readonly #command: ViaCommand;
  readonly #world: ViaWorld;
  readonly #clock: Clock;
  readonly #limits: LinkLimits;
  readonly #pace: ViaPace;
  readonly #parser: ViaParser;
  readonly #startedMs: number;
  #link: ShellLink | undefined;
  /** Monotonic time of the last request. */
  #askedMs = -Infinity;
  #everythingMs = -Infinity;
  #cpuThereMs: number | undefined;
  /** Interval that keeps the CPU budget here. */
  #neededHereMs = 0;
  #hasWorked = false;
  #failures = 0;
  #damaged = 0;

  constructor(command: ViaCommand, settings: ViaSettings, world: ViaWorld) {
    const { cpuBudget, mostGroups } = settings;
    this.#command = command;
    this.#world = world;
    this.#clock = world.clock ?? systemClock;
    this.#limits = world.limits ?? LINK_LIMITS;
    this.#pace = new ViaPace(cpuBudget);
    const { startParser = startViaParser } = world;
    this.#parser = startParser({ command, mostGroups, cpuBudget }, world.trace);
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** The next sample; undefined when the signal is aborted. Rejects with SourceError where the first does not come. */
  async next(askedMs: number, signal: AbortSignal | undefined): Promise<Sample | undefined> {
    const isAborted = () => signal?.aborted === true;
    while (!isAborted()) {
      try {
        return await this.#attempt(askedMs, signal);
      } catch (error) {
        if (isAborted()) return undefined;
        const isDamaged = error instanceof AnswerError;
        if (!isDamaged && !(error instanceof LinkError)) throw error;
        await this.#afterFailure(error, signal);
      }
    }
    return undefined;
  }

  async end(): Promise<void> {
    this.#link?.kill();
    await this.#parser.end();
  }

  async #attempt(askedMs: number, signal: AbortSignal | undefined): Promise<Sample | undefined> {
    const limits = this.#currentLimits();
    if (this.#link === undefined) {
      this.#world.trace?.(`via: starting ${quotedCommand(this.#command)}`);
      this.#link = await ShellLink.open(this.#command, this.#clock, signal, limits);
      this.#everythingMs = -Infinity;
      this.#cpuThereMs = undefined;
    } else if (this.#damaged === 0) {
      await this.#rest(askedMs, signal);
      if (signal?.aborted === true) return undefined;
    }
    const nowMs = this.#clock.monotonicMs();
    const wanted: Wanted = nowMs - this.#everythingMs >= EVERYTHING_MS ? 'everything' : 'changing';
    this.#askedMs = nowMs;
    const answer = await this.#link.ask(wanted, signal, this.#currentLimits());
    const { tookMs } = answer;
    const bytes = answer.bytes.length;
    const parsed = await this.#parser.parse(answer);
    if (wanted === 'everything') this.#everythingMs = nowMs;
    this.#worked(tookMs, bytes, parsed);
    return this.#withPacing(askedMs, parsed);
  }

  /** Before there was a sample there is not much time. */
  #currentLimits(): LinkLimits {
    if (this.#hasWorked) return this.#limits;
    const leftMs = this.#leftMs();
    const { connectMs, stallMs, answerMs } = this.#limits;
    return {
      connectMs: Math.min(connectMs, leftMs),
      stallMs: Math.min(stallMs, leftMs),
      answerMs: Math.min(answerMs, leftMs),
    };
  }

  /** Time that is left for the first sample. */
  #leftMs(): number {
    return Math.max(0, FIRST_SAMPLE_MS - (this.#clock.monotonicMs() - this.#startedMs));
  }

  /** Waits until it is time for the next request; a change of the interval is noticed within a second. */
  async #rest(askedMs: number, signal: AbortSignal | undefined): Promise<void> {
    const dueMs = this.#askedMs + this.#intervalMs(askedMs);
    await this.#clock.sleep(Math.max(0, dueMs - this.#clock.monotonicMs()), signal);
  }

  #intervalMs(askedMs: number): number {
    return this.#pace.intervalMs(Math.max(askedMs, this.#neededHereMs));
  }

  #worked(tookMs: number, bytes: number, { cpuThereMs, neededMs }: ParsedAnswer): void {
    const before = this.#cpuThereMs;
    this.#cpuThereMs = cpuThereMs;
    const spentMs =
      before === undefined || cpuThereMs === undefined ? undefined : cpuThereMs - before;
    this.#pace.sampleTaken({ tookMs, bytes, cpuThereMs: spentMs });
    this.#neededHereMs = neededMs;
    this.#world.trace?.(
      `via: ${bytes} bytes in ${Math.round(tookMs)} ms, CPU there ${spentMs === undefined ? 'not known' : `${Math.round(spentMs)} ms`}`,
    );
    this.#damaged = 0;
    this.#hasWorked = true;
    if (this.#failures > 0) this.#world.onTrouble?.(undefined);
    this.#failures = 0;
  }

  #withPacing(askedMs: number, { sample, cpuShare }: ParsedAnswer): Sample {
    const lagMs = Math.round(this.#clock.monotonicMs() - this.#askedMs);
    const pacing = { intervalMs: this.#intervalMs(askedMs), cpuShare, lagMs };
    return { ...sample, sampling: { ...sample.sampling, pacing } };
  }

  async #afterFailure(
    error: LinkError | AnswerError,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const isDamaged = error instanceof AnswerError;
    const isTooLate = !this.#hasWorked && this.#leftMs() === 0;
    const clause = isTooLate
      ? TOO_LATE
      : isDamaged
        ? `is of no use, as ${error.message}`
        : error.message;
    this.#world.trace?.(`via: ${clause}`);
    if (isDamaged && !isTooLate && ++this.#damaged <= MOST_DAMAGED) return;
    this.#link?.kill();
    this.#link = undefined;
    this.#damaged = 0;
    this.#failures++;
    const waitMs = pauseMs(this.#failures);
    if (!this.#hasWorked) {
      // An answer that was cut may be whole the next time; what has said nothing will not say more.
      const isCut = error instanceof LinkError && error.isCut;
      if (!isCut || isTooLate || this.#failures > MOST_CUT)
        throw new SourceError(`--via ${quotedCommand(this.#command)} ${clause}.`);
    } else this.#world.onTrouble?.(`${programOf(this.#command)} ${clause}.`);
    await this.#clock.sleep(waitMs, signal);
  }
}
