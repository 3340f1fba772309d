import { stringify } from 'yaml';
import { ALERTS } from './alerts.ts';
import { fleetDashboard } from './fleet-dashboard.ts';
import { machineDashboard } from './machine-dashboard.ts';
import { numbered } from './panels.ts';
import { RECORDING_RULES } from './recording-rules.ts';

/** What Prometheus and Grafana read: text by the path in this folder. */
export function builtFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['prometheus-alerts.yaml', rulesFile('alerts.ts', 'ephtop', ALERTS)],
    ['prometheus-rules.yaml', rulesFile('recording-rules.ts', 'ephtop.rules', RECORDING_RULES)],
    ...[fleetDashboard(), machineDashboard()].map(
      (built) =>
        [
          `dashboards/${built.uid}.json`,
          `${JSON.stringify(numbered(built), undefined, 2)}\n`,
        ] as const,
    ),
  ]);
}

function rulesFile(source: string, name: string, rules: readonly object[]): string {
  const text = stringify({ groups: [{ name, rules }] }, { lineWidth: 0 });
  return `# Built from ${source} by npm run monitoring.\n${text}`;
}
