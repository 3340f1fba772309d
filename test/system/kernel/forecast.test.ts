/**
 * ephtop's forecasts against the real end: a client in a namespace uses up its ports, ephtop looks on as
 * its live view does, and what it foretold is compared with the moment at which connect() first failed.
 * `EPHTOP_FORECAST_DOC=docs/forecast.md` puts the measured table into that document.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { WatchedRun } from '../../helpers/namespace-protocol.ts';
import { openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import {
  forecastAt,
  judge,
  type OutcomeRow,
  outcomeTable,
  withTable,
  worstFrom,
} from './forecast-outcome.ts';
import {
  type ForecastScenario,
  forecastScenarios,
  plannedSeconds,
  WATCHED_SECONDS,
} from './forecast-scenarios.ts';
import { REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const TIMEOUT_MS = 180_000;
/** How far a forecast may be off, in percent of the time from the start to the end. */
const MOST_ERROR_PERCENT = 10;
/** Forecasts are judged once this share of the time has passed, unless a scenario says otherwise. */
const JUDGED_FROM = 0.5;
/** The client's own pace may be off by so much on a busy machine. */
const PACE_TOLERANCE_SECONDS = 3;
const LOW_PORT = 40_000;

const rows: OutcomeRow[] = [];

async function runScenario(scenario: ForecastScenario): Promise<WatchedRun> {
  const { ports, connections } = scenario;
  await using namespace = await openNamespace();
  const range = `${LOW_PORT} ${LOW_PORT + ports - 1}`;
  await namespace.setSysctl('net.ipv4.ip_local_port_range', range);
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.addAddress(REMOTE_LIKE.address);
  const lastsMs = 1000 * plannedSeconds(scenario);
  return await namespace.forecasts({ destination: REMOTE_LIKE, connections, lastsMs });
}

let runs: Map<ForecastScenario, Promise<WatchedRun>> | undefined;

/** A scenario's run. All of them start with the first that is asked for: they take a minute and a half, and hardly any CPU. */
function runOf(scenario: ForecastScenario): Promise<WatchedRun> {
  runs ??= new Map(forecastScenarios.map((each) => [each, runScenario(each)]));
  // One that fails while another is awaited is reported by its own test.
  for (const run of runs.values()) run.catch(() => undefined);
  const run = runs.get(scenario);
  if (run === undefined) throw new Error(`not a scenario: ${scenario.name}`);
  return run;
}

const runsOut = forecastScenarios.filter((scenario) => scenario.exhaustedAfterSeconds !== null);
const lasts = forecastScenarios.filter((scenario) => scenario.exhaustedAfterSeconds === null);

test.for(runsOut)('$name', { timeout: TIMEOUT_MS }, async (scenario) => {
  const { name, exhaustedAfterSeconds, judgedFrom = JUDGED_FROM, unjudged } = scenario;
  const outcome = judge(await runOf(scenario));
  rows.push({ name, outcome });
  // The scenario first, so that its own mistake is not taken for one of ephtop's.
  const paceError = Math.abs(outcome.totalSeconds - (exhaustedAfterSeconds ?? 0));
  expect(paceError, 'the client runs out when planned').toBeLessThan(PACE_TOLERANCE_SECONDS);
  if (unjudged !== undefined) return;
  const { errorPercent, share } = worstFrom(outcome, judgedFrom);
  const when = `the worst forecast, at ${Math.round(100 * share)} % of the time, is off by, in percent of it`;
  expect(Math.abs(errorPercent), when).toBeLessThanOrEqual(MOST_ERROR_PERCENT);
});

test('a steady rate, from a single sample half-way', { timeout: TIMEOUT_MS }, async () => {
  const [steady] = runsOut;
  if (steady === undefined) throw new Error('no scenario');
  const { errorPercentAlone } = forecastAt(judge(await runOf(steady)), JUDGED_FROM);
  expect(Math.abs(errorPercentAlone)).toBeLessThanOrEqual(MOST_ERROR_PERCENT);
});

test.for(lasts)('$name: never', { timeout: TIMEOUT_MS }, async (scenario) => {
  const { startedMs, exhaustedMs, looks } = await runOf(scenario);
  expect(exhaustedMs, 'the client is never refused a port').toBeNull();
  const halfWayMs = startedMs + (WATCHED_SECONDS * 1000) / 2;
  const late = looks.filter(({ atMs }) => atMs >= halfWayMs);
  expect(late.length).toBeGreaterThan(0);
  expect(late.filter((look) => look.etaSeconds !== null)).toEqual([]);
});

afterAll(() => {
  if (rows.length === 0) return;
  const table = outcomeTable(rows);
  process.stdout.write(`${table}\n`);
  const document = process.env['EPHTOP_FORECAST_DOC'];
  if (document === undefined) return;
  writeFileSync(document, withTable(readFileSync(document, 'utf8'), table));
});
