import type { Worker } from 'node:worker_threads';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import type { PlacesRound } from './places-round.ts';
import type { SamplerSettings } from './settings.ts';
import { startWorker, threadFailure } from './start-worker.ts';
import type { ThreadNews } from './thread-messages.ts';
import type { ThreadData } from './worker-source.ts';

/** A thread that takes a sample when it is asked to. A read that hangs blocks it, and nobody else. */
export interface SamplerThread<Answer> {
  /** One sample, or what the thread makes of it. Rejects with SourceError when there is nothing to watch, or the thread has ended. */
  take(): Promise<Answer>;
  /** Looks for refused connections from now on. */
  watchRefusals(): void;
  /** True once it has ended, also by itself. */
  readonly hasEnded: boolean;
  /** Ends the thread; does not resolve while a read hangs. */
  end(): Promise<void>;
}

/** What the thread is asked for. */
export type ThreadRequest = 'take' | 'watch-refusals';

/** What it says; the answers come in the order of requests. */
export type ThreadReply<Answer> = { readonly kind: 'answer'; readonly answer: Answer } | ThreadNews;

/**
 * Starts a thread that answers with rounds: of one place, or of all network namespaces. It keeps no timer for them. Throws
 * SourceError where it cannot start.
 */
export function startSamplerThread(
  settings: SamplerSettings,
  trace?: Trace,
  isEverywhere = false,
): SamplerThread<PlacesRound> {
  const isTraced = trace !== undefined;
  const data: ThreadData = { kind: 'on-request', settings, isTraced, isEverywhere };
  return samplerThread(startWorker('worker', data), trace);
}

type Waiting<Answer> = { resolve: (answer: Answer) => void; reject: (error: Error) => void };

/** The thread of a worker that serves requests. */
export function samplerThread<Answer>(
  worker: Pick<Worker, 'on' | 'postMessage' | 'terminate'>,
  trace?: Trace,
): SamplerThread<Answer> {
  let waiting: Waiting<Answer>[] = [];
  let ended: Error | undefined;
  const endWith = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting) reject(ended);
    waiting = [];
  };
  worker.on('message', (reply: ThreadReply<Answer>) => {
    if (reply.kind === 'trace') {
      trace?.(reply.what, { thread: 'sampling', atMs: reply.atMs });
      return;
    }
    const next = waiting.shift();
    if (reply.kind === 'answer') next?.resolve(reply.answer);
    else next?.reject(new SourceError(reply.message));
  });
  worker.on('error', (error: unknown) => endWith(threadFailure(error)));
  worker.on('exit', () => endWith(new SourceError('the sampling thread ended by itself.')));
  const ask = (request: ThreadRequest) => worker.postMessage(request);
  return {
    take: () =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.push({ resolve, reject });
        ask('take');
      }),
    watchRefusals: () => ask('watch-refusals'),
    get hasEnded() {
      return ended !== undefined;
    },
    end: async () => void (await worker.terminate()),
  };
}
