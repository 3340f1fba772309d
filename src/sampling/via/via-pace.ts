/** What one sample took. */
export interface ViaCost {
  /** From the request to the last byte of the answer. */
  readonly tookMs: number;
  readonly bytes: number;
  /** CPU time that was used there; undefined: not known. */
  readonly cpuThereMs: number | undefined;
}

/** A link has at least as much time to itself as an answer takes. */
const LARGEST_SHARE = 1 / 2;
/** What a link carries for us at most, in bytes a second, on average. */
const MOST_BYTES_PER_SECOND = 1_000_000;
/** One dear sample does not slow down all that follow. */
const FORGOTTEN_SHARE = 0.25;
/** Intervals are multiples of this, so that they do not change all the time. */
const STEP_MS = 50;

/** Samples as often as the link carries, and the CPU budget there allows. */
export class ViaPace {
  readonly #cpuBudget: number;
  #neededMs = 0;

  /** `cpuBudget`: share of one core there that the shell may use, 0–1. */
  constructor(cpuBudget: number) {
    this.#cpuBudget = cpuBudget;
  }

  sampleTaken({ tookMs, bytes, cpuThereMs = 0 }: ViaCost): void {
    const neededMs = Math.max(
      tookMs / LARGEST_SHARE,
      (1000 * bytes) / MOST_BYTES_PER_SECOND,
      cpuThereMs / this.#cpuBudget,
    );
    this.#neededMs += (neededMs - this.#neededMs) * (this.#neededMs === 0 ? 1 : FORGOTTEN_SHARE);
  }

  /** Time between two requests, in ms: what was asked for, or longer. */
  intervalMs(askedMs: number): number {
    return this.#neededMs <= askedMs ? askedMs : Math.ceil(this.#neededMs / STEP_MS) * STEP_MS;
  }
}

/** The pauses before a lost link is tried again, in ms. */
export function pauseMs(failures: number): number {
  return Math.min(30_000, 1000 * 2 ** Math.max(0, failures - 1));
}
