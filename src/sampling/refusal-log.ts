import type { KernelReading } from '../kernel/reading.ts';
import { sum } from '../model/line-fit.ts';
import { RefusalMemory } from '../model/sample/refusal-memory.ts';
import type { Sample } from '../model/sample/sample.ts';
import { groupKey } from '../model/sample/tuple-label.ts';
import { type Clock, systemClock } from '../source/clock.ts';
import { procRoot } from '../source/proc-root.ts';
import type { ProcessFiles } from '../source/process-files.ts';
import { RefusalNamespaces } from '../source/refusal-namespaces.ts';
import { type RefusalWatch, watchRefusals } from '../source/refusal-watcher.ts';
import type { Trace } from '../source/trace.ts';
import { type RefusalAttribution, RefusalFeed } from './refusal-feed.ts';
import type { SamplerSettings } from './settings.ts';

/** The refusals of one sample. */
interface Refused {
  /** Undefined: they cannot be seen. */
  readonly memory: RefusalMemory | undefined;
  /** Why not; empty if they can be seen. */
  readonly notes: { readonly refusalsUnseen?: string };
  readonly warnings: readonly string[];
}

/** Collects refusals from sample to sample. */
export interface RefusalLog {
  /** True if something was refused since the last sample. */
  readonly hasNews: () => boolean;
  /** Call for each reading, before it is measured. */
  readonly take: (reading: KernelReading) => Refused;
  /** Takes in what was refused up to now (Unix ms), for the next `take`. Call it where samples are far apart. */
  readonly drain: (nowMs: number) => void;
  /** Sets the current groups: a refusal of unknown namespace counts as ours if its group is nearly out of ports. */
  readonly groupsAre: (sample: Sample) => void;
  readonly close: () => void;
}

/** Settings of a sampler, and what is known of its place. */
interface LogSettings extends SamplerSettings {
  /** Why refusals of this place cannot be told, in a sentence; undefined: they can. */
  readonly elsewhere?: string | undefined;
}

/** What a log needs of the world. */
interface LogWorld {
  readonly watch: () => RefusalWatch;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Tells whose refusals are; default: /proc does. */
  readonly attribution?: RefusalAttribution;
}

const NO_ADDRESSES: ReadonlySet<string> = new Set();

/** Starts watching for refused connections, now or as soon as it becomes possible. */
export function refusalLog(
  { procMount, isSingle = false, seesAll = false, elsewhere }: LogSettings,
  processes: ProcessFiles,
  trace: Trace | undefined,
  world: LogWorld = { watch: watchRefusals, clock: systemClock },
): RefusalLog {
  if (isSingle)
    return unseenLog('refusals are counted between two looks, and this was the only one.');
  if (elsewhere !== undefined) return unseenLog(elsewhere);
  let told: string | undefined;
  return persistentLog(() => {
    const watch = world.watch();
    const unseen = 'unseen' in watch ? watch.unseen : undefined;
    const outcome = unseen === undefined ? 'seen' : `not seen: ${unseen}`;
    if (outcome !== told) trace?.(`refusals: ${(told = outcome)}`);
    if ('unseen' in watch) return watch;
    const proc = procRoot(procMount);
    const namespaces =
      world.attribution ?? new RefusalNamespaces(proc, seesAll ? () => NO_ADDRESSES : undefined);
    return logOf(new RefusalFeed(watch.watcher, proc, processes, namespaces));
  }, world.clock);
}

/** Retry interval if they cannot be seen: tracefs may get mounted, or memory become free. */
const AGAIN_MS = 10_000;

/** The log returned by `open`, which is retried now and then until it succeeds. */
function persistentLog(
  open: () => RefusalLog | { readonly unseen: string },
  { monotonicMs }: LogWorld['clock'],
): RefusalLog {
  let nextMs = -Infinity;
  let log: RefusalLog = unseenLog('');
  let isSeen = false;
  const attempt = () => {
    if (isSeen || monotonicMs() < nextMs) return;
    nextMs = monotonicMs() + AGAIN_MS;
    const opened = open();
    isSeen = !('unseen' in opened);
    log = 'unseen' in opened ? unseenLog(opened.unseen) : opened;
  };
  attempt();
  return {
    hasNews: () => log.hasNews(),
    take(reading) {
      attempt();
      return log.take(reading);
    },
    drain: (nowMs) => log.drain(nowMs),
    groupsAre: (sample) => log.groupsAre(sample),
    close: () => log.close(),
  };
}

/** The log of a place whose refusals cannot be seen; the sentence says why. */
export function unseenLog(refusalsUnseen: string): RefusalLog {
  return {
    hasNews: () => false,
    take: () => ({ memory: undefined, notes: { refusalsUnseen }, warnings: [] }),
    drain: () => {},
    groupsAre: () => {},
    close: () => {},
  };
}

/** The log of a feed's refusals. */
export function logOf(feed: Pick<RefusalFeed, 'hasNews' | 'take' | 'close'>): RefusalLog {
  let memory: RefusalMemory | undefined;
  let last: Sample | undefined;
  let lostSinceTaken = 0;
  const absorb = (placeId: string, nowMs: number): RefusalMemory => {
    memory ??= new RefusalMemory(placeId);
    const { refusals, unattributed } = feed.take();
    const isPlausible = plausibility(last, new Set(memory.tuples().keys()), refusals.length > 0);
    const fitting = unattributed.filter(({ localAddress, remoteAddress, remotePort }) =>
      isPlausible(groupKey(placeId, localAddress, remoteAddress, remotePort)),
    );
    const ours = [...refusals, ...fitting];
    memory.push(ours, nowMs);
    lostSinceTaken += sum(ours.map(({ lostBeside = 0 }) => lostBeside));
    return memory;
  };
  return {
    hasNews: () => feed.hasNews(),
    take({ place, takenAtMs }) {
      const taken = absorb(place.id, takenAtMs);
      const lost = lostSinceTaken;
      lostSinceTaken = 0;
      return {
        memory: taken,
        notes: {},
        warnings: lost > 0 ? [lostText(Math.ceil(lost))] : [],
      };
    },
    drain(nowMs) {
      if (last !== undefined && feed.hasNews()) absorb(last.place.id, nowMs);
    },
    groupsAre(sample) {
      last = sample;
    },
    close: () => feed.close(),
  };
}

/** Headroom in percent below which a group may be the one refused. */
const NEARLY_DRY_PERCENT = 10;

/**
 * Tells which tuples the kernel may have refused in this namespace: those refused recently, those with almost no ports
 * left, and all of them if no port is available at all.
 */
function plausibility(
  sample: Sample | undefined,
  refusedLately: ReadonlySet<string>,
  hasOwn: boolean,
): (key: string) => boolean {
  if (sample === undefined) return () => false;
  const { size, reserved, held } = sample.portSpace;
  // Any may be, but of those whose namespace is known some would be ours.
  if (size - reserved - held <= 0) return (key) => (hasOwn ? refusedLately.has(key) : true);
  const nearlyDry = new Set(
    sample.groups
      .filter(({ headroomPercent }) => headroomPercent < NEARLY_DRY_PERCENT)
      .map(({ key }) => key),
  );
  return (key) => refusedLately.has(key) || nearlyDry.has(key);
}

function lostText(lost: number): string {
  return `About ${lost} refused connections more came between two looks than the kernel keeps for a reader; they are counted by the shares of the others.`;
}
