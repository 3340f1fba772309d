// The sampling thread: reads, parses and groups, and posts one small sample a tick.
import { parentPort, workerData } from 'node:worker_threads';
import { sampleAlong } from './sampler.ts';
import type { Pace } from './source.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import type { WorkerCommand, WorkerData, WorkerMessage } from './worker-source.ts';

/** Where the screen stands still (a terminal that takes no more, SIGSTOP), samples would only pile up. */
const MOST_UNSEEN = 2;

const { settings, isTraced } = workerData as WorkerData;
const pace: Pace = { intervalMs: settings.intervalMs };
let unseen = 0;

parentPort?.on('message', (command: WorkerCommand) => {
  if (command.kind === 'seen') unseen--;
  else pace.intervalMs = command.intervalMs;
});

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const trace: Trace | undefined = isTraced
  ? (what) => post({ kind: 'trace', what, atMs: Date.now() })
  : undefined;

try {
  const source = sampleAlong(settings, pace, { isWanted: () => unseen < MOST_UNSEEN, trace });
  for await (const sample of source.samples()) {
    if (sample === undefined) continue;
    unseen++;
    post({ kind: 'sample', sample });
  }
} catch (error) {
  if (error instanceof Error) trace?.(`error: ${error.stack}`);
  if (!(error instanceof SourceError)) throw error;
  post({ kind: 'failed', message: error.message });
}
