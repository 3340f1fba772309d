/**
 * Runs one scenario of refused connections that check or the exporter must see, in a network and mount namespace that was
 * made for it, and prints what came of it as JSON: `node check-scenarios.ts NAME`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { startExporter } from '../../helpers/exporter-process.ts';
import { programPath } from '../../helpers/namespace.ts';
import { furnish, listen, refuse, useUp, V4 } from './refusal-clients.ts';

/** Refusals of other namespaces whose threads have gone may be anybody's; no other test has this destination. */
const MINE = { address: V4.address, port: 20_000 + (process.pid % 10_000) };

/** A machine without ports for that destination. */
function runDry(): void {
  furnish();
  listen(MINE);
  useUp(MINE);
}

/** Runs a check to its end while a client is refused ten times a second. */
async function checkWhileRefused(args: readonly string[]) {
  const child = spawn(process.execPath, [programPath, 'check', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const over = new AbortController();
  const [stdout, [status]] = await Promise.all([
    text(child.stdout),
    once(child, 'exit').finally(() => over.abort()) as Promise<[number]>,
    (async () => {
      while (!over.signal.aborted) {
        refuse(1, MINE);
        await delay(100);
      }
    })(),
  ]);
  return { status, stdout };
}

const NO_LIMITS = ['-w', '100', '-c', '100', '--eta-warning', '0', '--eta-critical', '0'];

const scenarios = {
  /** Refusals alone make the verdict: no limit is passed. */
  async refused() {
    runDry();
    return checkWhileRefused(NO_LIMITS);
  },

  /** The same machine, left alone. */
  async notRefused() {
    runDry();
    const child = spawn(process.execPath, [programPath, 'check', ...NO_LIMITS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [stdout, [status]] = await Promise.all([
      text(child.stdout),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { status, stdout };
  },

  /** What the exporter counts from scrape to scrape. */
  async counted() {
    runDry();
    await using exporter = await startExporter();
    const figure = (body: string, series: string) =>
      Number(new RegExp(`^${series} (\\d+)$`, 'm').exec(body)?.[1]);
    let isLossy = false;
    const count = async () => {
      const body = await (await fetch(`${exporter.url}/metrics`)).text();
      isLossy ||= figure(body, 'ephtop_sample_warnings') > 0;
      const labels = `remote_address="${MINE.address}",remote_port="${MINE.port}"`;
      return figure(body, `ephtop_connect_failures_total\\{.*${labels}\\}`);
    };
    // The rings are the whole machine's: where others are refused in floods, some of ours are estimated.
    for (;;) {
      isLossy = false;
      const before = await count();
      refuse(3, MINE);
      const first = await count();
      refuse(2, MINE);
      // Longer than the time after which the rings are emptied without a scrape.
      await delay(1500);
      refuse(4, MINE);
      const [second, again] = [await count(), await count()];
      if (!isLossy) return [first - before, second - first, again - second];
    }
  },
};

const name = process.argv[2] as keyof typeof scenarios;
process.stdout.write(JSON.stringify(await scenarios[name]()));
