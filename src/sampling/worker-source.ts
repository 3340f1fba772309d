import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Sample } from '../model/sample/sample.ts';
import type { SamplingSettings } from './sampler.ts';
import type { Source } from './source.ts';
import { SourceError } from '../source/source-error.ts';

/** What the sampling thread sends. */
export type WorkerMessage =
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'failed'; readonly message: string };

/** What it is told: another pace, or that a sample has arrived. */
export type WorkerCommand =
  | { readonly kind: 'pace'; readonly intervalMs: number }
  | { readonly kind: 'seen' };

/**
 * Samples from a thread of its own, so that reading the kernel never holds up the screen. The thread is
 * started when the samples are asked for, and ended with the signal.
 */
export function workerSource(
  startWorker: () => Worker,
): Source<Sample> & { setInterval(intervalMs: number): void } {
  let worker: Worker | undefined;
  const tell = (command: WorkerCommand) => worker?.postMessage(command);
  return {
    setInterval: (intervalMs) => tell({ kind: 'pace', intervalMs }),
    async *samples(signal) {
      worker = startWorker();
      try {
        for await (const [message] of on(worker, 'message', {
          signal,
          close: ['exit'],
        }) as AsyncIterable<[WorkerMessage]>) {
          if (message.kind === 'failed') throw new SourceError(message.message);
          tell({ kind: 'seen' });
          yield message.sample;
        }
        throw new SourceError('the sampling thread ended by itself; please report this.');
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      } finally {
        await worker.terminate();
      }
    },
  };
}

/** Samples from a new sampling thread. The only place that knows where that thread's code is. */
export function startSamplingThread(settings: SamplingSettings): ReturnType<typeof workerSource> {
  return workerSource(
    () => new Worker(new URL('./worker.js', import.meta.url), { workerData: settings }),
  );
}
