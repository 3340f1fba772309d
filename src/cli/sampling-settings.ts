import { setFlagsFromString } from 'node:v8';
import type { SamplingSettings } from '../sampling/settings.ts';
import { IN_PASSING } from '../source/owner-finder.ts';
import type { OptionsOf } from './option-table.ts';

/** The options of all that samples at a pace. */
export type SamplingOptions = OptionsOf<'source' | 'pace' | 'budget'>;

/** Nobody reads more groups one by one, and each sample would carry them from thread to thread. */
export const MOST_GROUPS = 2000;

/** How the live view samples, and a recording without one. */
export function samplingSettings(options: SamplingOptions): SamplingSettings {
  return {
    source: options.source,
    procMount: options.proc,
    ownerPace: IN_PASSING,
    intervalMs: options.interval,
    cpuBudget: options.cpuBudget,
    mostGroups: MOST_GROUPS,
  };
}

/**
 * V8 lets the space for new objects grow from 1 to 16 MB in each thread of a program that allocates steadily,
 * and never gives it back; the old ones' may grow to a multiple of what is in use. Here what is new is garbage
 * a moment later, and what is old stays as it is: small spaces are as good.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
