import { describe, expect, test } from 'vitest';
import { placeModel, WEB } from '../../helpers/places.ts';
import { spokenDetail, spokenGone } from '../../../src/ui/speech/spoken-detail.ts';
import { groupSentence } from '../../../src/ui/speech/spoken-group.ts';
import {
  machineSentences,
  spokenMark,
  spokenNews,
  spokenVerdict,
} from '../../../src/ui/speech/spoken-overview.ts';
import {
  spokenCommands,
  spokenOpened,
  spokenOutcome,
  spokenSuggestion,
  spokenSysctl,
  spokenWhatIfMark,
  spokenWhatIfRow,
} from '../../../src/ui/speech/spoken-panels.ts';
import { whatIfRows } from '../../../src/format/what-if.ts';
import { foldGroups } from '../../../src/model/query/fold.ts';
import { NO_NAMES } from '../../../src/model/host-name.ts';
import { NO_PAST } from '../../../src/model/group-past.ts';
import { limitReached } from '../../../src/model/limit-memory.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { explainSysctls } from '../../../src/model/sysctl-notes.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../../helpers/owners.ts';
import { closedLately, connections, modelOf } from '../../helpers/sockets.ts';

const model = modelWithOwners(
  [
    ...withInodes(connections(4), 1),
    ...closedLately(90, {}, 40_004),
    ...connections(3, { local: '2001:db8::1', remote: '2001:db8::2', remotePort: 443 }),
  ],
  [
    { pid: 812, command: 'haproxy', inodes: numbersFrom(1, 3) },
    { pid: 5, command: '', inodes: [4] },
  ],
);

/** The fullest group as the test wants it. */
function group(change: Partial<GroupModel> = {}): GroupModel {
  const [first] = model.groups;
  if (first === undefined) throw new Error('the model has groups');
  const figures = { usable: 28_231, free: 1209, headroomPercent: 4.3, closeRate: 475 };
  return {
    ...first,
    ...figures,
    growthPerSecond: 0,
    severity: 'critical',
    etaSeconds: 18.4,
    ...change,
  };
}

const PLACE = { position: 1, total: 8, selected: true, gone: false };
const WHO = '10.0.3.7 to 10.0.9.21 port 8080';

const HEARD = { names: NO_NAMES, nowMs: model.sample.takenAtMs };

describe('a group', () => {
  test.for<[string, Partial<GroupModel>, string]>([
    [
      'with all there is',
      {},
      'critical, 4.3 percent headroom, 1,209 connections left, out of ports in 18 seconds, 475 closes per second, owner haproxy and 1 more',
    ],
    [
      'out of ports',
      { free: 0, headroomPercent: 0, etaSeconds: 0, owners: [] },
      'critical, 0 percent headroom, 0 connections left, out of ports now, 475 closes per second',
    ],
    [
      'nearly full, and steady',
      { severity: 'warning', etaSeconds: null, closeRate: 0, owners: [], free: 1 },
      'warning, 4.3 percent headroom, 1 connection left, does not get fuller',
    ],
    [
      'healthy',
      {
        severity: 'info',
        etaSeconds: null,
        headroomPercent: 63,
        closeRate: 0.01,
        owners: [{ pid: 7, command: ' ', sockets: 1 }],
      },
      'healthy, 63 percent headroom, 1,209 connections left, less than 0.1 closes per second, owner process 7',
    ],
  ])('%s', ([, change, said]) => {
    expect(groupSentence(group(change), PLACE, HEARD)).toBe(`1 of 8, selected: ${WHO}, ${said}.`);
  });

  test('that is not selected, that has gone, with a host name, in IPv6, in a fold', () => {
    const other = { ...PLACE, position: 2, selected: false };
    expect(groupSentence(group(), other, HEARD)).toMatch(/^2 of 8: 10\.0\.3\.7 to /);
    expect(groupSentence(group(), { ...PLACE, gone: true }, HEARD)).toContain(
      `${WHO}, gone, 4.3 percent`,
    );
    expect(
      groupSentence(group(), PLACE, {
        ...HEARD,
        names: new Map([['10.0.9.21', 'backend.example']]),
      }),
    ).toContain('10.0.3.7 to backend.example port 8080, critical');
    const ipv6 = model.groups.find(({ family }) => family === 6);
    expect(ipv6 && groupSentence(ipv6, PLACE, HEARD)).toContain(
      '2001:db8::1 to 2001:db8::2 port 443,',
    );
    const [fold] = foldGroups([group()], 'destination');
    expect(fold && groupSentence(fold, PLACE, HEARD)).toContain(
      '10.0.9.21 port 8080 (1 source), critical',
    );
  });
});

