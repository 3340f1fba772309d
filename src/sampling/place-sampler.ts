import { BoundMemory } from '../model/sample/bound-ports/bound-memory.ts';
import { NoPortMemory } from '../model/sample/bound-ports/no-port-memory.ts';
import { WitnessMemory } from '../model/sample/bound-ports/witness-memory.ts';
import { classify } from '../model/sample/classify.ts';
import { measure } from '../model/sample/measure.ts';
import { OwnerMemory } from '../model/sample/owner-memory.ts';
import { TimestampMemory } from '../model/sample/peer-timestamps.ts';
import { ReuseMemory } from '../model/sample/reuse-memory.ts';
import type { Sample } from '../model/sample/sample.ts';
import { systemClock } from '../source/clock.ts';
import type { KernelReader, SocketFiles } from '../source/kernel-files.ts';
import type { OwnerFinder } from '../source/owner-finder.ts';
import type { Trace } from '../source/trace.ts';
import type { RefusalLog } from './refusal-log.ts';
import { sampleTrace } from './sample-trace.ts';
import type { Pacing } from './source.ts';

/** Takes samples of one place. Throws SourceError when there is nothing to watch. */
export interface PlaceSampler {
  /** `files`: what somebody has read a moment ago. */
  (pacing?: Pacing, files?: SocketFiles): Sample;
  /** True if the next sample would show more owners or refusals, even if the sockets do not change. */
  hasNews(): boolean;
  /** Takes the refusals from another log from now on. */
  setRefusals(log: RefusalLog): void;
  /** Counts the refusals up to now, which the next sample shows. */
  drainRefusals(): void;
  /** Closes what is kept open between samples; a later sample reopens it. */
  close(): void;
}

/** What a sampler of one place is made of. */
export interface PlaceParts {
  readonly read: KernelReader;
  /** What a sample says of the reader's fallback. */
  readonly fallbackNotes: () => { readonly fallback?: string };
  readonly owners: Pick<OwnerFinder, 'find' | 'isSearching' | 'close'>;
  /** Why other users' processes are invisible, in a sentence; undefined: they are visible. */
  readonly ownersHidden: string | undefined;
  readonly refusals: RefusalLog;
  /** As in the settings. */
  readonly mostGroups: number | undefined;
  /** False if nobody draws the ports of the groups. */
  readonly isDrawn?: boolean;
  readonly trace: Trace | undefined;
}

/** Combines a kernel reader, the owner search and the model; remembers what earlier samples saw. */
export function placeSampler(parts: PlaceParts): PlaceSampler {
  const { read, fallbackNotes, owners, ownersHidden, mostGroups, isDrawn, trace } = parts;
  const { time, sampleTaken } = sampleTrace(trace, systemClock);
  const hidden = ownersHidden === undefined ? {} : { ownersHidden };
  const memory = new OwnerMemory();
  let { refusals } = parts;
  const witnesses = new WitnessMemory();
  const boundMemory = new BoundMemory();
  const noPorts = new NoPortMemory();
  const reuseMemory = new ReuseMemory();
  const timestamps = new TimestampMemory();
  // A long one is known from a young socket, which may have gone by the next look.
  let timeWaitSeconds: number | undefined;
  let last: Sample | undefined;
  const take = (pacing?: Pacing, files?: SocketFiles): Sample => {
    const startedMs = systemClock.monotonicMs();
    const reading = time('read', () => read(files));
    const fallback = fallbackNotes();
    const classified = time('classify', () => classify(reading, timeWaitSeconds));
    noPorts.recall(classified);
    const asked = timestamps.rowsToAsk(classified);
    timestamps.learn(reading, asked, read.timestampsOf?.(asked));
    const found = time('owners', () => owners.find(classified.inodes));
    const refused = refusals.take(reading);
    const known = {
      owners: found,
      refusals: refused.memory,
      witnesses,
      boundMemory,
      reuseMemory,
      timestamps,
      mostGroups,
      isDrawn,
    };
    const measured = time('measure', () => measure(classified, known));
    const sample = memory.recall(measured);
    witnesses.push(sample);
    noPorts.push(sample);
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
  const setRefusals = (log: RefusalLog) => {
    refusals = log;
    if (last !== undefined) refusals.groupsAre(last);
  };
  const drainRefusals = () => refusals.drain(systemClock.nowMs());
  return Object.assign(take, { hasNews, setRefusals, drainRefusals, close });
}
