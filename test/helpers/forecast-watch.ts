import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildModel, type Model } from '../../src/model/model.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { ModelFeed } from '../../src/store/model-feed.ts';
import { monotonicMs } from './monotonic.ts';
import type { ClientPlan, ClientRun, Endpoint, Look, WatchedRun } from './namespace-protocol.ts';

/** As often as the live view samples. */
const INTERVAL_MS = 250;

const clientPath = fileURLToPath(new URL('./paced-client.ts', import.meta.url));

/**
 * Runs a client that follows the plan, and meanwhile looks at its group the way the live view does:
 * every model that the view would show, and beside it what that one sample says on its own.
 */
export async function watchForecasts(plan: ClientPlan): Promise<WatchedRun> {
  const over = new AbortController();
  using _ = ahead();
  const run = runClient(plan, over.signal);
  try {
    const looks = await lookUntil(run, plan.destination);
    return { ...(await run), looks };
  } finally {
    over.abort();
  }
}

/** Puts this process, and those that it starts, before the other tests: the client is to keep its pace. Root may. */
function ahead(): Disposable {
  const before = getPriority();
  const put = (priority: number) => {
    try {
      setPriority(priority);
    } catch {
      // Then it takes its chance.
    }
  };
  put(-5);
  return { [Symbol.dispose]: () => put(before) };
}

/** Looks until the client has ended. */
async function lookUntil(run: Promise<unknown>, destination: Endpoint): Promise<Look[]> {
  const looks: Look[] = [];
  const ended = new AbortController();
  run.then(
    () => ended.abort(),
    () => ended.abort(),
  );
  const sampler = createSampler({ procMount: '/proc', source: 'auto' });
  let atMs = 0;
  const feed = new ModelFeed((model) => {
    const look = lookAt(model, destination, atMs);
    if (look !== undefined) looks.push(look);
  });
  while (!ended.signal.aborted) {
    atMs = monotonicMs();
    feed.push(sampler());
    await interruptible(atMs + INTERVAL_MS - monotonicMs(), ended.signal);
  }
  sampler.close();
  return looks;
}

/** Ends the client when the signal is aborted. */
async function runClient(plan: ClientPlan, signal: AbortSignal): Promise<ClientRun> {
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, clientPath], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(plan));
  signal.addEventListener('abort', () => child.kill());
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`the client ended with ${child.exitCode}: ${said}`);
  return JSON.parse(said) as ClientRun;
}

function lookAt(model: Model, { address, port }: Endpoint, atMs: number): Look | undefined {
  const isWatched = (group: Model['groups'][number]) =>
    group.remoteAddress === address && group.remotePort === port;
  const group = model.groups.find(isWatched);
  if (group === undefined) return undefined;
  const alone = buildModel(model.sample).groups.find(isWatched);
  const { etaSeconds, free } = group;
  return { atMs, etaSeconds, etaSecondsAlone: alone?.etaSeconds ?? null, free };
}

async function interruptible(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(Math.max(0, durationMs), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
