import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINS } from '../../src/model/report/group-courses.ts';
import { promiseText } from '../../src/format/best-fix.ts';
import { block, code, prose, table } from '../../src/outputs/markdown.ts';
import { reportMarkdown } from '../../src/outputs/report-markdown.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { FAILURES, PRESSURE_STARTS_MS, pressedSamples } from '../helpers/pressure.ts';
import { reportDocument, reportOf } from '../helpers/reports.ts';
import { closedLately, connections, SMALL_RANGE, sampleOfSockets } from '../helpers/sockets.ts';

const NONE = { perSecond: 0, lastMinute: 0, total: 0, processes: [] };

/** An incident, a sample a second: it fills, is refused for 5 s, has another sysctl, and is well. */
function incident(): Sample[] {
  const at = (second: number, closed: number, refused: number, reuse = '2') => {
    const sample = sampleOfSockets(
      [
        ...connections(10),
        ...closedLately(closed, {}, 40_010),
        ...connections(3, { remote: '10.0.9.22' }),
      ],
      {
        takenAtMs: PRESSURE_STARTS_MS + 1000 * second,
        sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': reuse },
      },
    );
    const failures = {
      ...FAILURES,
      total: refused,
      ...(second >= 66 && { lastMinute: 0, sinceMs: undefined, lastAtMs: undefined }),
      perSecond: second >= 3 && second < 16 ? 12 : 0,
    };
    return {
      ...sample,
      groups: sample.groups.map((group) => ({
        ...group,
        connectFailures: group.remoteAddress === '10.0.9.21' && refused > 0 ? failures : NONE,
      })),
    };
  };
  return [
    at(0, 2, 0),
    at(1, 66, 0),
    at(2, 82, 0),
    ...[3, 4, 5].map((second) => at(second, 90, 20 * (second - 2))),
    ...Array.from({ length: 150 }, (_, index) => at(6 + index, 20, 60, '1')),
  ];
}

