import { describe, expect, test } from 'vitest';
import {
  headroomText,
  isDry,
  isRecovering,
  isUnderPressure,
  leftText,
  pressureText,
  surePercent,
} from '../../src/format/headroom.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';

const groupOf = (refusals: 'seen' | 'unseen', index: 0 | 1): GroupModel => {
  const group = modelOfSamples(pressedSamples(refusals)).groups[index];
  if (group === undefined) throw new Error('no group');
  return group;
};

describe('headroom', () => {
  const group = {
    headroomPercent: 40,
    headroomPercentAtLeast: 12.3,
    uncertain: undefined,
    free: 40,
    limit: undefined,
  };
  const unsure = { ...group, uncertain: 'bind() may have taken some' };

  test('is what is free, or what is free for sure', () => {
    expect([surePercent(group), surePercent(unsure)]).toEqual([40, 12.3]);
    expect([headroomText(group), headroomText(unsure)]).toEqual(['40.0%', '≥12.3%']);
  });

  test('is what is there for sure while the group is out of ports', () => {
    const inStage = (stage: LimitState['stage']) =>
      headroomText({ ...unsure, limit: { ...limitReached(0), stage } });
    expect([inStage('dry'), inStage('recovering'), inStage('over')]).toEqual([
      '12.3%',
      '≥12.3%',
      '≥12.3%',
    ]);
    expect(headroomText({ ...group, free: 0, headroomPercentAtLeast: 0 })).toBe('0.0%');
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
  test.for<[number, LimitState['stage'] | undefined, ReturnType<typeof stateOf>]>([
    [0, undefined, 'dry'],
    [-3, undefined, 'dry'],
    [1, undefined, 'neither'],
    [50, 'dry', 'dry'],
    [50, 'recovering', 'recovering'],
    [0, 'recovering', 'dry'],
    [50, 'over', 'neither'],
    [0, 'over', 'dry'],
  ])('%i free, remembered as %s: %s', ([free, stage, state]) => {
    expect(stateOf(free, stage)).toBe(state);
  });

  function stateOf(free: number, stage: LimitState['stage'] | undefined) {
    const group = { free, limit: stage === undefined ? undefined : { ...limitReached(0), stage } };
    if (isDry(group)) return isRecovering(group) ? 'both' : 'dry';
    return isRecovering(group) ? 'recovering' : 'neither';
  }

  test('is refused connections a second', () => {
    expect(isUnderPressure(groupOf('seen', 0))).toBe(true);
    expect(pressureText(groupOf('seen', 0))).toBe('30');
  });

  test('is at least what is wanted, where refusals cannot be seen', () => {
    expect(pressureText(groupOf('unseen', 0))).toBe('≥5.0');
    expect(pressureText({ ...groupOf('unseen', 0), demandPerSecond: null })).toBe('');
    expect(pressureText({ ...groupOf('unseen', 0), madePerSecond: 0 })).toBe('?');
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
