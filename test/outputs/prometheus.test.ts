import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { Model } from '../../src/model/model.ts';
import { METRICS } from '../../src/outputs/metrics-table.ts';
import { OtherFailures } from '../../src/outputs/other-failures.ts';
import { downText, type MetricsContext, metricsText } from '../../src/outputs/prometheus.ts';
import { fixtureModel } from '../helpers/fixture.ts';

const model = fixtureModel();

const PROCESS = { cpuSeconds: 1.25, residentBytes: 9e7, startedAtSeconds: 1.8e9 };
const context = (more: Partial<MetricsContext> = {}): MetricsContext => ({
  version: '1.2.3',
  maxGroups: 50,
  process: PROCESS,
  ...more,
});

/** The values of a metric, by its labels. */
function valuesOf(text: string, name: string): Record<string, number> {
  const rows = text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries([...rows].map(([, labels = '', value]) => [labels, Number(value)]));
}

/** As many groups as wanted, each with a share of its ports in use, and a destination, of its own. */
function crowd(count: number, change: (index: number) => Partial<GroupModel> = () => ({})): Model {
  const [group] = model.groups;
  if (group === undefined) throw new Error('no group');
  const groups = Array.from({ length: count }, (_, index) => ({
    ...group,
    key: String(index),
    remotePort: index + 1,
    used: count - index,
    free: 89 - count + index,
    freeAtLeast: 80 - count + index,
    reusable: index,
    closeRate: 2,
    owners: [{ pid: index + 1, command: `worker ${index}`, sockets: 3 }],
    unownedSockets: 1,
    connectFailures: { perSecond: 0, lastMinute: 0, total: 10 * index, processes: [] },
    ...change(index),
  }));
  return { ...model, groups };
}

const PROMTOOL = ['promtool', ['check', 'metrics']] as const;

