import { describe, expect, test } from 'vitest';
import { bestFix } from '../../src/format/best-fix.ts';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

describe('the best fix', () => {
  test('says what it is and what it does', () => {
    expect(bestFix(modelOf(timeWaits(95, 40_000)))).toMatch(
      /^fix 5\.0% → 100\.0%: Let connect\(\) take over ports in TIME_WAIT/,
    );
  });

  test('is not called for on a healthy machine', () => {
    expect(bestFix(modelOf(connections(3)))).toBeUndefined();
    expect(bestFix(modelOf([]))).toBeUndefined();
  });

  test('promises nothing where headroom stays as it is', () => {
    const model = modelOf(connections(95));
    const [best] = model.advice;
    if (best === undefined) throw new Error('no advice');
    const effect = { ...best.effect, headroomAfter: best.effect.headroomBefore };
    expect(bestFix({ ...model, advice: [{ ...best, effect }] })).toBe(`fix: ${best.title}`);
  });
});
