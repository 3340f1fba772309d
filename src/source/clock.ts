import { setTimeout as delay } from 'node:timers/promises';

/** Time as a value, so that tests need not wait for it. */
export interface Clock {
  /** Unix time in ms. */
  nowMs(): number;
  /** Monotonic time in ms, for durations and schedules. */
  monotonicMs(): number;
  /** Resolves after `durationMs`, or at once when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (durationMs, signal) => delay(durationMs, undefined, { signal }).catch(() => undefined),
};