test.for<[Partial<GroupModel>, string]>([
  [
    {},
    `Critical: ${WHO} runs out of ports in 18 seconds; 1,209 of 28,231 are left, and 475 closes per second. Press the letter a for what to do about it.`,
  ],
  [
    { free: 0, etaSeconds: 0, closeRate: 0 },
    `Critical: ${WHO} is out of ports, and new connections fail. Press the letter a for what to do about it.`,
  ],
  [
    { severity: 'warning', etaSeconds: null, closeRate: 0 },
    `Warning: ${WHO} has 4.3 percent of its ports left, 1,209 of 28,231, and does not get fuller. Press the letter a for what to do about it.`,
  ],
  [
    { severity: 'info', etaSeconds: 1000, closeRate: 0 },
    `${WHO} runs out of ports in 16 minutes 40 seconds; 1,209 of 28,231 are left.`,
  ],
  [
    { severity: 'warning', etaSeconds: null, closeRate: 0, growthPerSecond: undefined },
    `Warning: ${WHO} has 4.3 percent of its ports left, 1,209 of 28,231, and its growth is not known yet. Press the letter a for what to do about it.`,
  ],
  [
    { severity: 'info', etaSeconds: null, headroomPercent: 63, growthPerSecond: undefined },
    `Healthy: the fullest group, ${WHO}, has 63 percent of its ports left, and its growth is not known yet.`,
  ],
  [
    { severity: 'info', etaSeconds: 7200, headroomPercent: 63 },
    `Healthy: the fullest group, ${WHO}, has 63 percent of its ports left and fills slowly.`,
  ],
  [
    { severity: 'info', etaSeconds: null, headroomPercent: 63 },
    `Healthy: the fullest group, ${WHO}, has 63 percent of its ports left.`,
  ],
])('the verdict of %j', ([change, said]) => {
  expect(spokenVerdict({ ...model, worst: group(change) }, true)).toBe(said);
  expect(said.startsWith(spokenVerdict({ ...model, worst: group(change) }, false))).toBe(true);
});

const limit = (stage: 'dry' | 'recovering', agoMs = 0) => ({
  ...limitReached(model.sample.takenAtMs - agoMs),
  stage,
});
const refused = {
  perSecond: 8,
  lastMinute: 60,
  total: 60,
  processes: [],
};
const madeTen = { ...NO_PAST, calls: { made: 10.04, refused: 2 } };

test.for<[Partial<GroupModel>, string]>([
  [{}, 'Critical: 10.0.9.21 port 8080 runs out of ports in 18 seconds; 1,209 are left.'],
  [
    { severity: 'warning', etaSeconds: null },
    'Warning: 10.0.9.21 port 8080 has 4.3 percent of its ports left, 1,209, and does not get fuller.',
  ],
  [
    { limit: limit('dry', 2999), connectFailures: refused, past: madeTen },
    'Critical: 10.0.9.21 port 8080 is out of ports, and new connections fail.',
  ],
  [
    { limit: limit('dry', 3000), connectFailures: refused, demandPerSecond: 99, past: madeTen },
    'Critical: 10.0.9.21 port 8080 is out of ports: 2 of 12 connections per second are refused.',
  ],
  [
    { limit: limit('recovering', 20_000), etaSeconds: null },
    'Recovering: 10.0.9.21 port 8080 was out of ports 20 seconds ago and has 4.3 percent of its ports left now.',
  ],
  [
    { limit: limit('recovering', 20_000), etaSeconds: 24 },
    'Critical: 10.0.9.21 port 8080 was out of ports 20 seconds ago and will be again in 24 seconds.',
  ],
])('news of a group that was just heard of leave out what was said: %j', ([change, said]) => {
  const news = { isKnown: true, withHint: false };
  expect(spokenNews({ ...model, worst: group(change) }, news)).toBe(said);
});

