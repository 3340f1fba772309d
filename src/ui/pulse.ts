import type { Sample } from '../model/sample/sample.ts';

/** Time between two frames that the screen draws by itself. Timers fire late on a busy machine. */
const BEAT_MS = 900;
/** From here on a sample is old. One of an idle machine, which is renewed once a second, is not. */
export const OLD_MS = 1200;
/** Samples that are further apart than this are not waited for. */
const RARE_MS = 1000;
/** A timer that fires so late fires in a program that was stopped, or after the clock was set. */
const LATEST_MS = 5000;

/** What the pulse needs of the world. */
export interface PulseWorld {
  /** Unix time in ms. */
  readonly nowMs: () => number;
  /** Calls back once after so many ms; returns the function that ends it. */
  readonly after: (delayMs: number, callBack: () => void) => () => void;
}

/** Has the screen go on about once a second where samples are rarer than that. */
export class Pulse {
  readonly #world: PulseWorld;
  readonly #carryOn: (nowMs: number) => void;
  #end: () => void = () => {};

  /** `carryOn` gets the Unix time in ms to which the screen is to go on. */
  constructor(world: PulseWorld, carryOn: (nowMs: number) => void) {
    this.#world = world;
    this.#carryOn = carryOn;
  }

  /** The screen has got a sample, and waits for the next. `intervalMs`: between two, as they come at present. */
  sampleCame({ takenAtMs }: Pick<Sample, 'takenAtMs'>, intervalMs: number): void {
    const oldInMs = takenAtMs + OLD_MS - this.#world.nowMs();
    this.#beatIn(intervalMs > RARE_MS ? BEAT_MS : Math.max(BEAT_MS, Math.min(OLD_MS, oldInMs)));
  }

  stop(): void {
    this.#end();
  }

  #beatIn(delayMs: number): void {
    this.#end();
    const { nowMs, after } = this.#world;
    const startedMs = nowMs();
    this.#end = after(delayMs, () => {
      const tookMs = nowMs() - startedMs;
      if (tookMs >= 0 && tookMs < LATEST_MS) this.#carryOn(nowMs());
      this.#beatIn(BEAT_MS);
    });
  }
}

/** Now, if a sample is old already when it comes; undefined: it is not. */
export function carriedToMs(
  { takenAtMs }: Pick<Sample, 'takenAtMs'>,
  nowMs: number,
): number | undefined {
  return nowMs - takenAtMs >= OLD_MS ? nowMs : undefined;
}
