import type { SamplingSettings } from '../sampling/settings.ts';
import { IN_PASSING } from '../source/owner-pace.ts';
import type { OptionsOf } from './option-table.ts';

/** The options of all that samples at a pace. */
export type SamplingOptions = OptionsOf<'where' | 'source' | 'pace' | 'budget'>;

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
