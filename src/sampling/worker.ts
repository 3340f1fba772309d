// The sampling thread: reads, parses and groups, and posts one small sample a tick, or one a request.
import { parentPort, workerData } from 'node:worker_threads';
import type { Sample } from '../model/sample/sample.ts';
import { serveRequests } from './on-request.ts';
import { namespacesAlong } from './namespaces-along.ts';
import { sampleAlong } from './sampler.ts';
import type { Pace } from './source.ts';
import { postFailure, threadTrace } from './thread-messages.ts';
import type { ThreadData, ThreadMessage, WorkerCommand } from './worker-source.ts';

/** Where the screen stands still (a terminal that takes no more, SIGSTOP), samples would only pile up. */
const MOST_UNSEEN = 2;

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

type Paced = Exclude<ThreadData, { kind: 'on-request' }>;

async function sampleAtPace({ kind, settings, isTraced }: Paced): Promise<void> {
  const trace = threadTrace(isTraced, post);
  const pace: Pace = { intervalMs: settings.intervalMs };
  const stop = new AbortController();
  let unseen = 0;
  parentPort?.on('message', (command: WorkerCommand) => {
    if (command.kind === 'end') stop.abort();
    else if (command.kind === 'seen') unseen--;
    else pace.intervalMs = command.intervalMs;
  });
  const hand = (sample: Sample) => {
    unseen++;
    post({ kind: 'sample', sample });
  };
  const wanted = { isWanted: () => unseen < MOST_UNSEEN, trace };
  try {
    if (kind === 'paced') {
      for await (const sample of sampleAlong(settings, pace, wanted).samples(stop.signal))
        if (sample !== undefined) hand(sample);
      return;
    }
    for await (const round of namespacesAlong(settings, pace, wanted).samples(stop.signal)) {
      for (const place of round?.gone ?? []) post({ kind: 'gone', place });
      for (const sample of round?.samples ?? []) hand(sample);
    }
  } catch (error) {
    postFailure(error, post, trace);
  } finally {
    // Nothing is listened to any more, and the thread ends.
    if (stop.signal.aborted) parentPort?.close();
  }
}

function start(data: ThreadData): void {
  if (data.kind !== 'on-request') void sampleAtPace(data);
  else if (parentPort !== null) serveRequests(data, parentPort, (round) => round);
}

// A thread that was started early is told later, before all else.
if (workerData === undefined) parentPort?.once('message', start);
else start(workerData as ThreadData);
