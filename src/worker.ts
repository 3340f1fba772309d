// The sampling thread: reads, parses and groups, and posts one small sample a tick.
import { parentPort, workerData } from 'node:worker_threads';
import type { Sample } from './model/sample.ts';
import { createSampler, type SamplerSettings } from './sampler.ts';
import { systemClock } from './source/clock.ts';
import { pacedSource, SourceError } from './source/source.ts';
import type { WorkerCommand, WorkerMessage } from './source/worker-source.ts';

/** What the thread is started with. */
export type WorkerSettings = SamplerSettings & WorkerCommand;

const { intervalMs, ...settings } = workerData as WorkerSettings;
const pace = { intervalMs };
const post = (message: WorkerMessage<Sample>) => parentPort?.postMessage(message);

parentPort?.on('message', (command: WorkerCommand) => {
  pace.intervalMs = command.intervalMs;
});

try {
  for await (const sample of pacedSource(createSampler(settings), systemClock, pace).samples(
    new AbortController().signal,
  )) {
    post({ kind: 'sample', sample });
  }
} catch (error) {
  if (!(error instanceof SourceError)) throw error;
  post({ kind: 'failed', message: error.message });
}
