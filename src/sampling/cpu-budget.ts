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
/** Startup time: CPU used by the rest of the process in it does not predict later use. */
const SETTLING_MS = 2000;
/** Share of the budget guaranteed to sampling, however much the rest of the process uses. */
const LEAST_PART = 1 / 4;
/** Stretched intervals are multiples of this, so that they do not change all the time. */
const STEP_MS = 50;

/** The first samples run in code that is not compiled yet: what they take stretches the interval to this at most. */
const COLD = { samples: 3, mostMs: 5000 } as const;

interface Mark {
  readonly atMs: number;
  readonly processMs: number;
  readonly threadMs: number;
}

/** Keeps the process within a share of one core by sampling less often than requested. */
export class CpuBudget {
  readonly #share: number;
  readonly #clock: Clock;
  readonly #meter: CpuMeter;
  readonly #marks: Mark[] = [];
  readonly #startedMs: number;
  #samplesTaken = 0;

  /** `share` of one core, 0–1. Made in the sampling thread. */
  constructor(share: number, clock: Clock, meter: CpuMeter) {
    this.#share = share;
    this.#clock = clock;
    this.#meter = meter;
    this.#startedMs = clock.monotonicMs();
  }

  /** Call after each sample. The first call only starts measuring: until then, code was loaded and compiled. */
  sampleTaken(): void {
    const mark = this.#mark();
    this.#samplesTaken++;
    this.#marks.push(mark);
    while (this.#marks.length > 2 && (this.#marks[0]?.atMs ?? 0) < mark.atMs - WINDOW_MS)
      this.#marks.shift();
  }

  /** Share of one core used by the whole process in the last seconds; may exceed 1. Undefined until known. */
  usedShare(): number | undefined {
    const { elapsedMs, processMs } = this.#spent();
    return this.#isSettled() && elapsedMs > 0 ? processMs / elapsedMs : undefined;
  }

  /** The interval that keeps the budget: the requested one, or longer. */
  stretched(askedMs: number): number {
    const { elapsedMs, processMs, threadMs, samples } = this.#spent();
    if (samples === 0 || elapsedMs <= 0) return askedMs;
    const others = this.#isSettled() ? Math.max(0, processMs - threadMs) / elapsedMs : 0;
    const left = Math.max(this.#share * LEAST_PART, this.#share - others);
    const neededMs = threadMs / samples / left;
    const mostMs = this.#samplesTaken <= COLD.samples ? COLD.mostMs : Infinity;
    return Math.max(askedMs, Math.min(mostMs, Math.ceil(neededMs / STEP_MS) * STEP_MS));
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

  /** CPU time used since the oldest mark kept. */
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
