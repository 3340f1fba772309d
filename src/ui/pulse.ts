import type { Sample } from '../model/sample/sample.ts';
import type { ViewClock } from '../store/view-clock.ts';

/** Time between two frames that the screen draws by itself. Timers fire late on a busy machine. */
const BEAT_MS = 900;
/** Samples that are further apart than this are not waited for, unless it was asked for. */
const RARE_MS = 1000;
/** A sample that has not come so long after its time is late. */
const LATE_MS = 200;
/** From here on a sample is old. One of an idle machine, which is renewed once a second, is not. */
const OLD_MS = RARE_MS + LATE_MS;
/** A timer that fires so late fires in a program that was stopped, or after the clock was set. */
const LATEST_MS = 5000;

/**
 * Has the screen go on about once a second where samples are rarer than that, and than was asked for: who asks for one a
 * minute asks for a screen that stands still meanwhile.
 */
export class Pulse {
  readonly #clock: ViewClock;
  readonly #carryOn: (nowMs: number) => void;
  #end: () => void = () => {};

  /** `carryOn` gets the Unix time in ms to which the screen is to go on. */
  constructor(clock: ViewClock, carryOn: (nowMs: number) => void) {
    this.#clock = clock;
    this.#carryOn = carryOn;
  }

  /**
   * The screen has got a sample, and waits for the next. `apartMs`: between two, as they come at present; `askedMs`: as
   * was asked for.
   */
  sampleCame({ takenAtMs }: Pick<Sample, 'takenAtMs'>, apartMs: number, askedMs: number): void {
    const oldMs = oldFromMs(askedMs);
    const oldInMs = Math.min(oldMs, takenAtMs + oldMs - this.#clock.nowMs());
    const isRare = apartMs > RARE_MS && askedMs <= RARE_MS;
    this.#beatIn(isRare ? BEAT_MS : Math.max(BEAT_MS, oldInMs));
  }

  stop(): void {
    this.#end();
  }

  #beatIn(delayMs: number): void {
    this.#end();
    const { nowMs, after } = this.#clock;
    const startedMs = nowMs();
    this.#end = after(delayMs, () => {
      const lateMs = nowMs() - startedMs - delayMs;
      if (Math.abs(lateMs) < LATEST_MS) this.#carryOn(nowMs());
      this.#beatIn(BEAT_MS);
    });
  }
}

/** Now, if a sample is old already when it comes; undefined: it is not. */
export function carriedToMs(
  { takenAtMs }: Pick<Sample, 'takenAtMs'>,
  nowMs: number,
  askedMs: number,
): number | undefined {
  return nowMs - takenAtMs >= oldFromMs(askedMs) ? nowMs : undefined;
}

/** The age from which on a sample is old, as samples were asked for. */
function oldFromMs(askedMs: number): number {
  return Math.max(OLD_MS, askedMs + LATE_MS);
}
