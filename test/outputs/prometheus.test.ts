import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { Model } from '../../src/model/model.ts';
import { METRICS } from '../../src/outputs/metrics-table.ts';
import { FailureCounts } from '../../src/outputs/failure-counts.ts';
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

test.for([
  ['what is certain', {}, 0.2],
  ['what no evidence puts in doubt', { judgedHeadroomPercent: 90 }, 0.9],
  [
    'a doubt that passes is a warning',
    { judgedHeadroomPercent: 9, lastingHeadroomPercent: 30 },
    0.1,
  ],
  ['unless it is critical without', { judgedHeadroomPercent: 5, lastingHeadroomPercent: 9 }, 0.09],
  ['what is assumed', { isAssumed: true, headroomPercent: 70, headroomPercentAtLeast: 0 }, 0.7],
  ['no port is usable', { headroomPercentAtLeast: -5 }, 0],
] as const)('headroom as it is judged: %s', ([, judged, ratio]) => {
  const text = metricsText(
    crowd(1, () => ({ headroomPercentAtLeast: 20, ...judged })),
    context(),
  );
  expect(Object.values(valuesOf(text, 'ephtop_headroom_judged_ratio'))).toEqual([ratio]);
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

describe('refusals are counted', () => {
  const scrape = (counts: FailureCounts, totals: readonly number[], maxGroups = 1) => {
    const text = metricsText(
      crowd(totals.length, (index) => ({
        connectFailures: { perSecond: 0, lastMinute: 0, total: totals[index] ?? 0, processes: [] },
      })),
      context({ maxGroups, failureCounts: counts }),
    );
    return {
      each: Object.values(valuesOf(text, 'ephtop_connect_failures_total')),
      all: valuesOf(text, 'ephtop_machine_connect_failures_total')[''],
    };
  };
  const othersOf = (...given: Parameters<typeof scrape>) => scrape(...given).each.at(-1);

  test('of the groups without series together, whichever they are, and their counter never falls', () => {
    const counts = new FailureCounts();
    expect(othersOf(counts, [5, 1, 2])).toBe(3);
    expect(othersOf(counts, [9, 1, 4])).toBe(5);
    // Two have series of their own now: the counter stays as it is, and one that comes back adds what is new.
    expect(othersOf(counts, [9, 3, 4], 2)).toBe(5);
    expect(othersOf(counts, [9, 4, 4], 1)).toBe(6);
    // A group that was away.
    expect(othersOf(counts, [9, 4], 1)).toBe(6);
    expect(othersOf(counts, [9, 4, 5], 1)).toBe(7);
  });

  test('and go on where those that are counted begin anew', () => {
    const counts = new FailureCounts();
    expect(scrape(counts, [2, 8])).toEqual({ each: [2, 8], all: 10 });
    expect(scrape(counts, [1, 3])).toEqual({ each: [3, 11], all: 14 });
  });

  test('once: what is among the others does not move to the series that a group gets', () => {
    const counts = new FailureCounts();
    expect(scrape(counts, [0, 40])).toEqual({ each: [0, 40], all: 40 });
    expect(scrape(counts, [0, 42], 2)).toEqual({ each: [0, 2], all: 42 });
    expect(scrape(counts, [1, 42])).toEqual({ each: [1, 40], all: 43 });
    expect(scrape(counts, [1, 45], 2)).toEqual({ each: [1, 5], all: 46 });
  });

  test('for the machine from 0 on, before there is any group', () => {
    const counts = new FailureCounts();
    expect(scrape(counts, [])).toEqual({ each: [], all: 0 });
    expect(scrape(counts, [40])).toEqual({ each: [40], all: 40 });
    expect(scrape(counts, [])).toEqual({ each: [], all: 40 });
  });

  test('and not where one look is all, or where they cannot be seen', () => {
    const sampling = { ...model.sample.sampling, refusalsUnseen: 'No.' };
    const unseen = { ...crowd(2), sample: { ...model.sample, sampling } };
    for (const text of [
      metricsText(crowd(2), context()),
      metricsText(unseen, context({ failureCounts: new FailureCounts() })),
    ])
      expect(text).not.toContain('ephtop_machine_connect_failures_total');
  });

  test('whatever happens, each exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            news: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
            maxGroups: fc.nat(4),
          }),
          { maxLength: 12 },
        ),
        (scrapes) => {
          const counts = new FailureCounts();
          const totals = [0, 0, 0, 0];
          const series = new Map<number, number>();
          let others = 0;
          for (const { news, maxGroups } of scrapes) {
            for (const [index, more] of news.entries()) totals[index] = (totals[index] ?? 0) + more;
            const { each, all } = scrape(counts, totals, maxGroups);
            for (const [index, value] of each.slice(0, maxGroups).entries())
              series.set(index, value);
            if (maxGroups < 4) others = each.at(-1) ?? 0;
            const sum = [...series.values()].reduce((one, two) => one + two, others);
            expect(sum).toBe(all);
            expect(sum).toBe(totals.reduce((one, two) => one + two));
          }
        },
      ),
    );
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
    () => metricsText(crowd(20), context({ maxGroups: 3, failureCounts: new FailureCounts() })),
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
      context({ maxGroups: 1, failureCounts: new FailureCounts() }),
    );
    const found = new Map<string, Set<string>>();
    for (const [, name = '', labels = ''] of exported.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
      const known = found.get(name) ?? new Set();
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
      found.set(name, known);
    }
    const ofSeveral = ['ephtop_place_up'];
    expect([...found.keys(), ...ofSeveral].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, labels] of found)
      expect([name, [...labels].toSorted()]).toEqual([
        name,
        [...(METRICS[name as keyof typeof METRICS].labels as readonly string[])].toSorted(),
      ]);
  });
});
