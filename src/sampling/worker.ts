// The sampling thread: reads, parses and groups, and posts one small sample a tick, or one a request.
import { parentPort, workerData } from 'node:worker_threads';
import { serveRequests } from './on-request.ts';
import { sampleAlong } from './sampler.ts';
import type { SamplingSettings } from './settings.ts';
import type { Pace } from './source.ts';
import { postFailure, threadTrace } from './thread-messages.ts';
import type { ThreadData, ThreadMessage, WorkerCommand } from './worker-source.ts';

/** Where the screen stands still (a terminal that takes no more, SIGSTOP), samples would only pile up. */
const MOST_UNSEEN = 2;

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

const data = workerData as ThreadData;

async function sampleAtPace(settings: SamplingSettings, isTraced: boolean): Promise<void> {
  const trace = threadTrace(isTraced, post);
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
    postFailure(error, post, trace);
  }
}

if (data.kind === 'paced') await sampleAtPace(data.settings, data.isTraced);
else if (parentPort !== null) serveRequests(data, parentPort, (sample) => sample);