/** What promtool has to say; it must be installed (Debian: prometheus). */
function promtool(text: string) {
  const { status, stdout, stderr, error } = spawnSync(...PROMTOOL, {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, said: stdout + stderr };
}

test('the recorded /proc, as the textfile collector gets it', () => {
  const text = metricsText(model, { version: '1.2.3', maxGroups: 50 });
  const group = 'local_address="10.0.3.7",remote_address="10.0.9.21",remote_port="8080"';
  expect(valuesOf(text, 'ephtop_ephemeral_ports')).toMatchObject({
    [`${group},state="used"`]: 13,
    [`${group},state="free"`]: 76,
  });
  expect(valuesOf(text, 'ephtop_ephemeral_ports_usable')[group]).toBe(89);
  expect(valuesOf(text, 'ephtop_port_range_size')).toEqual({ '': 100 });
  expect(valuesOf(text, 'ephtop_sockets')).toEqual(
    Object.fromEntries(
      Object.entries(model.sample.byState).map(([state, count]) => [`state="${state}"`, count]),
    ),
  );
  expect(valuesOf(text, 'ephtop_build_info')).toEqual({ 'version="1.2.3",source="procfs"': 1 });
  expect(text).not.toContain('process_');
  expect(text).toContain('ephtop_sample_duration_seconds 0.01124\n');
  // Neither timestamps nor anything but HELP, TYPE and series.
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^# (?:HELP|TYPE) \w+ .+$|^\w+(?:\{.*\})? [-+\w.]+$/);
});

test('"never" is no series, and refusals that are not seen are none', () => {
  const change = (index: number) => ({
    etaSeconds: index === 0 ? 12.5 : null,
    connectFailures: undefined,
  });
  const text = metricsText(crowd(3, change), context());
  expect(Object.values(valuesOf(text, 'ephtop_exhaustion_eta_seconds'))).toEqual([12.5]);
  expect(text).not.toContain('ephtop_connect_failures_total');
});

describe('groups beyond the limit', () => {
  const sums = (text: string) =>
    Object.fromEntries(
      ['', '_usable', '_free_at_least', '_reusable'].map((name) => [
        name,
        Object.values(valuesOf(text, `ephtop_ephemeral_ports${name}`)).reduce((a, b) => a + b, 0),
      ]),
    );

  test.for([0, 1, 7, 19, 20, 21])(
    'are summed up: with %d apart, the sums are the same',
    (maxGroups) => {
      const text = metricsText(crowd(20), context({ maxGroups }));
      expect(sums(text)).toEqual(sums(metricsText(crowd(20), context())));
      expect(sums(text)['']).toBe(sums(text)['_usable']);
      const left = Math.max(0, 20 - maxGroups);
      expect(valuesOf(text, 'ephtop_groups_not_exported')).toEqual({ '': left });
      expect(valuesOf(text, 'ephtop_groups')).toEqual({ '': 20 });
      expect(text.includes('remote_port="other"')).toBe(left > 0);
    },
  );

  test('are those with the least use', () => {
    const text = metricsText(crowd(3), context({ maxGroups: 1 }));
    expect(Object.keys(valuesOf(text, 'ephtop_ephemeral_ports_usable'))).toEqual([
      'local_address="10.0.3.7",remote_address="10.0.9.21",remote_port="1"',
      'local_address="other",remote_address="other",remote_port="other"',
    ]);
    expect(Object.values(valuesOf(text, 'ephtop_time_wait_close_rate'))).toEqual([2, 4]);
  });

  test('and those that the sample sums up already: connections count as ports in use', () => {
    const remainder = { ...model.sample.remainder, groups: 2, sockets: 30 };
    const given = { ...crowd(1), sample: { ...model.sample, remainder } };
    const text = metricsText(given, context());
    const other = 'local_address="other",remote_address="other",remote_port="other"';
    expect(valuesOf(text, 'ephtop_ephemeral_ports')).toMatchObject({
      [`${other},state="used"`]: 30,
      [`${other},state="free"`]: 148,
    });
    expect(valuesOf(text, 'ephtop_groups')).toEqual({ '': 3 });
    expect(valuesOf(text, 'ephtop_groups_not_exported')).toEqual({ '': 2 });
  });
});

describe('the counter of refusals of the others', () => {
  const scrape = (others: OtherFailures, totals: readonly number[], maxGroups = 1) =>
    valuesOf(
      metricsText(
        crowd(totals.length, (index) => ({
          connectFailures: {
            perSecond: 0,
            lastMinute: 0,
            total: totals[index] ?? 0,
            processes: [],
          },
        })),
        context({ maxGroups, otherFailures: others }),
      ),
      'ephtop_connect_failures_total',
    );
  const otherOf = (values: Record<string, number>) =>
    Object.entries(values).find(([labels]) => labels.includes('other'))?.[1];

  test('rises with theirs alone, whichever they are', () => {
    const others = new OtherFailures();
    expect(otherOf(scrape(others, [5, 1, 2]))).toBe(3);
    expect(otherOf(scrape(others, [9, 1, 4]))).toBe(5);
    // Two have series of their own now: the counter stays as it is, and one that comes back adds what is new.
    expect(otherOf(scrape(others, [9, 3, 4], 2))).toBe(5);
    expect(otherOf(scrape(others, [9, 4, 4], 1))).toBe(6);
    // A group that was away.
    expect(otherOf(scrape(others, [9, 4], 1))).toBe(6);
    expect(otherOf(scrape(others, [9, 4, 5], 1))).toBe(7);
  });

  test('goes on where those that it counts begin anew', () => {
    const others = new OtherFailures();
    scrape(others, [0, 8]);
    expect(otherOf(scrape(others, [0, 3]))).toBe(11);
  });

  test('a group of its own has its own total', () => {
    expect(Object.values(scrape(new OtherFailures(), [5, 1]))).toEqual([5, 1]);
  });
});

describe('names of processes', () => {
  const ownersOf = (given: Model, maxGroups = 50) =>
    valuesOf(metricsText(given, context({ maxGroups })), 'ephtop_owner_sockets');

  test('are summed up over processes, and the unknown are nameless', () => {
    const owners = [
      { pid: 1, command: 'nginx', sockets: 2 },
      { pid: 2, command: 'nginx', sockets: 3 },
      { pid: 3, command: ' ', sockets: 4 },
      { pid: 4, command: 'gone', sockets: 0 },
    ];
    const found = ownersOf(crowd(1, () => ({ owners, unownedSockets: 7 })));
    expect(Object.entries(found).map(([labels, n]) => [labels.split(',').at(-1), n])).toEqual([
      ['command="nginx"', 5],
      ['command=""', 11],
    ]);
  });

  test('are ten at most for a group, and nothing is lost', () => {
    const owners = Array.from({ length: 30 }, (_, n) => ({
      pid: n + 1,
      command: `evil ${n}`,
      sockets: 30 - n,
    }));
    const found = Object.values(ownersOf(crowd(1, () => ({ owners, unownedSockets: 0 }))));
    expect(found).toHaveLength(11);
    expect(found.reduce((a, b) => a + b)).toBe((30 * 31) / 2);
  });
});

test('series that differ in their device only are told apart', () => {
  const given = crowd(2, (index) => ({ remotePort: 1, device: index === 0 ? undefined : 'eth0' }));
  const labels = Object.keys(
    valuesOf(metricsText(given, context()), 'ephtop_ephemeral_ports_usable'),
  );
  expect(new Set(labels).size).toBe(2);
  expect(labels[1]).toContain('device="eth0"');
});

test.for<[string, () => string]>([
  ['the recorded /proc', () => metricsText(model, context())],
  [
    'twenty groups, some summed up',
    () => metricsText(crowd(20), context({ maxGroups: 3, otherFailures: new OtherFailures() })),
  ],
  ['no groups', () => metricsText({ ...model, groups: [] }, context())],
  ['a kernel that cannot be read', () => downText(context())],
  [
    'names that mean harm',
    () => {
      const owners = ['"} 1\nx', '\\', '\ud800', '', '\u202e'].map((command, n) => ({
        pid: n + 1,
        command,
        sockets: 1,
      }));
      return metricsText(
        crowd(1, () => ({ owners })),
        context(),
      );
    },
  ],
])('promtool finds nothing to say about %s', ([, text]) => {
  expect(promtool(text())).toEqual({ status: 0, said: '' });
});

test('promtool is asked what it can answer', () => {
  expect(promtool('a_total{ 1\n').status).not.toBe(0);
});

describe('docs/metrics.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| .*\|$/gm)].map(([, name, type, labels]) => [
      name,
      { type, labels: [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label) },
    ]),
  );

  test('has each metric, with its type and labels, and no other', () => {
    expect(Array.from(rows.keys(), String).toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, { type, labels }] of Object.entries(METRICS))
      expect([name, rows.get(name)]).toEqual([name, { type, labels: [...labels] }]);
  });

  test('and the table has what is exported, with the labels that it says', () => {
    const exported = metricsText(
      crowd(3, () => ({ etaSeconds: 1, device: 'eth0' })),
      context({ maxGroups: 1, otherFailures: new OtherFailures() }),
    );
    const found = new Map<string, Set<string>>();
    for (const [, name = '', labels = ''] of exported.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
      const known = found.get(name) ?? new Set();
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
      found.set(name, known);
    }
    expect([...found.keys()].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, labels] of found)
      expect([name, [...labels].toSorted()]).toEqual([
        name,
        [...(METRICS[name as keyof typeof METRICS].labels as readonly string[])].toSorted(),
      ]);
  });
});
