import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckLimits, judge } from '../../src/model/check/check-verdict.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { Model } from '../../src/model/model.ts';
import { checkText } from '../../src/outputs/check.ts';
import { unknownLine } from '../../src/outputs/plugin-line.ts';
import { alertRange, LIMITS } from '../helpers/check-limits.ts';
import { fixtureModel } from '../helpers/fixture.ts';

const model = fixtureModel();

function textOf(given: Model, verbosity = 0, limits = LIMITS, filteredOut = 0): string {
  const verdict = judge(given, limits);
  return checkText({ model: given, verdict, limits, filteredOut, looks: 1, verbosity });
}

/** The fixture with its first group changed. */
function withFirst(change: Partial<GroupModel>): Model {
  const [first, ...others] = model.groups;
  if (first === undefined) throw new Error('no group');
  return { ...model, groups: [{ ...first, ...change }, ...others] };
}

/** Performance data, read as monitoring systems do: label, value with unit, warning, critical, minimum, maximum. */
function performanceOf(text: string): Record<string, string[]> {
  const [line = ''] = text.split('\n');
  const data = line.slice(line.indexOf('|') + 1).trim();
  const items = [...data.matchAll(/(?:^| )([^\s'=]+)=(\S+)/g)];
  expect(items.map(([item]) => item).join('')).toBe(data);
  return Object.fromEntries(items.map(([, label = '', rest = '']) => [label, rest.split(';')]));
}

describe('the line', () => {
  test('of a machine that is well', () => {
    expect(textOf(model)).toBe(
      'EPHTOP OK: 10.0.3.7 -> 10.0.9.21:8080 is the fullest of 3 groups: 14.6% used (76 of 89 left) | used=14.61%;75;90;0;100 free=76;;;0;89 refused=0;;0;0 groups=3;;;0',
    );
  });

  test('of a group that runs out', () => {
    const soon = { etaSeconds: 38.14, closesSeenSeconds: 60 };
    expect(textOf(withFirst(soon))).toBe(
      'EPHTOP WARNING: 10.0.3.7 -> 10.0.9.21:8080 runs out of ports in 38 s, 14.6% used (76 of 89 left) | used=14.61%;75;90;0;100 free=76;;;0;89 eta=38.14s;120:;30:;0 refused=0;;0;0 groups=3;;;0',
    );
  });

  test.each([
    [29, 14, 'WARNING', ', seen for 14 s only |'],
    [29, 0, 'WARNING', ', seen for 1 s only |'],
    [29, 15, 'CRITICAL', ' left) |'],
    [30, 14, 'WARNING', ' left) |'],
  ])('of a group that runs out in %d s, by %d s of closes: %s', (etaSeconds, seen, state, end) => {
    const text = textOf(withFirst({ etaSeconds, closesSeenSeconds: seen, closesPerSecond: 9 }));
    expect(text).toMatch(
      new RegExp(`^EPHTOP ${state}: .* runs out of ports in ${etaSeconds} s, 14\\.6% used `),
    );
    expect(text).toContain(end);
  });

  test('of refused connections', () => {
    const connectFailures = { perSecond: 0, lastMinute: 12, total: 12, processes: [] };
    const text = textOf(withFirst({ connectFailures }));
    expect(text).toMatch(
      /^EPHTOP CRITICAL: \S+ -> \S+ is out of ports: the kernel refused 12 connect\(\)s during this check, /,
    );
    expect(performanceOf(text)['refused']).toEqual(['12', '', '0', '0']);
  });

  test('says how many ports a doubt leaves that raises no alarm; performance data is what is judged', () => {
    const doubt = {
      headroomPercentAtLeast: 5,
      judgedHeadroomPercent: 85,
      freeAtLeast: 4,
      uncertain: 'A rush may have been.',
    };
    const text = textOf(withFirst(doubt));
    expect(text).toMatch(/^EPHTOP OK: .* up to 95\.0% used \(4 to 76 of 89 left, uncertain\) \|/);
    expect(performanceOf(text)).toMatchObject({ used: ['15%', '75', '90', '0', '100'] });
    expect(performanceOf(text)).toMatchObject({ free: ['4', '', '', '0', '89'] });
  });

  test('says why a number beyond the limit of CRITICAL is a WARNING', () => {
    const doubt = {
      headroomPercentAtLeast: 5,
      freeAtLeast: 4,
      lastingHeadroomPercent: 85,
      uncertain: 'A rush may have been.',
    };
    expect(textOf(withFirst(doubt))).toMatch(
      /^EPHTOP WARNING: .* \(4 to 76 of 89 left, uncertain\), in doubt only until TIME_WAIT has passed \|/,
    );
  });

  test('says that a number is uncertain, and with -v why', () => {
    const doubt = {
      headroomPercentAtLeast: 20,
      freeAtLeast: 18,
      uncertain: 'A rush may have been.',
    };
    expect(textOf(withFirst(doubt))).toContain(
      'is short of ports: up to 80.0% used (18 to 76 of 89 left, uncertain) |',
    );
    expect(textOf(withFirst(doubt), 1)).toContain('; uncertain: A rush may have been; ');
  });

  test('of no connections, and of a filter that finds none', () => {
    expect(textOf({ ...model, groups: [] })).toBe(
      'EPHTOP OK: no outgoing TCP connections, every port is free | used=0%;75;90;0;100 free=89;;;0;89 refused=0;;0;0 groups=0;;;0',
    );
    expect(textOf({ ...model, groups: [] }, 0, LIMITS, 3)).toContain(
      'EPHTOP OK: no group matches the filter, and 3 do not |',
    );
    const remainder = { ...model.sample.remainder, groups: 1 };
    const cut = { ...model, groups: [], sample: { ...model.sample, remainder } };
    expect(textOf(cut, 0, LIMITS, 2000)).toContain(
      'EPHTOP OK: none of the 2,000 fullest groups matches the filter; 1 smaller one not looked at |',
    );
  });

  test('of a group with a range of its own: the figures are those of that range, in the line and after it', () => {
    const own = {
      uncertain: 'This group only takes ports 1–20.',
      freeAtLeast: 1,
      ownHeadroomPercent: 5,
      headroomPercentAtLeast: 5,
    };
    expect(textOf(withFirst(own))).toMatch(
      /^EPHTOP CRITICAL: .* is short of ports: up to 95\.0% of its own range used \(1 to 76 of 89 left, uncertain\) \| used=95%;75;90;0;100 free=1;;;0 /,
    );
    const text = textOf(withFirst({ ...own, isAssumed: true, headroomPercent: 86 }), 2);
    expect(text).toMatch(
      /^EPHTOP WARNING: .* cannot be judged for sure: This group only takes ports 1-20; 36 sockets by /,
    );
    expect(text.split('\n')[0]?.split('only takes')).toHaveLength(2);
    expect(text).toContain('up to 95.0% of its own range used (1 to 76 of 89 left, uncertain)');
    expect(performanceOf(text)).toMatchObject({
      used: ['95%', '75', '90', '0', '100'],
      free: ['1', '', '', '0'],
    });
  });

  test('of assumed settings: no port is surely free', () => {
    const assumed = { uncertain: 'Assumed.', freeAtLeast: 0, isAssumed: true };
    const text = textOf(withFirst({ ...assumed, headroomPercentAtLeast: 0 }));
    expect(text).toContain(
      'WARNING: 10.0.3.7 -> 10.0.9.21:8080 cannot be judged for sure: Assumed',
    );
    expect(performanceOf(text)).toMatchObject({
      used: ['100%', '75', '90', '0', '100'],
      free: ['0', '', '', '0', '89'],
    });
  });

  test('of assumed settings, also where there is no group', () => {
    const sysctls = { ...model.sample.sysctls, 'net.ipv4.ip_local_reserved_ports': 'x' };
    const text = textOf({ ...model, groups: [], sample: { ...model.sample, sysctls } });
    expect(text).toMatch(
      /^EPHTOP WARNING: no group to judge, and settings are assumed: net\.ipv4\.ip_local_reserved_ports: cannot read reserved ports from "x"; no port is taken to be reserved \|/,
    );
  });

  test('counts the groups in trouble beside the first', () => {
    const used = { headroomPercent: 5, headroomPercentAtLeast: 5 };
    const soon = { etaSeconds: 100 };
    const groups = model.groups.map((group, index) => ({ ...group, ...(index < 1 ? used : soon) }));
    expect(textOf({ ...model, groups })).toContain('left); 2 more groups in trouble |');
    expect(textOf({ ...model, groups: groups.slice(0, 2) })).toContain(
      'left); 1 more group in trouble |',
    );
  });

  test('of sockets that could not be read: values are unknown, not 0', () => {
    const sampling = { ...model.sample.sampling, isPartial: true };
    const text = textOf({ ...model, groups: [], sample: { ...model.sample, sampling } });
    expect(text).toMatch(/^EPHTOP UNKNOWN: not all sockets could be read/);
    const warnings = ['/proc/net/tcp: no file descriptor is left.', 'another'];
    const why = { ...model.sample, sampling: { ...sampling, warnings } };
    expect(textOf({ ...model, groups: [], sample: why })).toContain(
      ', it is not known which ports are free: /proc/net/tcp: no file descriptor is left |',
    );
    expect(performanceOf(text)).toMatchObject({ used: ['U', '75', '90', '0', '100'] });
    const some = textOf({ ...model, sample: { ...model.sample, sampling } });
    expect(performanceOf(some)).toMatchObject({
      used: ['U', '75', '90', '0', '100'],
      free: ['U', '', '', '0', '89'],
    });
  });
});

test('performance data has the ranges as they were given', () => {
  const limits = {
    warning: alertRange('@10%:20%'),
    critical: alertRange('~:75'),
    etaWarning: 600,
    etaCritical: 0.5,
  };
  const text = textOf(withFirst({ etaSeconds: 599, closesSeenSeconds: 60 }), 0, limits);
  expect(performanceOf(text)).toMatchObject({
    used: ['14.61%', '@10:20', '~:75', '0', '100'],
    eta: ['599s', '600:', '0.5:', '0'],
  });
});

test('-v stays on one line, -vv has lines without performance data', () => {
  expect(textOf(model, 1).split('\n')).toHaveLength(1);
  expect(textOf(model, 1)).toContain(
    '; 36 sockets by procfs in 11 ms, one look; range 40000-40099, 89 of 100 usable;',
  );
  const [first, ...lines] = textOf(model, 2).split('\n');
  expect(first).toBe(textOf(model, 1));
  expect(lines).toHaveLength(3);
  expect(lines.join()).not.toContain('|');
});

test('-v says that limits contradict each other, and the line alone does not', () => {
  const limits = { ...LIMITS, warning: alertRange('90'), critical: alertRange('75') };
  const note = '; --warning 90 adds nothing, --critical 75 comes first |';
  expect(textOf(model, 1, limits)).toContain(note);
  expect(textOf(model, 0, limits)).not.toContain('--');
});

test('what is not known yet is not said to be well', () => {
  const lineOf = (growthPerSecond: number | undefined) =>
    textOf(withFirst({ etaSeconds: null, growthPerSecond }), 2).split('\n')[1];
  expect(lineOf(undefined)).toMatch(/, not running out by its closes, growth not known yet$/);
  expect(lineOf(0)).toMatch(/left\), not running out$/);
});

test('foreign text neither ends the line, nor begins performance data, nor steers a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (foreign, verbosity) => {
      const sampling = { ...model.sample.sampling, warnings: [foreign], refusalsUnseen: foreign };
      const given = withFirst({ label: foreign, uncertain: foreign });
      const text = textOf({ ...given, sample: { ...given.sample, sampling } }, verbosity);
      const [line = '', ...more] = text.split('\n');
      expect(line.split('|')).toHaveLength(2);
      expect(more.join('')).not.toContain('|');
      expect(more).toHaveLength(verbosity < 2 ? 0 : 4);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      performanceOf(text);
    }),
  );
});

