import type { KernelReading } from '../kernel/reading.ts';
import { RefusalMemory } from '../model/sample/refusal-memory.ts';
import type { Sample } from '../model/sample/sample.ts';
import { groupKey } from '../model/sample/tuple-label.ts';
import { isOwnProcMount, procRoot } from '../source/proc-root.ts';
import type { ProcessFiles } from '../source/process-files.ts';
import { watchRefusals } from '../source/refusal-watcher.ts';
import type { Trace } from '../source/trace.ts';
import { RefusalFeed } from './refusal-feed.ts';
import type { SamplerSettings } from './settings.ts';

/** The refusals of one sample. */
interface Refused {
  /** Undefined: they cannot be seen. */
  readonly memory: RefusalMemory | undefined;
  /** Why not; nothing where they can. */
  readonly notes: { readonly refusalsUnseen?: string };
  readonly warnings: readonly string[];
}

/** Keeps what is refused from sample to sample. */
export interface RefusalLog {
  /** True if something was refused since the last sample. */
  readonly hasNews: () => boolean;
  /** To be called for each reading, before it is measured. */
  readonly take: (reading: KernelReading) => Refused;
  /** Tells which groups there are: a refusal of an unknown namespace is taken for ours where it fits one of them. */
  readonly groupsAre: (sample: Sample) => void;
  readonly close: () => void;
}

/** Begins to watch for refused connections, where that can be. */
export function refusalLog(
  { procMount, isSingle = false }: SamplerSettings,
  processes: ProcessFiles,
  trace: Trace | undefined,
): RefusalLog {
  if (isSingle) return unseenLog('one look sees none: refusals are counted from look to look.');
  if (!isOwnProcMount(procMount))
    return unseenLog(
      'refusals are watched in the network namespace that ephtop runs in, and --proc may show another.',
    );
  const watch = watchRefusals();
  if ('unseen' in watch) {
    trace?.(`refusals: not seen: ${watch.unseen}`);
    return unseenLog(watch.unseen);
  }
  trace?.('refusals: seen');
  return logOf(new RefusalFeed(watch.watcher, procRoot(procMount), processes));
}

function unseenLog(refusalsUnseen: string): RefusalLog {
  return {
    hasNews: () => false,
    take: () => ({ memory: undefined, notes: { refusalsUnseen }, warnings: [] }),
    groupsAre: () => {},
    close: () => {},
  };
}

/** The log of what a feed hands on. */
export function logOf(feed: Pick<RefusalFeed, 'hasNews' | 'take' | 'close'>): RefusalLog {
  let memory: RefusalMemory | undefined;
  let keys: ReadonlySet<string> = new Set();
  return {
    hasNews: () => feed.hasNews(),
    take({ place, takenAtMs }) {
      memory ??= new RefusalMemory(place.id);
      const { refusals, unattributed, read, lost } = feed.take();
      const fitting = unattributed.filter(({ localAddress, remoteAddress, remotePort }) =>
        keys.has(groupKey(place.id, localAddress, remoteAddress, remotePort)),
      );
      const ours = [...refusals, ...fitting];
      // What is lost may be another namespace's, as what was read may.
      memory.push(ours, takenAtMs, read === 0 ? 0 : (lost * ours.length) / read);
      return { memory, notes: {}, warnings: lost > 0 ? [lostText(lost)] : [] };
    },
    groupsAre({ groups }) {
      keys = new Set(groups.map(({ key }) => key));
    },
    close: () => feed.close(),
  };
}

function lostText(lost: number): string {
  return `${lost} refused connections came faster than they could be read; they are counted by the shares of the others`;
}
