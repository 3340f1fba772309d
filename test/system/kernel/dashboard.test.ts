/** The dashboards and rules, on what a real Prometheus has of a machine that is out of ports. */
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { nodePath } from '../../helpers/namespace.ts';
import { isMissing } from '../../helpers/programs.ts';
import { apart, requireTracefs } from '../../helpers/tracefs-namespace.ts';
import type { DashboardRun } from './dashboard-scenario.ts';

const scenarioPath = fileURLToPath(new URL('./dashboard-scenario.ts', import.meta.url));

beforeEach(requireTracefs);

test('a real Prometheus has an answer to each query of the dashboards, and alerts', async ({
  skip,
}) => {
  skip(isMissing('prometheus'), 'prometheus is not installed');
  const command = [nodePath(), '--disable-warning=ExperimentalWarning', scenarioPath];
  const { queries, sickRules, alerts } = JSON.parse(
    await apart(command, 'beside others'),
  ) as DashboardRun;
  expect(queries.length).toBeGreaterThan(50);
  expect(queries.filter(({ series, error }) => series === 0 || error !== undefined)).toEqual([]);
  const mostOf = (place: string) => queries.find((query) => query.place === place)?.most;
  expect(mostOf('ephtop-fleet: Worst headroom: A')).toBe(0);
  expect(mostOf('ephtop-fleet: Ports nearly used: A')).toBe(1);
  expect(mostOf('ephtop-machine: Ports used: A')).toBe(200);
  expect(mostOf('ephtop-machine: Connections into TIME_WAIT per second: A')).toBeGreaterThan(0);
  expect(mostOf('ephtop-machine: Refused connect()/s: A')).toBeGreaterThan(0);
  expect(mostOf('ephtop-machine: Live connections by owner: A')).toBeGreaterThan(0);
  expect(sickRules).toEqual([]);
  expect(alerts).toContain('EphtopConnectFailures critical firing');
  expect(alerts).toContain('EphtopPortsNearlyUsed critical pending');
  expect(alerts).toContain('EphtopExhaustionSoon critical pending');
  expect(
    alerts.filter((alert) => /ExporterDown|Absent|CannotRead|Partial|Slow/.test(alert)),
  ).toEqual([]);
});
