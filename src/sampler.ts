import type { Sample } from './model/sample.ts';
import { digest } from './model/sample.ts';
import { systemClock } from './source/clock.ts';
import type { KernelReader } from './source/kernel-files.ts';
import { netlinkReader } from './source/netlink-reader.ts';
import { isOwnProcMount, procRoot } from './source/proc-root.ts';
import { procfsReader } from './source/procfs-reader.ts';
import { SourceError } from './source/source.ts';

/** How to read the sockets; auto is netlink where it works, and procfs elsewhere. */
export type SourceChoice = 'auto' | 'netlink' | 'procfs';

/** Where and how to read; plain data, so that it can be handed to a thread. */
export interface SamplerSettings {
  readonly source: SourceChoice;
  /** Where procfs is mounted. */
  readonly procMount: string;
}

/** Takes one sample. Throws SourceError when there is nothing to watch. */
export interface Sampler {
  (): Sample;
  /** Gives back what is kept open between samples; a later sample opens it again. */
  close(): void;
}

/** Ties a kernel reader to the model's digest. Throws SourceError for a choice that cannot work. */
export function createSampler(settings: SamplerSettings): Sampler {
  const read = chooseReader(settings);
  const take = (): Sample => {
    const startedMs = systemClock.monotonicMs();
    return digest(read(), () => systemClock.monotonicMs() - startedMs);
  };
  return Object.assign(take, { close: () => read.close() });
}

function chooseReader({ source, procMount }: SamplerSettings): KernelReader {
  const proc = procRoot(procMount);
  const procfs = () => procfsReader(proc, systemClock);
  // A procfs mounted elsewhere may show another network namespace than the one netlink would.
  const own = isOwnProcMount(procMount);
  if (source === 'procfs' || (source === 'auto' && !own)) return procfs();
  if (!own) {
    throw new SourceError(
      '--source netlink reads the network namespace it runs in, and --proc may show another: use --source procfs with it.',
    );
  }
  const netlink = netlinkReader(proc, systemClock);
  return source === 'netlink' ? netlink : withFallback(netlink, procfs);
}

/** Reads with the first reader until it says that it cannot, and with the second one from then on. */
function withFallback(first: KernelReader, second: () => KernelReader): KernelReader {
  let reader = first;
  const read = () => {
    try {
      return reader();
    } catch (error) {
      if (reader !== first || !(error instanceof SourceError)) throw error;
      reader = second();
      return reader();
    }
  };
  return Object.assign(read, { close: () => reader.close() });
}
