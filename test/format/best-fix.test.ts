import { describe, expect, test } from 'vitest';
import { bestFix } from '../../src/format/best-fix.ts';
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
