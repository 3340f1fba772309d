import { CpuBudget, systemCpuMeter } from './cpu-budget.ts';
import type { Sample } from '../model/sample/sample.ts';
import { systemClock } from '../source/clock.ts';
import { hiddenProcesses } from '../source/hidden-processes.ts';
import { OwnerFinder } from '../source/owner-finder.ts';
import { ProcessFiles } from '../source/process-files.ts';
import { type ProcFiles, processRoot } from '../source/proc-root.ts';
import { SocketActivity } from '../source/socket-activity.ts';
import type { Trace } from '../source/trace.ts';
import { fallbackTrace } from './fallback.ts';
import { IdleSampler } from './idle-sampler.ts';
import { Patience } from './patience.ts';
import { type PlaceSampler, placeSampler } from './place-sampler.ts';
import { openPlace } from './readers.ts';
import { refusalLog } from './refusal-log.ts';
import { paceTrace } from './sample-trace.ts';
import type { SamplerSettings, SamplingSettings } from './settings.ts';
import { closingSource, type Pace, type Pacing, pacedSource, type Source } from './source.ts';

/** Takes one sample. Throws SourceError when there is nothing to watch. */
export interface Sampler extends PlaceSampler {
  /** The files that tell of the place. */
  readonly proc: ProcFiles;
  /** Looks for refused connections from now on, also if the settings are for a single sample. */
  watchRefusals(): void;
}

/** Combines a kernel reader, the owner search and the model. Throws SourceError for settings that cannot work. */
export function createSampler(settings: SamplerSettings, trace?: Trace): Sampler {
  const { watched, read, elsewhere } = openPlace(settings, trace);
  const processesHere = processRoot(settings.procMount);
  const processes = new ProcessFiles(processesHere);
  const log = (isSingle: boolean) =>
    refusalLog({ ...settings, isSingle, elsewhere }, processes, trace);
  const sampler = placeSampler({
    read,
    fallbackNotes: fallbackTrace(read, trace),
    owners: new OwnerFinder(processes, systemClock, settings.ownerPace),
    ownersHidden: hiddenProcesses(processesHere),
    refusals: log(settings.isSingle ?? false),
    mostGroups: settings.mostGroups,
    isDrawn: settings.isSingle !== true,
    trace,
  });
  const watchRefusals = () => {
    if (settings.isSingle === true) sampler.setRefusals(log(false));
  };
  return Object.assign(sampler, { proc: watched.proc, watchRefusals });
}

/**
 * Samples at a variable pace, within the CPU budget, and less often while nothing happens. Undefined: nothing is new,
 * or nobody is waiting for a sample (`isWanted`).
 */
export function sampleAlong(
  settings: SamplingSettings,
  pace: Pace,
  { isWanted = () => true, trace }: { isWanted?: () => boolean; trace?: Trace | undefined } = {},
): Source<Sample | undefined> {
  const sampler = createSampler(settings, trace);
  const news = new SocketActivity(sampler.proc, systemClock);
  const patience = new Patience(systemClock, trace);
  const resting = new IdleSampler<Sample>({
    hasNews: () => patience.isFailing || news.isThere() || sampler.hasNews(),
    take: (pacing) => sampler(pacing, news.takeFiles()),
    renew: (last, pacing) => {
      trace?.('sample: nothing new');
      const takenAtMs = systemClock.nowMs();
      return { ...last, takenAtMs, sampling: { ...last.sampling, pacing } };
    },
    clock: systemClock,
  });
  pace.restMs = () => resting.restMs();
  const tracePace = paceTrace(trace, settings.cpuBudget);
  const take = (pacing: Pacing) => {
    tracePace(pacing, pace.intervalMs);
    return isWanted() ? patience.attempt(() => resting.next(pacing)) : undefined;
  };
  const budget = new CpuBudget(settings.cpuBudget, systemClock, systemCpuMeter);
  return closingSource(pacedSource(take, systemClock, pace, budget), () => sampler.close());
}
