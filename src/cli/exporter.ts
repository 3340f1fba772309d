import { BasicAuth } from '../exporter/basic-auth.ts';
import { listen, makeServer, type OpenServer } from '../exporter/open-server.ts';
import { pageOf } from '../exporter/page.ts';
import { Scrapes } from '../exporter/scrapes.ts';
import { serveSite, type Site } from '../exporter/server.ts';
import { WebConfigError } from '../exporter/web-config.ts';
import { WebConfigFile } from '../exporter/web-config-file.ts';
import { EXPOSITION_TYPE } from '../outputs/exposition.ts';
import { systemClock } from '../source/clock.ts';
import { keepMemorySmall } from '../source/small-memory.ts';
import { endAtOnce } from '../source/end-at-once.ts';
import { ConfigError } from './config.ts';
import { ExporterMetrics } from './exporter-metrics.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { say } from './say.ts';

declare const EPHTOP_VERSION: string;

type ExporterOptions = OptionsOf<'server' | 'metrics' | 'source' | 'groups'>;

/** Requests that are being answered have this long when the exporter is asked to end. */
const LAST_ANSWERS_MS = 1000;

/** Serves metrics over HTTP until SIGTERM or SIGINT. */
export async function runExporter({ options, trace }: Invocation<ExporterOptions>): Promise<void> {
  keepMemorySmall();
  const ended = endSignal();
  const { 'web.config.file': path } = options;
  const file = path === undefined ? undefined : new WebConfigFile(path);
  const { server, scheme, config } = await usable(() => makeServer(file));
  const metrics = new ExporterMetrics(options, EPHTOP_VERSION, trace);
  try {
    // What cannot work at all is said before anybody relies on it.
    await metrics.read();
    const scrapes = new Scrapes({
      read: () => metrics.read(),
      down: () => metrics.down(),
      onFailure: (problem) => say(`no metrics: ${problem}`),
      clock: systemClock,
    });
    serveSite(server, siteOf(scrapes, config));
    say(`metrics at ${await listen(server, scheme, options.listen)}/metrics`);
    await ended;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, systemClock.sleep(LAST_ANSWERS_MS)]);
    server.closeAllConnections();
  } catch (error) {
    server.close();
    await metrics.end();
    throw error;
  }
  await Promise.race([metrics.end(), systemClock.sleep(LAST_ANSWERS_MS)]);
  // The thread may hang in a reading.
  endAtOnce(0);
}

function siteOf(scrapes: Scrapes, current: OpenServer['config']): Site {
  const auth = new BasicAuth();
  let told: string | undefined;
  const config = () => {
    try {
      const found = current();
      told = undefined;
      return found;
    } catch (error) {
      if (error instanceof WebConfigError && error.message !== told)
        say(`${(told = error.message)} Until that is corrected, requests are answered with 500.`);
      throw error;
    }
  };
  return {
    metrics: () => scrapes.take(),
    metricsType: EXPOSITION_TYPE,
    problem: () => scrapes.problem(),
    page: pageOf(EPHTOP_VERSION),
    admit: (authorization) => auth.admit(authorization, config()?.users ?? new Map()),
    headers: () => config()?.headers ?? new Map(),
  };
}

/** A web configuration that cannot be used is a wrong setting. */
async function usable<Value>(make: () => Promise<Value>): Promise<Value> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof WebConfigError) throw new ConfigError(error.message);
    throw error;
  }
}

function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
