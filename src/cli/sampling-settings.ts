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

/** What the options say of a command's one place. Throws UsageError if they name several. */
export function namespaceOf(options: OptionsOf<'where'>): Pick<SamplerSettings, 'namespace'> {
  const namespace = chosenNamespace(options);
  if (options.allNamespaces)
    throw new UsageError('--all-namespaces is for the live view and snapshot.');
  return namespace;
}

/** Throws UsageError if the options exclude each other. */
function chosenNamespace({
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
