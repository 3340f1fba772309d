import { describe, expect, test } from 'vitest';
import {
  headroomText,
  isDry,
  isUnderPressure,
  leftText,
  pressureText,
  surePercent,
} from '../../src/format/headroom.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';

const groupOf = (refusals: 'seen' | 'unseen', index: 0 | 1): GroupModel => {
  const group = modelOfSamples(pressedSamples(refusals)).groups[index];
  if (group === undefined) throw new Error('no group');
  return group;
};

describe('headroom', () => {
  const group = { headroomPercent: 40, headroomPercentAtLeast: 12.3, uncertain: undefined };
  const unsure = { ...group, uncertain: 'bind() may have taken some' };

  test('is what is free, or what is free for sure', () => {
    expect([surePercent(group), surePercent(unsure)]).toEqual([40, 12.3]);
    expect([headroomText(group), headroomText(unsure)]).toEqual(['40.0%', '≥12.3%']);
  });

  test.for([
    [1231, 1231, undefined, '1,231'],
    [500, 260, 'so', '260 to 500'],
    [500, 500, 'so', '500'],
    [90, 0, 'so', '0 to 90'],
    // What is uncertain says so itself: a figure alone does not.
    [500, 260, undefined, '500'],
  ] as const)('%i free, at least %i: %s is written %s', ([free, freeAtLeast, uncertain, text]) => {
    expect(leftText({ free, freeAtLeast, uncertain })).toBe(text);
  });
});

describe('pressure', () => {
  const limit = (isDryNow: boolean) => ({
    isDry: isDryNow,
    sinceMs: 0,
    lastMs: 0,
    madeBeforePerSecond: undefined,
    refusedWithFree: undefined,
  });

  test.for([
    [0, undefined, true],
    [-3, undefined, true],
    [1, undefined, false],
    [50, limit(true), true],
    [50, limit(false), false],
  ] as const)('%i free, remembered %j: out of ports %j', ([free, remembered, dry]) => {
    expect(isDry({ free, limit: remembered })).toBe(dry);
  });

  test('is refused connections a second', () => {
    expect(isUnderPressure(groupOf('seen', 0))).toBe(true);
    expect(pressureText(groupOf('seen', 0))).toBe('30');
  });

  test('is at least what is wanted, where refusals cannot be seen', () => {
    expect(pressureText(groupOf('unseen', 0))).toBe('≥5.0');
    expect(pressureText({ ...groupOf('unseen', 0), demandPerSecond: null })).toBe('');
  });

  test('is not there where all is well', () => {
    expect(isUnderPressure(groupOf('seen', 1))).toBe(false);
    expect([pressureText(groupOf('seen', 1)), pressureText(groupOf('unseen', 1))]).toEqual([
      '',
      '',
    ]);
  });

  test('lasts for the minute in which something was refused', () => {
    const failures = { perSecond: 0, lastMinute: 1, total: 1, processes: [] };
    const group = { ...groupOf('seen', 1), connectFailures: failures };
    expect(isUnderPressure(group)).toBe(true);
    expect(pressureText(group)).toBe('0');
  });
});