test('row and detail of a group that is out of ports say what is refused, since when, and to whom', () => {
  const dry = group({
    limit: limit('dry', 3000),
    connectFailures: {
      ...refused,
      processes: [{ pid: 12, command: 'curl', refusals: 60 }],
    },
    past: madeTen,
  });
  expect(groupSentence(dry, PLACE, HEARD)).toContain(
    'out of ports now, 2 of 12 connections per second are refused, ',
  );
  const lines = detailOf(dry);
  expect(lines[2]).toMatch(
    /^Refused: 2(?:\.0)? per second, 60 in the last minute, out of ports since [\d:]+; curl \(12\) 60\.$/,
  );
  expect(lines[3]).toMatch(/^Wanted: 12 per second.* = made 10 \+ refused /);
});

test('what is nothing is not said of a machine', () => {
  const { sample } = model;
  const said = (portSpace: Partial<typeof sample.portSpace>, timeWait: number) =>
    machineSentences({
      ...model,
      sample: {
        ...sample,
        portSpace: { ...sample.portSpace, ...portSpace },
        counters: { ...sample.counters, timeWaitNow: timeWait },
      },
    })[0];
  expect(said({ reserved: 0, held: 0 }, 65_535)).not.toMatch(/reserved|held|at most/);
  expect(said({ reserved: 3, held: 1 }, 65_536)).toMatch(
    /, 3 reserved, 1 held, .* 65,536 in TIME WAIT of at most 131,072/,
  );
});

test('a machine without connections, and one with warnings', () => {
  expect(spokenVerdict(modelOf([]), true)).toBe('No outgoing TCP connections: every port is free.');
  const none = modelOf([]);
  const sampling = { ...none.sample.sampling, isPartial: true };
  expect(spokenVerdict({ ...none, sample: { ...none.sample, sampling } }, true)).toBe(
    'No outgoing TCP connections among those that could be read.',
  );
  expect(machineSentences(model)).toEqual([
    'Machine proxy-7: ports 40000 to 40099, 100 of them, tcp_tw_reuse on for loopback only, 90 in TIME WAIT.',
  ]);
  expect(
    machineSentences(modelOf([], { warnings: ['/proc/net/tcp6: permission denied'] }))[1],
  ).toBe('Warning: /proc/net/tcp6: permission denied');
});

test('the past and the frozen are told in words', () => {
  const latest = {
    ...model,
    sample: { ...model.sample, takenAtMs: model.sample.takenAtMs + 38_000 },
  };
  const nothing = { past: undefined, frozen: undefined, latest };
  expect(spokenMark(nothing)).toBeUndefined();
  expect(spokenMark({ ...nothing, past: model })).toMatch(
    /^Past: \d\d:\d\d:\d\d, 38 seconds ago\. Right arrow goes forward, capital L is live again\.$/,
  );
  expect(spokenMark({ ...nothing, frozen: model })).toMatch(
    /^Frozen at \d\d:\d\d:\d\d; sampling goes on\. The letter p continues\.$/,
  );
});

/** The detail as it is heard. */
function detailOf(given: GroupModel): string[] {
  return spokenDetail(model, given).map((line) =>
    typeof line === 'string' ? line : line.verbatim,
  );
}

