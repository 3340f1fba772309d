import { systemClock } from '../source/clock.ts';
import type { Trace } from '../source/trace.ts';
import { CpuBudget, systemCpuMeter } from './cpu-budget.ts';
import { NamespaceRounds, type Round } from './namespace-rounds.ts';
import { paceTrace } from './sample-trace.ts';
import type { SamplingSettings } from './settings.ts';
import { closingSource, type Pace, type Pacing, pacedSource, type Source } from './source.ts';

/** The part of the CPU budget that reading may use; the rest is for counting, listing, and the screen. */
const READING_PART = 0.6;

/**
 * Goes round all network namespaces at a variable pace, within the CPU budget. Undefined: nobody is waiting for samples
 * (`isWanted`). Throws SourceError when nothing can be watched.
 */
export function namespacesAlong(
  settings: SamplingSettings,
  pace: Pace,
  { isWanted = () => true, trace }: { isWanted?: () => boolean; trace?: Trace | undefined } = {},
): Source<Round | undefined> {
  const rounds = new NamespaceRounds(settings, trace);
  const tracePace = paceTrace(trace, settings.cpuBudget);
  const take = (pacing: Pacing) => {
    tracePace(pacing, pace.intervalMs);
    if (!isWanted()) return undefined;
    return rounds.round(pacing, READING_PART * settings.cpuBudget * pacing.intervalMs);
  };
  const budget = new CpuBudget(settings.cpuBudget, systemClock, systemCpuMeter);
  return closingSource(pacedSource(take, systemClock, pace, budget), () => rounds.close());
}
