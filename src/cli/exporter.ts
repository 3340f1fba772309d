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
import { ExporterMetrics, startExporterThread } from './exporter-metrics.ts';
import type { Invocation } from './invocation.ts';
import type { ListenAddress } from './listen-address.ts';
import type { OptionsOf } from './option-table.ts';
import { say } from './say.ts';
import { UsageError } from './usage-error.ts';

declare const EPHTOP_VERSION: string;

type ExporterOptions = OptionsOf<'server' | 'metrics' | 'where' | 'source' | 'groups'>;

/** Requests that are being answered have this long when the exporter is asked to end, and its thread as long as that. */
export const LAST_ANSWERS_MS = 800;

/** A first reading that takes longer is told. On a busy machine the thread alone needs seconds to start. */
const SLOW_MS = 5000;

/** Serves metrics over HTTP until SIGTERM or SIGINT. */
export async function runExporter(
  { options, trace }: Pick<Invocation<ExporterOptions>, 'options' | 'trace'>,
  startThread = startExporterThread,
): Promise<void> {
  keepMemorySmall();
  const ended = endSignal();
  const { 'web.config.file': path } = options;
  const file = path === undefined ? undefined : new WebConfigFile(path);
  const { server, scheme, config } = await usable(() => makeServer(file));
  const metrics = new ExporterMetrics(options, EPHTOP_VERSION, trace, startThread);
  const scrapes = new Scrapes({
    read: () => metrics.read(),
    down: () => metrics.down(),
    onFailure: (problem) => say(`no metrics: ${problem}`),
    clock: systemClock,
  });
  try {
    serveSite(server, siteOf(scrapes, scheme, config));
    const url = await listen(server, scheme, options.listen);
    await Promise.race([firstReading(scrapes, url, onlyIpv4(options.listen, url)), ended]);
    await ended;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, systemClock.sleep(LAST_ANSWERS_MS)]);
    server.closeAllConnections();
  } catch (error) {
    server.close();
    server.closeAllConnections();
    await metrics.end();
    throw error;
  }
  const hasEnded = await Promise.race([
    metrics.end().then(() => true),
    systemClock.sleep(LAST_ANSWERS_MS).then(() => false),
  ]);
  // A thread that hangs in a reading would keep the process; not every Node can leave it with a status.
  if (!hasEnded) endAtOnce(0);
  process.exit(0);
}

/** Says where the metrics are. What cannot work at all is an error instead: rejects if the first reading fails. */
async function firstReading(scrapes: Scrapes, url: string, note: string): Promise<void> {
  const slow = setTimeout(() => {
    say(
      `no metrics yet at ${url}/metrics: the first reading of the kernel has not come to an end.`,
    );
  }, SLOW_MS);
  try {
    await scrapes.start();
  } finally {
    clearTimeout(slow);
  }
  say(`metrics at ${url}/metrics${note}`);
}

/** A note for who asked for all addresses, and gets those of IPv4. */
export function onlyIpv4({ host }: ListenAddress, url: string): string {
  const isLess = host === undefined && new URL(url).hostname === '0.0.0.0';
  return isLess ? ' (IPv4 only: this machine has no IPv6)' : '';
}

const TOO_LATE =
  'the web configuration has tls_server_config now. TLS begins with a restart; until then HTTP is spoken.';

function siteOf(scrapes: Scrapes, scheme: string, current: OpenServer['config']): Site {
  const auth = new BasicAuth();
  let told: string | undefined;
  const config = () => {
    try {
      const found = current();
      const isTooLate = scheme === 'http' && found?.tls !== undefined;
      if (isTooLate && told !== TOO_LATE) say(TOO_LATE);
      told = isTooLate ? TOO_LATE : undefined;
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
    if (error instanceof WebConfigError) throw new UsageError(error.message);
    throw error;
  }
}

/** The listeners stay: once none is left but its own, signal-exit, which ends the shells of --via, ends the process too. */
function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}