test('the detail of a group names its place where there are several', () => {
  const [web] = placeModel(WEB, 95).groups;
  if (web === undefined) throw new Error('no group');
  expect(spokenDetail(model, web, true)[0]).toMatch(/^Detail of \S+ to \S+ port \d+ in web: /);
  expect(spokenGone(web, true)[0]).toMatch(/ in web: it has gone/);
  expect(spokenDetail(model, web)[0]).not.toContain(' in web');
});

test('the detail of a group that has gone says so, and nothing of now', () => {
  const lines = spokenGone(group({ etaRangeSeconds: [12, 30] }));
  expect(lines[0]).toBe(`Detail of ${WHO}: it has gone, these are its last figures.`);
  expect(JSON.stringify(lines)).not.toMatch(/Forecast|The range has|left/);
});

test('the detail of a group has its forecast, ports, owners and drain in sentences', () => {
  const lines = detailOf(group({ etaRangeSeconds: [12, 30] }));
  expect(lines[0]).toBe(
    `Detail of ${WHO}: critical, 4.3 percent headroom, 1,209 connections left.`,
  );
  expect(lines[1]).toBe('Forecast: out of ports in 18 seconds, between 12 seconds and 30 seconds.');
  expect(lines[2]).toMatch(/^475 closes per second, each holding its port for 60 seconds\.$/);
  expect(detailOf(group({ closeRate: 0, growthPerSecond: 1234.5 }))[2]).toBe(
    'No connection was closed in the last 10 seconds; live connections grow by 1,235 per second.',
  );
  expect(detailOf(group({ closeRate: 0, growthPerSecond: undefined }))[2]).toBe(
    'No connection was closed in the last 10 seconds; the growth of live connections is not known yet.',
  );
  const text = lines.join('\n');
  expect(text).toContain('States: 4 ESTABLISHED, 90 TIME WAIT.');
  expect(text).toContain('Owners: haproxy, pid 812, with 3; process 5, pid 5, with 1.');
  expect(text).toContain('within 30 seconds: 0; within 60 seconds: 90.');
  const longer = [...Array.from({ length: 119 }, () => 0), 90];
  expect(detailOf(group({ drainSchedule: longer })).join('\n')).toContain(
    'within 10 seconds: 0; within 30 seconds: 0; within 120 seconds: 90.',
  );
  const shorter = [...Array.from({ length: 19 }, () => 0), 90];
  expect(detailOf(group({ drainSchedule: shorter })).join('\n')).toContain(
    'ends within 10 seconds: 0; within 20 seconds: 90.',
  );
  expect(text).toContain('With the even ones used up'.toLowerCase());
  expect(text).not.toMatch(/[^\p{ASCII}]|_WAIT|\(\)/u);
  expect(detailOf(group({ etaRangeSeconds: [12, null] }))[1]).toContain(
    '12 seconds at the earliest, or never.',
  );
  expect(detailOf(group({ etaSeconds: null }))[1]).toMatch(/^Forecast: it settles at /);
  expect(detailOf(group({ free: 0 }))[1]).toBe('It is out of ports: new connections fail.');
});

test('the detail says how connections come and go, and the directive of their owner', () => {
  const { past } = group({});
  const busy = group({
    madePerSecond: 40,
    closesPerSecond: 40,
    closesSeenSeconds: 10,
    growthPerSecond: 0,
    limit: undefined,
    parity: { first: { usable: 5000, used: 1000 }, second: { usable: 5000, used: 0 } },
    past: { ...past, closedShare: 1, recentLive: { mean: 4, least: 0, seenSeconds: 9 } },
  });
  const lines = detailOf(busy);
  expect(lines.slice(3, 6)).toEqual([
    'Made: 40 connections per second beside 4 live, each open for 0.1 seconds on average.',
    'One request seems to use one connection: keep-alive is not in force.',
    'Each port is used again about 2 minutes 40 seconds after its close, on average (4,000 free even ports, 40 connections per second). Firewalls and NAT boxes may remember a connection for 350 seconds: a new one then meets old state.',
  ]);
  expect(lines.slice(-7)).toEqual(
    expect.arrayContaining(['Keep-alive for haproxy:', '    http-reuse always']),
  );
  expect(detailOf(group({})).join()).not.toMatch(/Made:|Each port|Keep-alive/);
});

