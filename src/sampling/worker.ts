// The sampling thread: reads, parses and groups, and posts one small sample a tick, or one a request.
import { parentPort, workerData } from 'node:worker_threads';
import { serveRequests } from './on-request.ts';
import { sampleAlong } from './sampler.ts';
import type { SamplingSettings } from './settings.ts';
import type { Pace } from './source.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import type { ThreadData, ThreadMessage, WorkerCommand } from './worker-source.ts';

/** Where the screen stands still (a terminal that takes no more, SIGSTOP), samples would only pile up. */
const MOST_UNSEEN = 2;

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

const data = workerData as ThreadData;
const trace: Trace | undefined = data.isTraced
  ? (what) => post({ kind: 'trace', what, atMs: Date.now() })
  : undefined;

async function sampleAtPace(settings: SamplingSettings): Promise<void> {
  const pace: Pace = { intervalMs: settings.intervalMs };
  let unseen = 0;
  parentPort?.on('message', (command: WorkerCommand) => {
    if (command.kind === 'seen') unseen--;
    else pace.intervalMs = command.intervalMs;
  });
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
}

if (data.kind === 'paced') await sampleAtPace(data.settings);
else if (parentPort !== null) serveRequests(data, parentPort, (sample) => sample);
