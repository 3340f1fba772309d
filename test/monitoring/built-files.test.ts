/** What Prometheus and Grafana get: built from its source, and right by Prometheus' own tool. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALERTS } from '../../monitoring/alerts.ts';
import { builtFiles } from '../../monitoring/built-files.ts';
import { RECORDED } from '../../monitoring/queries.ts';
import { METRICS } from '../../src/outputs/metrics-table.ts';

const FOLDER = join(import.meta.dirname, '../../monitoring');
const built = builtFiles();

/** What promtool says; it must be installed (Debian: prometheus). */
function promtool(...args: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { status, said: stdout + stderr };
}

describe('what is checked in is what npm run monitoring builds', () => {
  test.for([...built])('%s', ([name, text]) => {
    expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
  });

  test('and nothing else lies beside it', () => {
    const found = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
    const data = found.filter((name) => /\.(?:ya?ml|json)$/.test(name) && !/^tests\b/.test(name));
    expect(data.toSorted()).toEqual([...built.keys()].toSorted());
  });
});

test.for([...built])('%s names no metric that ephtop does not have', ([, text]) => {
  const known: readonly string[] = [...Object.keys(METRICS), ...Object.values(RECORDED)];
  // A metric stands before its labels, its range, an operator, a bracket or the end; a label's value does not.
  const named = new Set(text.match(/\b(?:\w+:)?ephtop_[\w:]+|\bprocess_\w+/g));
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
  expect(named.size).toBeGreaterThan(5);
});

const RULES = [...built.keys()].filter((name) => name.startsWith('prometheus-'));
const TESTS = ['alerts.yaml', 'rules.yaml'];

test.for(RULES)('promtool accepts %s', (name) => {
  expect(promtool('check', 'rules', join(FOLDER, name))).toMatchObject({ status: 0 });
});

test.for(TESTS)('promtool tests %s', (name) => {
  const { status, said } = promtool('test', 'rules', join(FOLDER, 'tests', name));
  expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
});

/** An alert's tests: whether it is to fire. */
interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly { readonly exp_labels: { readonly severity: string } }[];
    }[];
  }[];
}

describe('the tests say when it fires and when it does not', () => {
  const { tests } = parse(readFileSync(join(FOLDER, 'tests/alerts.yaml'), 'utf8')) as AlertTests;
  const expected = tests.flatMap((one) => one.alert_rule_test ?? []);

  test.for(ALERTS.map(({ alert, labels }) => [alert, labels.severity] as const))(
    '%s, %s',
    ([alert, severity]) => {
      const severities = expected
        .filter(({ alertname }) => alertname === alert)
        .map(({ exp_alerts }) => exp_alerts.map(({ exp_labels }) => exp_labels.severity));
      expect(severities).toContainEqual([severity]);
      expect(severities).toContainEqual([]);
    },
  );
});