test('a check without a verdict is one line', () => {
  expect(unknownLine('a|b\nc')).toBe('EPHTOP UNKNOWN: a\\x7cb\\x0ac');
});

test.each([
  ['10:', 5, 'stands at 5.0% used (76 of 89 left), outside 10: |'],
  ['@0:10', 5, 'stands at 5.0% used (76 of 89 left), inside @0:10 |'],
  ['10:20', 30, 'is short of ports: '],
])('a limit of %s and %i%% in use: %s', (limit, percent, words) => {
  const used = { headroomPercent: 100 - percent, headroomPercentAtLeast: 100 - percent };
  const given = withFirst({ ...used, etaSeconds: null });
  const [group] = given.groups;
  const one = { ...given, groups: group === undefined ? [] : [group] };
  expect(
    textOf(one, 0, { ...LIMITS, warning: alertRange(limit), critical: alertRange('100') }),
  ).toContain(words);
});

describe('a group that is out of ports is said to be so, whatever the limits are:', () => {
  const off = { ...LIMITS, etaWarning: 0, etaCritical: 0 };
  const isFull = { used: 89, headroomPercent: 0, headroomPercentAtLeast: 0, etaSeconds: 0 };
  const full = { ...isFull, free: 0, freeAtLeast: 0 };
  test.each<[string, CheckLimits, Partial<GroupModel>, RegExp]>([
    ['no limit of time', off, full, /CRITICAL: \S+ -> \S+ is out of ports, 100\.0% used \(0 of /],
    [
      'a warning',
      { ...off, critical: alertRange('100') },
      full,
      /WARNING: \S+ -> \S+ is out of ports, 100\.0% used \(0 of /,
    ],
    [
      'no limit at all',
      { ...off, warning: alertRange('100'), critical: alertRange('100') },
      full,
      /OK: \S+ -> \S+ is out of ports, and the fullest of 3 groups: 100\.0% used \(0 of 89 left\)/,
    ],
    [
      'one port is left',
      { ...off, warning: alertRange('99'), critical: alertRange('100') },
      { ...full, free: 1, freeAtLeast: 1, headroomPercent: 1, headroomPercentAtLeast: 0.5 },
      /WARNING: \S+ -> \S+ is short of ports: 99\.5% used \(1 of /,
    ],
  ])('%s', (_, limits, change, line) => {
    expect(textOf(withFirst(change), 0, limits)).toMatch(line);
  });
});

test('a limit that no connections pass says so', () => {
  const none = { ...model, groups: [] };
  expect(textOf(none, 0, { ...LIMITS, warning: alertRange('10:') })).toMatch(
    /^EPHTOP WARNING: no outgoing TCP connections: 0% used is outside 10: \|/,
  );
});
