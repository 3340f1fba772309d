import type { Sample } from './model/sample.ts';
import { digest } from './model/sample.ts';
import { systemClock } from './source/clock.ts';
import { procRoot } from './source/proc-root.ts';
import { procfsReader } from './source/procfs-reader.ts';

/** Where and how to read; plain data, so that it can be handed to a thread. */
export interface SamplerSettings {
  /** Where procfs is mounted. */
  readonly procMount: string;
}

/** Ties a kernel reader to the model's digest: one call, one sample. */
export function createSampler({ procMount }: SamplerSettings): () => Sample {
  const read = procfsReader(procRoot(procMount), systemClock);
  return () => {
    const startedMs = systemClock.monotonicMs();
    return digest(read(), () => systemClock.monotonicMs() - startedMs);
  };
}
