import { on, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Place } from '../kernel/place.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { SamplerSettings, SamplingSettings } from './settings.ts';
import type { PacedSamples } from './paced-samples.ts';
import type { ThreadNews } from './thread-messages.ts';
import { startWorker as startThread, threadFailure } from './start-worker.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';

/** Start parameters of the sampling thread: it samples at a pace, or when it is asked to. */
export type ThreadData = (
  | { readonly kind: 'paced'; readonly settings: SamplingSettings }
  /** Samples of every network namespace. */
  | { readonly kind: 'all-namespaces'; readonly settings: SamplingSettings }
  /** A round whenever it is asked for; `isEverywhere`: through all network namespaces. */
  | {
      readonly kind: 'on-request';
      readonly settings: SamplerSettings;
      readonly isEverywhere: boolean;
    }
) & {
  /** True if it must send lines for the debug log. */
  readonly isTraced: boolean;
};

/** Messages from the sampling thread. */
export type ThreadMessage =
  | { readonly kind: 'sample'; readonly sample: Sample }
  /** A place that there is no more. */
  | { readonly kind: 'gone'; readonly place: Place }
  | ThreadNews;

/** Messages to it: a new pace, that a sample has arrived, or that it is to close what it has open, and to end. */
export type WorkerCommand =
  | { readonly kind: 'pace'; readonly intervalMs: number }
  | { readonly kind: 'seen' }
  | { readonly kind: 'end' };

/** A thread that hangs in the kernel is not waited for. */
const LONGEST_END_MS = 200;

/**
 * Samples in a separate thread, so that reading the kernel never blocks the screen. The thread starts when
 * samples are requested and ends with the signal. `onGone` hears of places that there are no more.
 */
export function workerSource(
  startWorker: () => Worker,
  trace?: Trace,
  onGone: (place: Place) => void = () => {},
): PacedSamples {
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
        }) as AsyncIterable<[ThreadMessage]>) {
          if (message.kind === 'trace') {
            trace?.(message.what, { thread: 'sampling', atMs: message.atMs });
            continue;
          }
          if (message.kind === 'gone') {
            onGone(message.place);
            continue;
          }
          if (message.kind === 'failed') throw new SourceError(message.message);
          tell({ kind: 'seen' });
          yield message.sample;
        }
        throw new SourceError('the sampling thread ended by itself; please report this.');
      } catch (error) {
        if (signal?.aborted !== true) throw threadFailure(error);
      } finally {
        if (signal?.aborted === true) await closed(worker);
        await worker.terminate();
      }
    },
  };
}

/**
 * Has the thread close what it has open. Node closes only what it has opened itself: netlink sockets and the rings of
 * refused connections would stay, and these cost each connection of the machine as long as they do.
 */
async function closed(worker: Worker): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  worker.postMessage({ kind: 'end' } satisfies WorkerCommand);
  await Promise.race([
    once(worker, 'exit', { signal }),
    delay(LONGEST_END_MS, undefined, { signal }),
  ])
    .catch(() => {})
    .finally(() => stop.abort());
}

/** Samples from a new sampling thread. The only place that knows where that thread's code is. */
export function startSamplingThread(settings: SamplingSettings, trace?: Trace): PacedSamples {
  const data: ThreadData = { kind: 'paced', settings, isTraced: trace !== undefined };
  return workerSource(() => startThread('worker', data), trace);
}

/**
 * Samples of every network namespace of this machine, from a new sampling thread that goes round. A place that is not
 * read again keeps its last sample, whose time says how old it is; `onGone` hears of those that there are no more.
 */
export function startNamespacesThread(
  settings: SamplingSettings,
  onGone: (place: Place) => void,
  trace?: Trace,
): PacedSamples {
  const data: ThreadData = { kind: 'all-namespaces', settings, isTraced: trace !== undefined };
  const start = () => startThread('worker', data);
  return workerSource(start, trace, onGone);
}
