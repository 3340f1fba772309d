import { OwnerMemory } from '../model/sample/owner-memory.ts';
import type { Sample } from '../model/sample/sample.ts';
import { classify } from '../model/sample/classify.ts';
import { WitnessMemory } from '../model/sample/bound-ports/witness-memory.ts';
import { type Hints, measure } from '../model/sample/measure.ts';
import { systemClock } from '../source/clock.ts';
import type { KernelReader } from '../source/kernel-files.ts';
import { netlinkReader } from '../source/netlink-reader.ts';
import { OwnerFinder, type OwnerPace } from '../source/owner-finder.ts';
import { isOwnProcMount, processRoot, procRoot } from '../source/proc-root.ts';
import { ProcessFiles } from '../source/process-files.ts';
import { procfsReader } from '../source/procfs-reader.ts';
import { CpuBudget, systemCpuMeter } from './cpu-budget.ts';
import { IdleSampler } from './idle-sampler.ts';
import { SocketActivity } from '../source/socket-activity.ts';
import { type Pace, type Pacing, pacedSource, type Source } from './source.ts';
import { SourceError } from '../source/source-error.ts';

/** How to read the sockets; auto is netlink where it works, and procfs elsewhere. */
export type SourceChoice = 'auto' | 'netlink' | 'procfs';

/** Where and how to read; plain data, so that it can be handed to a thread. */
export interface SamplerSettings {
  readonly source: SourceChoice;
  /** Where procfs is mounted. */
  readonly procMount: string;
  /** How much of the time may go into the search for owners; as much as it needs where it is left out. */
  readonly ownerPace?: OwnerPace;
  /** The smallest groups beyond so many are summed up; none where it is left out. */
  readonly mostGroups?: number;
}

/** Takes one sample. Throws SourceError when there is nothing to watch. */
export interface Sampler {
  (pacing?: Pacing, hints?: Hints): Sample;
  /** True while the next sample would know more of the owners, even if the sockets stay as they are. */
  isLookingForOwners(): boolean;
  /** Gives back what is kept open between samples; a later sample opens it again. */
  close(): void;
}

/** Ties a kernel reader, the search for owners and the model together. Throws SourceError for a choice that cannot work. */
export function createSampler(settings: SamplerSettings): Sampler {
  const notes: { fallback?: string } = {};
  const read = chooseReader(settings, (reason) => (notes.fallback = reason));
  const processes = new ProcessFiles(processRoot(settings.procMount));
  const owners = new OwnerFinder(processes, systemClock, settings.ownerPace);
  const memory = new OwnerMemory();
  const witnesses = new WitnessMemory();
  // A long one is known from a young socket, which may have gone by the next look.
  let timeWaitSeconds: number | undefined;
  const take = (pacing?: Pacing, hints?: Hints): Sample => {
    const startedMs = systemClock.monotonicMs();
    const classified = classify(read(), timeWaitSeconds);
    const { mostGroups } = settings;
    const known = { owners: owners.find(classified.inodes), witnesses, hints, mostGroups };
    const sample = memory.recall(measure(classified, known));
    witnesses.push(sample);
    ({ timeWaitSeconds } = sample);
    const durationMs = systemClock.monotonicMs() - startedMs;
    const sampling = { ...sample.sampling, durationMs, ...notes, ...(pacing && { pacing }) };
    return { ...sample, sampling };
  };
  const close = () => {
    read.close();
    owners.close();
  };
  return Object.assign(take, { isLookingForOwners: () => owners.isSearching, close });
}

/** How often to sample, and at what cost. */
export interface SamplingSettings extends SamplerSettings {
  readonly intervalMs: number;
  /** Share of one core that the whole process may use, 0–1. */
  readonly cpuBudget: number;
}

/**
 * Samples at a pace that may be changed, within the CPU budget, and less often while nothing happens. Undefined:
 * there is nothing new, or `isWanted` says that nobody waits for a sample.
 */
export function sampleAlong(
  settings: SamplingSettings,
  pace: Pace,
  isWanted: () => boolean = () => true,
): Source<Sample | undefined> {
  const sampler = createSampler(settings);
  const news = new SocketActivity(procRoot(settings.procMount), systemClock);
  const resting = new IdleSampler<Sample>({
    hasNews: () => news.isThere() || sampler.isLookingForOwners(),
    take: sampler,
    renew: (last, pacing) => ({
      ...last,
      takenAtMs: systemClock.nowMs(),
      sampling: { ...last.sampling, pacing },
    }),
    clock: systemClock,
  });
  pace.restMs = () => resting.restMs();
  const take = (pacing: Pacing) => (isWanted() ? resting.next(pacing) : undefined);
  const budget = new CpuBudget(settings.cpuBudget, systemClock, systemCpuMeter);
  return pacedSource(take, systemClock, pace, budget);
}

function chooseReader(
  { source, procMount }: SamplerSettings,
  onFallback: (reason: string) => void,
): KernelReader {
  const proc = procRoot(procMount);
  // A procfs mounted elsewhere may show another network namespace than the one netlink would.
  const own = isOwnProcMount(procMount);
  const procfs = () => procfsReader(proc, systemClock);
  if (source === 'procfs' || (source === 'auto' && !own)) return procfs();
  if (!own) {
    throw new SourceError(
      '--source netlink reads the network namespace it runs in, and --proc may show another: use --source procfs with it.',
    );
  }
  const netlink = netlinkReader(proc, systemClock);
  return source === 'netlink' ? netlink : withFallback(netlink, procfs, onFallback);
}

/** Reads with the first reader until it says that it cannot, and with the second one from then on. */
function withFallback(
  first: KernelReader,
  second: () => KernelReader,
  onFallback: (reason: string) => void,
): KernelReader {
  let reader = first;
  const read = () => {
    try {
      return reader();
    } catch (error) {
      if (reader !== first || !(error instanceof SourceError)) throw error;
      onFallback(error.message);
      reader = second();
      return reader();
    }
  };
  return Object.assign(read, { close: () => reader.close() });
}
