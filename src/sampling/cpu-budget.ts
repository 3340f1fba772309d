import type { Clock } from '../source/clock.ts';

/** CPU time used so far, in ms; a value, so that tests can spend it. */
export interface CpuMeter {
  /** By the whole process. */
  processMs(): number;
  /** By this thread. */
  threadMs(): number;
}

const totalMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

const thread: { threadCpuUsage?(): NodeJS.CpuUsage } = process;

export const systemCpuMeter: CpuMeter = {
  processMs: () => totalMs(process.cpuUsage()),
  // Node 22 cannot tell the threads apart: there all of it counts as the sampling thread's.
  threadMs: () => totalMs(thread.threadCpuUsage?.() ?? process.cpuUsage()),
};

/** CPU is measured over this time. */
const WINDOW_MS = 5000;
/** So long the rest of the process is busy with its start, which says nothing of what it will use. */
const SETTLING_MS = 2000;
/** The part of the budget that sampling may use, however much the rest of the process does. */
const LEAST_PART = 1 / 4;
/** Stretched intervals are multiples of this, so that they do not change all the time. */
const STEP_MS = 50;

interface Mark {
  readonly atMs: number;
  readonly processMs: number;
  readonly threadMs: number;
}

/** Keeps the process within a share of one core, by sampling less often than was asked for. */
export class CpuBudget {
  readonly #share: number;
  readonly #clock: Clock;
  readonly #meter: CpuMeter;
  readonly #marks: Mark[] = [];
  readonly #startedMs: number;

  /** `share` of one core, 0–1. Made in the sampling thread. */
  constructor(share: number, clock: Clock, meter: CpuMeter) {
    this.#share = share;
    this.#clock = clock;
    this.#meter = meter;
    this.#startedMs = clock.monotonicMs();
  }

  /** To be called after each sample. The first one only begins the measuring: until then code was loaded and compiled. */
  sampleTaken(): void {
    const mark = this.#mark();
    this.#marks.push(mark);
    while (this.#marks.length > 2 && (this.#marks[0]?.atMs ?? 0) < mark.atMs - WINDOW_MS)
      this.#marks.shift();
  }

  /** Share of one core that the whole process used in the last seconds, 0–1 and more; undefined until it is known. */
  usedShare(): number | undefined {
    const { elapsedMs, processMs } = this.#spent();
    return this.#isSettled() && elapsedMs > 0 ? processMs / elapsedMs : undefined;
  }

  /** The interval that keeps the budget: what was asked for, or more. */
  stretched(askedMs: number): number {
    const { elapsedMs, processMs, threadMs, samples } = this.#spent();
    if (samples === 0 || elapsedMs <= 0) return askedMs;
    const others = this.#isSettled() ? Math.max(0, processMs - threadMs) / elapsedMs : 0;
    const left = Math.max(this.#share * LEAST_PART, this.#share - others);
    const neededMs = threadMs / samples / left;
    return neededMs <= askedMs ? askedMs : Math.ceil(neededMs / STEP_MS) * STEP_MS;
  }

  #isSettled(): boolean {
    return this.#clock.monotonicMs() - this.#startedMs >= SETTLING_MS;
  }

  #mark(): Mark {
    return {
      atMs: this.#clock.monotonicMs(),
      processMs: this.#meter.processMs(),
      threadMs: this.#meter.threadMs(),
    };
  }

  /** What was spent since the first mark that is kept. */
  #spent() {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined)
      return { elapsedMs: 0, processMs: 0, threadMs: 0, samples: 0 };
    return {
      elapsedMs: last.atMs - first.atMs,
      processMs: last.processMs - first.processMs,
      threadMs: last.threadMs - first.threadMs,
      samples: this.#marks.length - 1,
    };
  }
}
