/**
 * A real Prometheus scrapes a real exporter while ports run out, and is asked everything that the dashboards ask. Runs in
 * a network namespace of its own; writes a {@link DashboardRun} to stdout.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startExporter } from '../../helpers/exporter-process.ts';
import {
  acceptSocket,
  bindSocket,
  closeSocket,
  connectSocket,
  listenSocket,
  openSocket,
} from '../../helpers/libc-sockets.ts';
import { furnish, refuse, useUp, V4 } from './refusal-clients.ts';

const MONITORING = join(import.meta.dirname, '../../../monitoring');
const EXPORTER = '127.0.0.1:19717';
const PROMETHEUS = '127.0.0.1:9090';

/** A query of a dashboard, and what came of it. */
export interface AskedQuery {
  /** Dashboard, panel and query. */
  readonly place: string;
  readonly expr: string;
  /** Series of finite numbers, or values of a variable. */
  readonly series: number;
  /** The largest number. */
  readonly most?: number;
  readonly error?: string;
}

/** What Prometheus says when all ports are gone. */
export interface DashboardRun {
  readonly queries: readonly AskedQuery[];
  /** Rules that Prometheus cannot evaluate. */
  readonly sickRules: readonly string[];
  /** Name, severity and state. */
  readonly alerts: readonly string[];
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly instant: boolean;
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { name: string; type: string; query: { query: string } }[];
  };
}

/** What Grafana puts in the place of variables. */
const VARIABLES: Readonly<Record<string, string>> = {
  $job: '.+',
  $instance: EXPORTER,
  $__rate_interval: '4s',
};

function filled(expr: string): string {
  const text = expr.replaceAll(/\$\w+/g, (name) => VARIABLES[name] ?? name);
  if (text.includes('$')) throw new Error(`a variable without a value: ${text}`);
  return text;
}

async function ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
  const url = `http://${PROMETHEUS}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`;
  const { data, error } = (await (await fetch(url)).json()) as { data: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return data;
}

interface Result {
  readonly result: readonly {
    readonly value?: readonly [number, string];
    readonly values?: readonly (readonly [number, string])[];
  }[];
}

/** How many series have a finite number, and the largest of all. */
function numbersOf({ result }: Result): { series: number; most: number } {
  const most = result
    .map(({ value, values = [] }) => [...values, ...(value === undefined ? [] : [value])])
    .map((points) => Math.max(...points.map(([, text]) => Number(text)).filter(Number.isFinite)))
    .filter(Number.isFinite);
  return { series: most.length, most: Math.max(...most) };
}

async function waitFor(expr: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (performance.now() < deadlineMs) {
    // Prometheus may not listen yet.
    const found = await ask<Result>('query', { query: expr }).then(numbersOf, () => undefined);
    if (found !== undefined && found.series > 0) return;
    await delay(200);
  }
  throw new Error(`Prometheus has nothing for ${expr}`);
}

async function queriesOf({ uid, panels, templating }: Dashboard): Promise<AskedQuery[]> {
  const end = Date.now() / 1000;
  const ofTime = { start: String(end - 10), end: String(end), step: '1' };
  const asked = async (
    place: string,
    expr: string,
    count: () => Promise<Pick<AskedQuery, 'series' | 'most'>>,
  ) => {
    try {
      return { place, expr, ...(await count()) };
    } catch (error) {
      return { place, expr, series: 0, error: String(error) };
    }
  };
  const ofPanels = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr, instant }) => {
      const query = filled(expr);
      return asked(`${uid}: ${title}: ${refId}`, query, async () =>
        numbersOf(
          instant
            ? await ask<Result>('query', { query })
            : await ask<Result>('query_range', { query, ...ofTime }),
        ),
      );
    }),
  );
  const ofVariables = templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query: { query } }) =>
      asked(`${uid}: $${name}`, filled(query), async () => {
        const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
        const found = await ask<string[]>(`label/${label}/values`, { 'match[]': filled(selector) });
        return { series: found.length };
      }),
    );
  return Promise.all([...ofPanels, ...ofVariables]);
}

async function look(): Promise<DashboardRun> {
  const folder = join(MONITORING, 'dashboards');
  const dashboards = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard,
  );
  const queries = (await Promise.all(dashboards.map(queriesOf))).flat();
  const { groups } = await ask<{ groups: { rules: { name: string; lastError?: string }[] }[] }>(
    'rules',
  );
  const { alerts } = await ask<{ alerts: { labels: Record<string, string>; state: string }[] }>(
    'alerts',
  );
  return {
    queries,
    sickRules: groups.flatMap(({ rules }) =>
      rules.flatMap(({ name, lastError }) => (lastError ? [`${name}: ${lastError}`] : [])),
    ),
    alerts: alerts.map(
      ({ labels, state }) => `${labels['alertname']} ${labels['severity']} ${state}`,
    ),
  };
}

function startPrometheus(directory: string): Disposable {
  const file = join(directory, 'prometheus.yml');
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(MONITORING, 'prometheus-*.yaml')],
    scrape_configs: [{ job_name: 'ephtop', static_configs: [{ targets: [EXPORTER] }] }],
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const program = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${PROMETHEUS}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return { [Symbol.dispose]: () => void program.kill('SIGKILL') };
}

const DESTINATION = { address: V4.address, port: 8081 };
const ALERTS = ['EphtopConnectFailures', 'EphtopPortsNearlyUsed', 'EphtopExhaustionSoon'];
const GROUP = `{remote_address="${DESTINATION.address}"}`;
const directory = mkdtempSync(join(tmpdir(), 'ephtop-prometheus-'));
try {
  furnish();
  const listener = openSocket(V4.address);
  bindSocket(listener, DESTINATION);
  listenSocket(listener);
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '40000 40199');
  writeFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', '0');
  using running = new DisposableStack();
  await using exporter = await startExporter(['--listen', EXPORTER]);
  if (exporter.url !== `http://${EXPORTER}`) throw new Error(exporter.url);
  running.use(startPrometheus(directory));
  // After the starts: programs that are started inherit the accepted ends, which then do not close.
  const connected = Array.from({ length: 100 }, () => {
    const fd = openSocket(V4.address);
    connectSocket(fd, DESTINATION);
    return { fd, accepted: acceptSocket(listener) };
  });
  await waitFor(`count_over_time(ephtop_connect_failures_total${GROUP}[1m]) > 1`);
  for (const { fd, accepted } of connected.slice(50)) {
    closeSocket(fd);
    closeSocket(accepted);
  }
  useUp(DESTINATION);
  refuse(20, DESTINATION);
  await waitFor(`instance:ephtop_connect_failures:rate5m > 0`);
  // Each group of rules is evaluated at a time of its own.
  for (const alert of ALERTS) await waitFor(`ALERTS{alertname="${alert}",severity="critical"}`);
  process.stdout.write(JSON.stringify(await look()));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