describe('a report', () => {
  const report = reportOf(incident());
  const markdown = reportMarkdown(report, 'Europe/Berlin');
  const document = reportDocument(report);

  test('says what happened when, in order', () => {
    expect(document.timeline.map(({ kind }) => kind)).toEqual([
      'warning',
      'critical',
      'refusal',
      'exhaustion',
      'sysctl',
      'recovery',
    ]);
    expect(markdown).toMatch(
      /\| 2026-11-21 12:00:03 \| \S+ \S+ \| connect\(\) refused: 10\.0\.3\.7 → 10\.0\.9\.21:8080 \|/,
    );
    expect(markdown).toContain('Europe/Berlin');
    expect(document.incidents).toMatchObject([{ since: '2026-11-21T12:00:01.000Z' }]);
    expect(document.incidents[0]?.until).not.toBeNull();
  });

  test('has the worst groups first, with a chart of as many cells as bins', () => {
    const [first, second] = document.groups;
    expect([first?.remoteAddress, second?.remoteAddress]).toEqual(['10.0.9.21', '10.0.9.22']);
    expect(first).toMatchObject({ mostUsed: 100, leastHeadroomPercent: 0, refused: 60 });
    expect(first?.usedPercent).toHaveLength(BINS);
    expect(Math.max(...(first?.usedPercent ?? []).map(Number))).toBe(100);
    const chart = /`([▁▂▃▄▅▆▇█·]+)`/.exec(markdown)?.[1] ?? '';
    expect(chart).toHaveLength(BINS);
    expect(chart).toMatch(/█.*▁/);
  });

  test('counts what was refused, and by whom', () => {
    expect(document.refused).toBe(60);
    expect(markdown).toContain(
      '60 connect() calls were refused for want of a port (EADDRNOTAVAIL), at most 20 a second.',
    );
    expect(markdown).toMatch(/\| `haproxy` \| 812 \| 1,200 \|/);
  });

  test('names the cause, with evidence', () => {
    expect(document.cause).toMatchObject({ cause: 'TIME_WAIT', taken: 100 });
    expect(markdown).toMatch(
      /\*\*closed connections in TIME\\_WAIT hold 90 of the 100 ports taken\*\*/,
    );
  });

  test('has the sysctls in force, and the one that changed', () => {
    expect(document.sysctls['net.ipv4.tcp_tw_reuse']).toEqual({ from: '2', to: '1' });
    expect(markdown).toContain('| `net.ipv4.tcp_tw_reuse` | `2` | **`1`** |');
    expect(markdown).toContain('| `net.ipv4.tcp_timestamps` | `1` | the same |');
  });

  test('says what was advised, what would have prevented it, and what was done', () => {
    expect(document.advisedAtFirstWarning).toContain('enable-tw-reuse');
    expect(document.advice.map(({ id }) => id)).toContain('enable-tw-reuse');
    expect(document.prevention).toHaveLength(document.advice.length);
    expect(document.prevention.some(({ enough }) => enough === true)).toBe(true);
    expect(markdown).toMatch(/```sh\n {3}sysctl -w net\.ipv4\.tcp_tw_reuse=1\n/);
    expect(document.followed).toMatchObject([
      { id: 'enable-tw-reuse', headroomLeast: 88, headroomLast: 88 },
    ]);
    expect(markdown).toMatch(/: promised \S+ → [^;]+; it had 88\.0% 60 s later\.\n/);
    expect(markdown).toContain('| suggestion | headroom | enough? |');
    // As the live view has it.
    const { advice } = report.worst;
    expect(advice.some(({ effect }) => effect.isGradual)).toBe(true);
    expect(markdown).toMatch(/^\| With over half .* \| no figure \| not alone \|$/m);
    for (const { title, effect } of advice)
      expect(markdown).toContain(`| ${prose(title)} | ${promiseText(effect)} |`);
  });

  test('that ends right after something was done says that the result is not known', () => {
    const short = reportOf(incident().slice(0, 8));
    expect(reportDocument(short).followed).toMatchObject([{ headroomLast: null }]);
    expect(reportMarkdown(short, 'UTC')).toContain('; what came of it was not recorded.');
  });

  test.each([
    [160, false, '160 samples, all of which this report looks at.'],
    [160, true, '160 samples, all of which this report looks at.'],
    [185, false, '185 samples, of which this report looks at all that can be read (160).'],
    [
      185,
      true,
      '185 samples, of which this report looks at one a second, and all where something turned (160).',
    ],
  ])('of 160 looks at %i samples, thinned out: %s', (samples, isThinned, text) => {
    expect(reportMarkdown({ ...report, samples, looks: 160, isThinned }, 'UTC')).toContain(text);
  });

  test.each([
    [1, 'The files of 1 process could not'],
    [2, 'The files of 2 processes could not'],
  ])('has the files of %i processes that could not be read', (ownersUnseen, text) => {
    const unseen = { ...report.unseen, ownersUnseen };
    expect(reportMarkdown({ ...report, unseen }, 'UTC')).toContain(text);
  });

  test('of a time in which all was well says so', () => {
    const calm = reportOf(incident().slice(-20));
    expect(reportDocument(calm)).toMatchObject({ timeline: [], incidents: [], refused: 0 });
    const text = reportMarkdown(calm, 'UTC');
    expect(text).toContain('nothing ran short');
    expect(text).toContain('Nothing was to be prevented.');
  });

  test('of a recording that begins when ports are back contradicts itself nowhere', () => {
    const connectFailures = {
      perSecond: 0,
      lastMinute: 279,
      total: 500,
      processes: [],
      sinceMs: PRESSURE_STARTS_MS - 27_000,
      lastAtMs: PRESSURE_STARTS_MS - 20_000,
    };
    const samples = [0, 1, 2].map((second) => {
      const sample = sampleOfSockets(closedLately(10), {
        takenAtMs: PRESSURE_STARTS_MS + 1000 * second,
        sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' },
      });
      const groups = sample.groups.map((group) => ({ ...group, used: 0, free: 100, byPort: {} }));
      return { ...sample, groups: groups.map((group) => ({ ...group, connectFailures })) };
    });
    const text = reportMarkdown(reportOf(samples), 'UTC');
    expect(text).toContain('ports had run out before');
    expect(text).toMatch(/\| before the recording \| 0 \|/);
    expect(text).toContain('while this was recorded; in the minute before, 279 were.');
    expect(text).toContain('came before the recording began, and is not known.');
    expect(text).not.toMatch(/Nothing was to be prevented|of the 0 ports/);
  });

  // Three seconds at 40 a second: the mean of 10 s has the calm before.
  test('has refusals by the rate of the outage itself, however short', () => {
    const short = incident().map((sample, second) => ({
      ...sample,
      groups: sample.groups.map((group) => ({
        ...group,
        connectFailures: {
          ...NONE,
          total:
            group.remoteAddress === '10.0.9.21' ? 40 * Math.max(0, Math.min(3, second - 2)) : 0,
          lastMinute: group.remoteAddress === '10.0.9.21' && second > 2 && second < 60 ? 120 : 0,
          perSecond: 12,
        },
      })),
    }));
    expect(reportDocument(reportOf(short)).groups[0]).toMatchObject({
      refused: 120,
      mostRefusedPerSecond: 40,
    });
  });

  test('a group without ports in use is a dot in the chart', () => {
    const groups = report.groups.map((course) => ({
      ...course,
      usedRatios: [0, 0.01, 1, undefined],
    }));
    expect(reportMarkdown({ ...report, groups }, 'UTC')).toContain('`·▁█·`');
  });

  test('of a machine without connections, whose refusals were watched for, and were not', () => {
    const empty = sampleOfSockets([]);
    const unseen = { ...empty, sampling: { ...empty.sampling, refusalsUnseen: 'root only.' } };
    expect(reportDocument(reportOf([empty])).refused).toBe(0);
    expect(reportMarkdown(reportOf([empty]), 'UTC')).toContain('No connect() was refused');
    expect(reportDocument(reportOf([unseen])).refused).toBeNull();
    expect(reportMarkdown(reportOf([unseen]), 'UTC')).toContain('root only.');
  });

  test('of a clock that was set back is in the order of the clock, and says so', () => {
    const back = incident().map((sample, second) =>
      second === 4 ? { ...sample, takenAtMs: sample.takenAtMs - 3_600_000 } : sample,
    );
    const set = reportDocument(reportOf(back));
    const times = set.timeline.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(set.recording).toMatchObject({ from: '2026-11-21T11:00:04.000Z', clockSetBack: 1 });
    expect(set.unseen.gaps).toEqual([]);
    expect(reportMarkdown(reportOf(back), 'UTC')).toContain(
      'was set back from 2026-11-21 12:00:03 to 2026-11-21 11:00:04 UTC: times are in the order of that clock',
    );
    expect(markdown).not.toContain('set back');
  });

  test('of a damaged file says from when to when samples are missing, and which point may be earlier', () => {
    const holed = incident().filter((_, second) => second !== 2 && second !== 3 && second < 100);
    const ends = { start: true, end: true };
    const damaged = reportOf(holed, 'x is damaged.', { missingEnds: ends });
    const text = reportMarkdown(damaged, 'UTC');
    expect(text).toContain(
      '- No sample between 2026-11-21 12:00:01 and 2026-11-21 12:00:04 UTC (3 s).',
    );
    expect(text).toContain('- Samples from before 2026-11-21 12:00:00 UTC may be missing');
    expect(text).toContain('- Samples from after 2026-11-21 12:01:39 UTC may be missing');
    const earlier = reportDocument(damaged).timeline.filter(({ orEarlier }) => orEarlier);
    expect(earlier.map(({ kind, sample }) => [kind, sample])).toEqual([
      ['refusal', 2],
      ['exhaustion', 2],
    ]);
    expect(text).toContain(':8080 (or earlier: samples before it are missing)');
    expect(reportMarkdown(reportOf(holed), 'UTC')).not.toMatch(/No sample|or earlier/);
  });

  test('of a machine without connections, and of one sample', () => {
    const empty = reportOf([sampleOfSockets([])]);
    expect(reportDocument(empty)).toMatchObject({ groups: [], cause: null });
    expect(reportMarkdown(empty, 'UTC')).toContain('There were no outgoing connections.');
  });

  test('says what the recorder could not see', () => {
    const samples = pressedSamples('unseen');
    const [first, second, third] = samples;
    if (!first || !second || !third) throw new Error('three samples');
    const later = { ...third, takenAtMs: third.takenAtMs + 60_000 };
    const partial = reportOf(
      [first, second, later],
      'x is damaged from byte 5 to 9; the rest is shown.',
    );
    expect(reportDocument(partial).unseen).toMatchObject({
      damage: expect.stringContaining('damaged'),
      notes: [{ text: 'shown to root only.' }],
      gaps: [{ from: '2026-11-21T12:00:01.000Z', to: '2026-11-21T12:01:02.000Z' }],
    });
    expect(reportDocument(partial).refused).toBeNull();
    const text = reportMarkdown(partial, 'UTC');
    expect(text).toMatch(
      /- No sample between 2026-11-21 12:00:01 and 2026-11-21 12:01:02 UTC \(61 s\)\./,
    );
    expect(text).toContain('shown to root only');
  });
});

describe('what somebody else wrote', () => {
  const HOSTILE = 'a`b``c|d <img src=x> [x](http://y) @everyone #1 *b* _i_ \u001b[31m\u202e\n# h';

  test('is no Markdown in a report: no link, mention, HTML, heading or cell', () => {
    const samples = incident().map((sample) => ({
      ...sample,
      host: { hostname: HOSTILE, kernel: HOSTILE },
      sampling: { ...sample.sampling, warnings: [HOSTILE], refusalsUnseen: HOSTILE },
      groups: sample.groups.map((group) => ({
        ...group,
        uncertain: HOSTILE,
        owners: [{ pid: 1, command: HOSTILE, sockets: 1 }],
      })),
    }));
    const text = reportMarkdown(reportOf(samples), HOSTILE);
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    const outside = text.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/gs, '');
    expect(outside).not.toMatch(/<img|\]\(http|@everyone|(?<!\\)\*b\*/);
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
    // Rows have as many bars as their titles.
    const bars = (line: string) => line.match(/(?<!\\)\|/g)?.length;
    const lines = text.split('\n');
    for (const [index, line] of lines.entries())
      if (line.startsWith('| --- '))
        for (const row of [lines[index - 1], lines[index + 1]])
          expect(bars(row ?? '')).toBe(bars(line));
  });

  test('a code span holds any text, and ends where it ends', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const span = code(text);
        const [fence = ''] = /^`+/.exec(span) ?? [];
        const inner = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect([...inner.matchAll(/`+/g)].every(([run]) => run.length !== fence.length)).toBe(true);
        expect(span).not.toContain('\n');
      }),
    );
  });

  test.each([
    ['a*b_c', 'a\\*b\\_c'],
    ['- no list', '\\- no list'],
    ['1. no list', '\\1. no list'],
    ['see http://x', '`see http://x`'],
    ['@all', '`@all`'],
    ['a|b', 'a\\|b'],
  ])('%j is %j', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test('a block of code has a fence that is longer than any in it; a table escapes bars in spans', () => {
    expect(block(['a', '````'])).toEqual(['`````', 'a', '````', '`````']);
    expect(table(['x'], [[code('a|b')]]).at(-1)).toBe('| `a\\|b` |');
  });
});

test('the worst moment is one that was as bad, not one that a warning is still shown at', () => {
  // Fast at first: a warning for how soon ports run out. Then it gets fuller, one by one.
  const used = (second: number) => (second < 8 ? 2 * (second + 1) : 15 + Math.floor(second / 4));
  const samples = Array.from({ length: 18 }, (_, second) =>
    sampleOfSockets(connections(used(second)), {
      takenAtMs: PRESSURE_STARTS_MS + 1000 * second,
    }),
  );
  const { worst } = reportOf(samples).worst;
  expect(worst).toMatchObject({ severityNow: 'warning' });
});
