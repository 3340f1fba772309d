import { describe, expect, test } from 'vitest';
import {
  keepAliveDirective,
  keepAliveText,
  madeText,
  portReturnText,
} from '../../src/format/connection-life.ts';
import { detailLines } from '../../src/format/group-detail.ts';
import { lineText } from '../../src/format/styled-line.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { GroupPast } from '../../src/model/group-past.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../helpers/owners.ts';
import { connections } from '../helpers/sockets.ts';

function modelOwnedBy(command: string) {
  return modelWithOwners(withInodes(connections(4), 100), [
    { pid: 812, command, inodes: numbersFrom(100, 4) },
  ]);
}

const MODEL = modelOwnedBy('haproxy');

/** 40 connections a second for 10 s, open for 0.1 s, each closed here. */
function groupWith(
  changes: Partial<GroupModel> = {},
  past: Partial<GroupPast> = {},
  model = MODEL,
): GroupModel {
  const [group] = model.groups;
  if (group === undefined) throw new Error('no group');
  return {
    ...group,
    madePerSecond: 40,
    closesPerSecond: 40,
    closesSeenSeconds: 10,
    growthPerSecond: 0,
    ...changes,
    past: {
      ...group.past,
      closedShare: 1,
      recentLive: { mean: 4, least: 0, seenSeconds: 9 },
      ...past,
    },
  };
}

const live = (mean: number, least = 0) => ({ recentLive: { mean, least, seenSeconds: 9 } });

describe('connections made', () => {
  test.for<[string, GroupModel, string | undefined]>([
    ['short', groupWith(), '40 connections/s beside 4 live, each open for 0.1 s on average'],
    [
      'very short',
      groupWith({}, live(3.9)),
      '40 connections/s beside 4 live, each open for less than 0.1 s on average',
    ],
    [
      'long',
      groupWith({}, live(480)),
      '40 connections/s beside 4 live, each open for 12 s on average',
    ],
    [
      '9.9 s',
      groupWith({}, live(396)),
      '40 connections/s beside 4 live, each open for 9.9 s on average',
    ],
    [
      '10 s',
      groupWith({}, live(400)),
      '40 connections/s beside 4 live, each open for 10 s on average',
    ],
    [
      'a tenth may stay open',
      groupWith({}, live(400, 40)),
      '40 connections/s beside 4 live, each open for 10 s on average',
    ],
    [
      'more may stay open',
      groupWith({}, live(400, 40.1)),
      '40 connections/s beside 4 live, each open for at most 10 s on average',
    ],
    [
      'all may stay open, and others come and go between the looks',
      groupWith({ madePerSecond: 1, closesPerSecond: 1, liveUsed: 3 }, live(3, 3)),
      '1.0 connections/s beside 3 live, each open for at most 3.0 s on average',
    ],
    ['none', groupWith({ madePerSecond: 0 }), '0 connections/s beside 4 live'],
    [
      'at least',
      groupWith({}, { isMadeLowerBound: true }),
      'at least 40 connections/s beside 4 live',
    ],
    ['not known', groupWith({ madePerSecond: null }), undefined],
  ])('%s', ([, group, text]) => expect(madeText(group)).toBe(text));
});

describe('keep-alive', () => {
  test('that is missing is said, with the directive of the owner that was found', () => {
    expect(keepAliveText(groupWith())).toBe(
      'One request seems to use one connection: keep-alive is not in force.',
    );
    expect(keepAliveDirective(groupWith())).toMatchObject({
      program: 'haproxy',
      lines: expect.arrayContaining(['    http-reuse always']),
    });
  });

  test('has no directive for an owner that is not known', () => {
    const group = groupWith({}, {}, modelOwnedBy('mystery'));
    expect(keepAliveText(group)).toBeDefined();
    expect(keepAliveDirective(group)).toBeUndefined();
  });

  test('is not spoken of where nothing shows that it is missing', () => {
    expect(keepAliveText(groupWith({}, live(64)))).toBeUndefined();
    expect(keepAliveDirective(groupWith({}, live(64)))).toBeUndefined();
  });
});

describe('how soon a port is used again', () => {
  const half = (free: number) => ({
    parity: { first: { usable: free, used: 0 }, second: { usable: free, used: 0 } },
  });

  test.for<[string, GroupModel, string | undefined]>([
    [
      'late',
      groupWith(half(14_116)),
      'is used again about 6 min 52 s after its close, on average (14,116 free even ports, 40 connections/s)',
    ],
    [
      'before 350 s',
      groupWith(half(4000)),
      'is used again about 2 min 40 s after its close, on average (4,000 free even ports, 40 connections/s). Firewalls and NAT boxes may remember a connection for 350 s: a new one then meets old state.',
    ],
    [
      'before 60 s, at most',
      groupWith({ ...half(400), closesPerSecond: 0 }, { closedShare: 0, isMadeLowerBound: true }),
      'is used again at most 10 s after its close, on average (400 free even ports, 40 connections/s). Firewalls and NAT boxes may remember a connection for 60, 120 or 350 s: a new one then meets old state.',
    ],
    ['not known', groupWith({ madePerSecond: null }), undefined],
  ])('%s', ([, group, text]) => expect(portReturnText(MODEL, group)).toBe(text));
});

describe('the detail', () => {
  const linesOf = (group: GroupModel, width = 300) =>
    detailLines({ model: MODEL, group, usedBefore: [], width, rows: 60 }).map(lineText);

  test('has both facts above the owners, and the directive at its end', () => {
    const lines = linesOf(groupWith());
    const made = lines.findIndex((line) => line.startsWith('made     40 connections/s'));
    expect(lines[made]).toMatch(
      /on average\. One request seems to use one connection: keep-alive is not in force\. The last lines are for haproxy\.$/,
    );
    expect(lines[made + 1]).toMatch(/^ports {4}each is used again about /);
    expect(lines[made + 2]).toMatch(/^owners /);
    expect(lines.slice(-7)).toEqual([
      'Keep-alive for haproxy:',
      '  # In mode http only: mode tcp ignores these lines, without a word.',
      '  backend app',
      '      mode http',
      '      option http-keep-alive',
      '      http-reuse always',
      expect.stringContaining('pool-purge-delay 60s'),
    ]);
  });

  test('has none of it where nothing is known', () => {
    const [group] = MODEL.groups;
    const text = group === undefined ? '' : linesOf(group).join('\n');
    expect(text).not.toMatch(/^made|^ports {4}|Keep-alive/m);
  });

  test('explains the cliff below the chart that has its mark, in one line of 80 columns', () => {
    const lines = linesOf(groupWith({ ...half(14_116) }), 78);
    const chart = lines.findIndex((line) => line.startsWith('PORTS IN USE'));
    const cliff = lines.findIndex((line) => line.startsWith('┊'));
    expect(lines.slice(chart, cliff).some((line) => line[7] === '┊')).toBe(true);
    expect(lines[cliff]).toBe(
      '┊ past the cliff connect() is slow: it first checks all 14,116 even ports',
    );
    expect(lines[cliff + 1]).toMatch(/^TIME_WAIT by age/);
  });

  const half = (usable: number) => ({
    usable: 2 * usable,
    parity: { first: { usable, used: usable }, second: { usable, used: 0 } },
  });
});
