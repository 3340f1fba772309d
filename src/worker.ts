// The sampling thread: reads, parses and groups, and posts one small sample a tick.
import { parentPort, workerData } from 'node:worker_threads';
import type { Sample } from './model/sample.ts';
import { createSampler, type SamplerSettings } from './sampler.ts';
import { systemClock } from './source/clock.ts';
import { CpuBudget, systemCpuMeter } from './source/cpu-budget.ts';
import { procRoot } from './source/proc-root.ts';
import { RestingSampler } from './source/resting-sampler.ts';
import { SocketNews } from './source/socket-news.ts';
import { type Pace, type Pacing, pacedSource, SourceError } from './source/source.ts';
import type { WorkerCommand, WorkerMessage } from './source/worker-source.ts';

/** What the thread is started with. */
export interface WorkerSettings extends SamplerSettings {
  readonly intervalMs: number;
  /** Share of one core that the whole process may use, 0–1. */
  readonly cpuBudget: number;
}

/** Where the screen stands still (a terminal that takes no more, SIGSTOP), samples would only pile up. */
const MOST_UNSEEN = 2;

const settings = workerData as WorkerSettings;
const pace: Pace = { intervalMs: settings.intervalMs };
let unseen = 0;

parentPort?.on('message', (command: WorkerCommand) => {
  if (command.kind === 'seen') unseen--;
  else pace.intervalMs = command.intervalMs;
});

function post(message: WorkerMessage<Sample>): void {
  parentPort?.postMessage(message);
}

try {
  const sampler = createSampler(settings);
  const news = new SocketNews(procRoot(settings.procMount), systemClock);
  const resting = new RestingSampler<Sample>({
    hasNews: () => news.isThere() || sampler.isLookingForOwners(),
    take: sampler,
    renew: (last, pacing) => ({
      ...last,
      takenAtMs: systemClock.nowMs(),
      sampling: { ...last.sampling, pacing },
    }),
    clock: systemClock,
  });
  pace.restMs = () => resting.restMs();
  const take = (pacing: Pacing) => (unseen < MOST_UNSEEN ? resting.next(pacing) : undefined);
  const budget = new CpuBudget(settings.cpuBudget, systemClock, systemCpuMeter);
  const source = pacedSource(take, systemClock, pace, budget);
  for await (const sample of source.samples()) {
    if (sample === undefined) continue;
    unseen++;
    post({ kind: 'sample', sample });
  }
} catch (error) {
  if (!(error instanceof SourceError)) throw error;
  post({ kind: 'failed', message: error.message });
}
