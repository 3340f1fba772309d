import { describe, expect, test } from 'vitest';
import { groupOutlook } from '../../src/model/group-outlook.ts';
import { NO_PAST } from '../../src/model/group-past.ts';
import type { LimitState } from '../../src/model/limit-memory.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const LIMIT: LimitState = {
  isDry: true,
  sinceMs: NOON - 5000,
  lastMs: NOON,
  madeBeforePerSecond: undefined,
  refusedWithFree: undefined,
};

/** The outlook of a group with so many of 100 ports in use. */
function outlookOf(used: number, more: Partial<TupleGroup> = {}, limit?: LimitState) {
  const [group] = sampleOfSockets(connections(used)).groups;
  if (group === undefined) throw new Error('no group');
  return groupOutlook({ ...group, ...more }, { ...NO_PAST, limit }, NOON, undefined);
}

describe('severity goes by the ports that are there for sure', () => {
  test.for([
    [26, 'info'],
    [25, 'warning'],
    [11, 'warning'],
    [10, 'critical'],
  ] as const)('at least %i of 100 free: %s', ([freeAtLeast, severity]) => {
    const group = outlookOf(10, { freeAtLeast, uncertain: 'bind() may have taken some' });
    expect(group).toMatchObject({ free: 90, severity, headroomPercentAtLeast: freeAtLeast });
  });
});

describe('one look', () => {
  test('knows that a group without a free port is out of them, since now', () => {
    expect(outlookOf(100)).toMatchObject({
      severity: 'critical',
      etaSeconds: 0,
      etaRangeSeconds: null,
      limit: { ...LIMIT, sinceMs: NOON },
      demandPerSecond: null,
      isDemandLowerBound: true,
    });
  });

  test('knows of no limit where a port is left', () => {
    expect(outlookOf(99)).toMatchObject({ limit: undefined, demandPerSecond: null });
  });
});

describe('a group that was out of ports a moment ago', () => {
  test('is so still, whatever is free now', () => {
    expect(outlookOf(10, {}, LIMIT)).toMatchObject({ severity: 'critical', etaSeconds: 0 });
  });

  test('is judged by its ports once that is over', () => {
    const over = outlookOf(10, {}, { ...LIMIT, isDry: false });
    expect(over).toMatchObject({ severity: 'info', etaSeconds: null });
  });
});

describe('the kernel refuses although ports look free', () => {
  const contradicted = { ...LIMIT, refusedWithFree: 40 };

  test('none is free for sure, and it is said why', () => {
    expect(outlookOf(50, {}, contradicted)).toMatchObject({
      free: 50,
      freeAtLeast: 0,
      headroomPercentAtLeast: 0,
      severity: 'critical',
      uncertain: 'The kernel refuses connections although 40 ports look free.',
    });
  });

  test('a cause that is known already is named with it', () => {
    const uncertain = 'bind() may have taken them.';
    expect(outlookOf(50, { uncertain, freeAtLeast: 20 }, contradicted).uncertain).toBe(
      'The kernel refuses connections although 40 ports look free: bind() may have taken them.',
    );
  });

  test('is no contradiction where none is free', () => {
    expect(outlookOf(100, {}, contradicted).uncertain).toBeUndefined();
  });
});
