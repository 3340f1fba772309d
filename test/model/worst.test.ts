import { describe, expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import { isWorse, worstOf } from '../../src/model/worst.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const [GROUP] = modelOf(connections(3)).groups;

/** A group that is as the test wants it. */
function groupOf(key: string, change: Partial<GroupModel> & { refused?: number }): GroupModel {
  if (GROUP === undefined) throw new Error('no group');
  const { refused, ...more } = change;
  return {
    ...GROUP,
    key,
    severity: 'critical',
    etaSeconds: null,
    headroomPercentAtLeast: 5,
    connectFailures:
      refused === undefined
        ? undefined
        : { perSecond: refused, lastMinute: refused, total: refused, processes: [] },
    ...more,
  };
}

type Change = Parameters<typeof groupOf>[1];

describe('a group is worse', () => {
  test.for<[string, Change, Change]>([
    ['that is more severe', { severity: 'critical' }, { severity: 'warning', etaSeconds: 60 }],
    ['that runs out first', { etaSeconds: 20 }, { etaSeconds: 21 }],
    ['that runs out within the hour', { etaSeconds: 3600 }, { etaSeconds: 3601 }],
    ['that is refused more', { etaSeconds: 0, refused: 2 }, { etaSeconds: 0, refused: 1 }],
    ['whose refusals are seen', { etaSeconds: 0, refused: 2 }, { etaSeconds: 0 }],
  ])('%s', ([, one, other]) => {
    expect(isWorse(groupOf('a', one), groupOf('b', other))).toBe(true);
    expect(isWorse(groupOf('b', other), groupOf('a', one))).toBe(false);
  });

  test.for<[string, Change]>([
    ['that lasts for long', { etaSeconds: 3601, refused: 2 }],
    ['that has no end', { refused: 2 }],
    ['that runs out at the same time', { etaSeconds: 20, refused: 2 }],
  ])('none %s, be it refused more', ([, change]) => {
    const other = { ...change, refused: 1 };
    expect(isWorse(groupOf('a', change), groupOf('b', other))).toBe(false);
  });
});

describe('the worst of several', () => {
  const first = groupOf('a', {});
  const second = groupOf('b', {});

  test('is the first of equals, and none of none', () => {
    expect(worstOf([first, second])?.key).toBe('a');
    expect(worstOf([])).toBeUndefined();
    expect(worstOf([], 'a')).toBeUndefined();
  });

  test('stays the one that it was, unless that has gone', () => {
    expect(worstOf([first, second], 'b')?.key).toBe('b');
    expect(worstOf([first, second], 'gone')?.key).toBe('a');
  });

  test.for<[string, Change, Change, boolean]>([
    // The one that was the worst, another, and whether that takes its place.
    ['is more severe', { severity: 'warning' }, {}, true],
    ['comes within the hour', { etaSeconds: 3601 }, { etaSeconds: 3600 }, true],
    ['runs out a fifth sooner', { etaSeconds: 100 }, { etaSeconds: 80 }, false],
    ['runs out more than a fifth sooner', { etaSeconds: 100 }, { etaSeconds: 79.9 }, true],
    ['has run out', { etaSeconds: 1 }, { etaSeconds: 0 }, true],
    [
      'is refused half as many again',
      { etaSeconds: 0, refused: 10 },
      { etaSeconds: 0, refused: 15 },
      false,
    ],
    [
      'is refused more than that',
      { etaSeconds: 0, refused: 10 },
      { etaSeconds: 0, refused: 15.1 },
      true,
    ],
    ['alone is refused', { etaSeconds: 0 }, { etaSeconds: 0, refused: 0.1 }, true],
    ['is refused nothing either', { etaSeconds: 0, refused: 0 }, { etaSeconds: 0 }, false],
    ['is one percent fuller', { headroomPercentAtLeast: 5 }, { headroomPercentAtLeast: 4 }, false],
    [
      'is more than one percent fuller',
      { headroomPercentAtLeast: 5 },
      { headroomPercentAtLeast: 3.9 },
      true,
    ],
    [
      'has half as many ports again',
      { headroomPercentAtLeast: 99.9, used: 20 },
      { headroomPercentAtLeast: 99.8, used: 30 },
      false,
    ],
    [
      'has more than that',
      { headroomPercentAtLeast: 99.9, used: 20 },
      { headroomPercentAtLeast: 99.8, used: 31 },
      true,
    ],
    [
      'has more ports of more that are usable',
      { headroomPercentAtLeast: 99, used: 20 },
      { headroomPercentAtLeast: 99, used: 31 },
      false,
    ],
  ])('gives way to one that %s: %#', ([, before, other, isReplaced]) => {
    // The fullest stands first.
    const groups = [groupOf('other', other), groupOf('before', before)];
    expect(worstOf(groups, 'before')?.key).toBe(isReplaced ? 'other' : 'before');
  });

  test('does not go to one that is less severe, however soon that runs out', () => {
    const groups = [groupOf('a', { severity: 'warning', etaSeconds: 40 }), groupOf('b', {})];
    expect(worstOf(groups, 'b')?.key).toBe('b');
    expect(worstOf(groups, 'a')?.key).toBe('b');
  });
});
