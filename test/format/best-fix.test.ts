import { describe, expect, test } from 'vitest';
import { bestFix, effectText, followedText } from '../../src/format/best-fix.ts';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

describe('the best fix', () => {
  test('says what it is and what it does', () => {
    const model = modelOf(timeWaits(95, 40_000));
    expect(bestFix(model, 100)).toMatch(
      /^fix, headroom 5\.0% → 100\.0%: Let connect\(\) take over ports in TIME_WAIT/,
    );
    expect(bestFix(model, 80)).toMatch(/^fix 5\.0% → 100\.0%: Let connect\(\) take over/);
  });

  test('is not called for on a healthy machine', () => {
    expect(bestFix(modelOf(connections(3)), 80)).toBeUndefined();
    expect(bestFix(modelOf([]), 80)).toBeUndefined();
  });

  test('promises nothing where headroom stays as it is', () => {
    const model = modelOf(connections(95));
    const [best] = model.advice;
    if (best === undefined) throw new Error('no advice');
    const effect = { ...best.effect, headroomAfter: best.effect.headroomBefore };
    expect(bestFix({ ...model, advice: [{ ...best, effect }] }, 80)).toBe(`fix: ${best.title}`);
  });
});

const EFFECT = { group: '', headroomBefore: 0, headroomAfter: 94.1, headroomAfterMinute: 52 };

test.for([
  [52, '0.0% → 94.1%, 52.0% after a minute'],
  [93, '0.0% → 94.1%, 93.0% after a minute'],
  // Less than one percent is no other.
  [93.2, '0.0% → 94.1%'],
  [94.1, '0.0% → 94.1%'],
  [95, '0.0% → 94.1%'],
  [95.2, '0.0% → 94.1%, 95.2% after a minute'],
] as const)('of an effect that is %i %% a minute later is said: %s', ([later, text]) => {
  expect(effectText({ ...EFFECT, headroomAfterMinute: later })).toBe(text);
});

describe('a suggestion that was followed', () => {
  const model = modelOf(timeWaits(95, 40_000));
  const { takenAtMs } = model.sample;
  const [group] = model.groups;
  const done = {
    id: 'enable-tw-reuse',
    title: 'Let connect() take over ports in TIME_WAIT',
    key: group?.key ?? '',
    label: group?.label ?? '',
    atMs: takenAtMs - 12_000,
    promised: EFFECT,
  } as const;

  test('is held against what came', () => {
    expect(followedText(done, model.groups, takenAtMs)).toBe(
      'done 12 s ago: promised 0.0% → 94.1%, 52.0% after a minute; now 5.0%: Let connect() take over ports in TIME_WAIT',
    );
  });

  test('may be of a group that has gone, or of the moment', () => {
    const text = followedText({ ...done, atMs: takenAtMs + 1 }, [], takenAtMs);
    expect(text).toMatch(/^done (0|less than 1) s ago: promised .*; the group has gone: Let/);
  });

  test('goes before the best one', () => {
    expect(bestFix({ ...model, followed: [done] }, 80)).toMatch(/^done 12 s ago: /);
  });
});
