import { OwnerMemory } from '../model/sample/owner-memory.ts';
import type { Sample } from '../model/sample/sample.ts';
import { classify } from '../model/sample/classify.ts';
import { WitnessMemory } from '../model/sample/bound-ports/witness-memory.ts';
import { measure } from '../model/sample/measure.ts';
import { TimestampMemory } from '../model/sample/peer-timestamps.ts';
import { ReuseMemory } from '../model/sample/reuse-memory.ts';
import { systemClock } from '../source/clock.ts';
import type { KernelReader } from '../source/kernel-files.ts';
import { netlinkReader } from '../source/netlink-reader.ts';
import { OwnerFinder } from '../source/owner-finder.ts';
import { hiddenProcesses } from '../source/hidden-processes.ts';
import { isOwnProcMount, processRoot, procRoot } from '../source/proc-root.ts';
import { ProcessFiles } from '../source/process-files.ts';
import { procfsReader } from '../source/procfs-reader.ts';
import { CpuBudget, systemCpuMeter } from './cpu-budget.ts';
import { type FallbackReader, withFallback } from './fallback.ts';
import { refusalLog } from './refusal-log.ts';
import type { SamplerSettings, SamplingSettings } from './settings.ts';
import { Patience } from './patience.ts';
import { IdleSampler } from './idle-sampler.ts';
import { SocketActivity } from '../source/socket-activity.ts';
import { paceTrace, sampleTrace } from './sample-trace.ts';
import { type Pace, type Pacing, pacedSource, type Source } from './source.ts';
import { SourceError } from '../source/source-error.ts';
import { placeHere } from '../source/watched-place.ts';
import type { Trace } from '../source/trace.ts';

/** Takes one sample. Throws SourceError when there is nothing to watch. */
export interface Sampler {
  (pacing?: Pacing): Sample;
  /** True if the next sample would show more owners or refusals, even if the sockets do not change. */
  hasNews(): boolean;
  /** Looks for refused connections from now on, also if the settings are for a single sample. */
  watchRefusals(): void;
  /** Counts the refusals up to now, which the next sample shows. */
  drainRefusals(): void;
  /** Closes what is kept open between samples; a later sample reopens it. */
  close(): void;
}

/** Combines a kernel reader, the owner search and the model. Throws SourceError for settings that cannot work. */
export function createSampler(settings: SamplerSettings, trace?: Trace): Sampler {
  const read = chooseReader(settings, trace);
  const fallbackNotes = fallbackTrace(read, trace);
  const { time, sampleTaken } = sampleTrace(trace, systemClock);
  const processRootHere = processRoot(settings.procMount);
  const processes = new ProcessFiles(processRootHere);
  const ownersHidden = hiddenProcesses(processRootHere);
  const hidden = ownersHidden === undefined ? {} : { ownersHidden };
  const owners = new OwnerFinder(processes, systemClock, settings.ownerPace);
  const memory = new OwnerMemory();
  let refusals = refusalLog(settings, processes, trace);
  const witnesses = new WitnessMemory();
  const reuseMemory = new ReuseMemory();
  const timestamps = new TimestampMemory();
  // A long one is known from a young socket, which may have gone by the next look.
  let timeWaitSeconds: number | undefined;
  let last: Sample | undefined;
  const take = (pacing?: Pacing): Sample => {
    const startedMs = systemClock.monotonicMs();
    const reading = time('read', read);
    const fallback = fallbackNotes();
    const classified = time('classify', () => classify(reading, timeWaitSeconds));
    const asked = timestamps.rowsToAsk(classified);
    timestamps.learn(reading, asked, read.timestampsOf?.(asked));
    const found = time('owners', () => owners.find(classified.inodes));
    const { mostGroups } = settings;
    const refused = refusals.take(reading);
    const known = {
      owners: found,
      refusals: refused.memory,
      witnesses,
      reuseMemory,
      timestamps,
      mostGroups,
    };
    const measured = time('measure', () => measure(classified, known));
    const sample = memory.recall(measured);
    witnesses.push(sample);
    reuseMemory.push(sample);
    refusals.groupsAre(sample);
    last = sample;
    ({ timeWaitSeconds } = sample);
    sampleTaken(sample);
    const durationMs = systemClock.monotonicMs() - startedMs;
    const warnings = [...sample.sampling.warnings, ...refused.warnings];
    const told = { ...hidden, ...fallback, ...refused.notes, ...(pacing && { pacing }) };
    return { ...sample, sampling: { ...sample.sampling, durationMs, warnings, ...told } };
  };
  const close = () => {
    read.close();
    owners.close();
    refusals.close();
  };
  const hasNews = () => owners.isSearching || refusals.hasNews();
  const watchRefusals = () => {
    if (settings.isSingle !== true) return;
    refusals = refusalLog({ ...settings, isSingle: false }, processes, trace);
    if (last !== undefined) refusals.groupsAre(last);
  };
  const drainRefusals = () => refusals.drain(systemClock.nowMs());
  return Object.assign(take, { hasNews, watchRefusals, drainRefusals, close });
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
  const news = new SocketActivity(procRoot(settings.procMount), systemClock);
  const patience = new Patience(systemClock, trace);
  const resting = new IdleSampler<Sample>({
    hasNews: () => patience.isFailing || news.isThere() || sampler.hasNews(),
    take: sampler,
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
  return pacedSource(take, systemClock, pace, budget);
}

function chooseReader(
  { source, procMount }: SamplerSettings,
  trace: Trace | undefined,
): KernelReader | FallbackReader {
  const watched = placeHere(procRoot(procMount));
  // A procfs mounted elsewhere may show another network namespace than the one netlink would.
  const own = isOwnProcMount(procMount);
  const procfs = () => procfsReader(watched, systemClock);
  if (source === 'procfs' || (source === 'auto' && !own)) {
    const why = own ? '--source' : 'netlink would show another network namespace than --proc may';
    trace?.(`source: procfs in ${procMount} (${why})`);
    return procfs();
  }
  if (!own) {
    throw new SourceError(
      '--source netlink reads the network namespace it runs in, and --proc may show another: use --source procfs with it.',
    );
  }
  const netlink = netlinkReader(watched, systemClock);
  trace?.(`source: netlink (${source === 'auto' ? 'while it works' : '--source'})`);
  return source === 'netlink' ? netlink : withFallback(netlink, procfs, systemClock);
}

/** What a sample says of a reader's fallback, after each reading; a change is traced. */
function fallbackTrace(read: KernelReader | FallbackReader, trace: Trace | undefined) {
  let before: string | undefined;
  return (): { readonly fallback?: string } => {
    const fallback = 'fallback' in read ? read.fallback() : undefined;
    if (fallback !== before)
      trace?.(
        fallback === undefined ? 'source: netlink again' : `fallback: procfs, as ${fallback}`,
      );
    before = fallback;
    return fallback === undefined ? {} : { fallback };
  };
}
