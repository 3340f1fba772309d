import type { SamplerSettings, SamplingSettings } from '../sampling/settings.ts';
import { IN_PASSING } from '../source/owner-pace.ts';
import type { OptionsOf } from './option-table.ts';
import { UsageError } from './usage-error.ts';

/** The options of all that samples at a pace. */
export type SamplingOptions = OptionsOf<'where' | 'source' | 'pace' | 'budget'>;

/** Nobody reads more groups one by one, and each sample would carry them from thread to thread. */
export const MOST_GROUPS = 2000;

/** How the live view samples, and a recording without one. */
export function samplingSettings(options: SamplingOptions): SamplingSettings {
  return {
    source: options.source,
    procMount: options.proc,
    ...chosenNamespace(options),
    ownerPace: IN_PASSING,
    intervalMs: options.interval,
    cpuBudget: options.cpuBudget,
    mostGroups: MOST_GROUPS,
  };
}

/** The network namespace that the options ask for. Throws UsageError if they exclude each other. */
export function chosenNamespace({
  pid,
  netns,
  allNamespaces,
}: OptionsOf<'where'>): Pick<SamplerSettings, 'namespace'> {
  const given = [pid, netns, allNamespaces || undefined].filter((each) => each !== undefined);
  if (given.length > 1)
    throw new UsageError('--pid, --netns and --all-namespaces exclude each other.');
  if (pid !== undefined) return { namespace: { kind: 'pid', pid } };
  return netns === undefined ? {} : { namespace: { kind: 'netns', name: netns } };
}