describe('panels', () => {
  const at = (selected: boolean) => ({ index: 0, total: 6, selected });

  test('a sysctl is explained where it is selected', () => {
    const [range] = explainSysctls(model);
    if (range === undefined) throw new Error('there are sysctls');
    const short =
      '1 of 6: net.ipv4.ip_local_port_range is 40000 40099, recommended if short of ports: 1024 65535.';
    expect(spokenSysctl(range, at(false))).toBe(short);
    expect(spokenSysctl({ ...range, value: '' }, at(false))).toContain(' is none, ');
    expect(spokenSysctl(range, at(true))).toMatch(
      /^1 of 6, selected: .* they allow 1 closes per second/,
    );
  });

  test('a suggestion: its effect, and opened its commands, letter by letter', () => {
    const reuse = model.advice.find(({ id }) => id === 'enable-tw-reuse');
    if (reuse === undefined) throw new Error('reuse would help');
    expect(spokenSuggestion(reuse, at(true))).toMatch(
      /^1 of 6, selected: headroom from \d+(?:\.\d)? percent to \d+(?:\.\d)? percent: .*\.$/,
    );
    const lines = spokenOpened(reuse);
    expect(lines).toContainEqual({ verbatim: 'sysctl -w net.ipv4.tcp_tw_reuse=1' });
    expect(lines).toContainEqual({ verbatim: reuse.persist });
    const unchanged = {
      ...reuse,
      effect: { ...reuse.effect, headroomAfter: reuse.effect.headroomBefore },
    };
    expect(spokenSuggestion(unchanged, at(false))).toContain('headroom stays at ');
  });

  test('what-if: that it is not real, what is changed, and what comes of it', () => {
    const changes = { reuse: 1, sources: 3 };
    const rows = whatIfRows(model, changes).map((row) => spokenWhatIfRow(row, at(false)));
    expect(rows[1]).toBe('1 of 6: tcp_tw_reuse, now 2 loopback only, then 1 on.');
    expect(rows[2]).toBe('1 of 6: destinations, as now.');
    expect(rows[3]).toBe('1 of 6: sources, as now, then times 3.');
    expect(spokenWhatIfMark(changes)).toBe(
      'What if, not the real machine: tw_reuse 1, sources times 3; Escape goes back.',
    );
    expect(spokenWhatIfMark({})).toMatch(/^What if: nothing is changed yet/);
    expect(spokenOutcome(model, applyWhatIf(model, changes), changes)).toMatch(
      /^With the changes, [\d.]+ percent headroom now, [\d.]+ percent in a minute, [\d.]+ percent once settled, growth not known yet\. As it is, 10\.0\.3\.7 to 10\.0\.9\.21 port 8080 has 6 percent headroom now, 0 percent in a minute, 0 percent once settled, out of ports in less than 1 second\.$/,
    );
    expect(spokenOutcome(model, model, {})).toMatch(/^As it is, .* has 6 percent headroom now, /);
    expect(spokenCommands(changes, model)).toEqual([
      'The command:',
      { verbatim: 'sysctl -w net.ipv4.tcp_tw_reuse=1' },
      'Connect from 3 source addresses, with IP_BIND_ADDRESS_NO_PORT.',
      'Note: Both ends need TCP timestamps (the default); a middlebox that strips them makes this do nothing.',
      'Note: A program that binds a source address must set IP_BIND_ADDRESS_NO_PORT, or all its connections share one pool of ports.',
    ]);
  });
});
