import { describe, expect, test } from 'vitest';
import {
  type CheckLimits,
  judge,
  needsSecondLook,
  needsThirdLook,
} from '../../../src/model/check/check-verdict.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import type { Model } from '../../../src/model/model.ts';
import { alertRange, LIMITS } from '../../helpers/check-limits.ts';
import { connections, modelOf } from '../../helpers/sockets.ts';

const BASE = modelOf(connections(3));

type Change = Partial<GroupModel> & { readonly used?: number };

/** Groups that are well but for the change. `usedPercent` is what counts. */
function model(changes: readonly (Change & { usedPercent?: number })[]): Model {
  const [group] = BASE.groups;
  if (group === undefined) throw new Error('no group');
  const groups = changes.map(({ usedPercent = 1, ...change }, index) => ({
    ...group,
    key: String(index),
    label: `group ${index}`,
    headroomPercent: 100 - usedPercent,
    headroomPercentAtLeast: 100 - usedPercent,
    etaSeconds: null,
    ...change,
  }));
  return { ...BASE, groups };
}

const stateOf = (change: Parameters<typeof model>[0][number], limits: Partial<CheckLimits> = {}) =>
  judge(model([change]), { ...LIMITS, ...limits }).state;

test.for<[number, string]>([
  [75, 'OK'],
  [75.001, 'WARNING'],
  [90, 'WARNING'],
  [90.001, 'CRITICAL'],
  [100, 'CRITICAL'],
])('%f %% in use is %s', ([usedPercent, state]) => {
  expect(stateOf({ usedPercent })).toBe(state);
});

describe('in doubt only until TIME_WAIT has passed', () => {
  const passing = { usedPercent: 95, lastingHeadroomPercent: 60, uncertain: 'who knows' };

  test.for([
    [9.9, 'CRITICAL'],
    [10, 'WARNING'],
    [60, 'WARNING'],
  ] as const)('%d %% left then is %s', ([lastingHeadroomPercent, state]) => {
    expect(stateOf({ ...passing, lastingHeadroomPercent })).toBe(state);
  });

  test('another group that is as full for sure counts, however full the doubtful one', () => {
    const { state, reasons } = judge(model([passing, { usedPercent: 91 }]), LIMITS);
    expect([state, reasons[0]?.group?.label]).toEqual(['CRITICAL', 'group 1']);
  });

  test('a limit that only the doubt is beyond is none passed', () => {
    expect(stateOf(passing, { critical: alertRange('50:') })).toBe('WARNING');
  });
});

test('what no evidence puts in doubt raises no alarm', () => {
  const doubted = { usedPercent: 95, uncertain: 'who knows' };
  expect(stateOf({ ...doubted, judgedHeadroomPercent: 40 })).toBe('OK');
  expect(stateOf({ ...doubted, judgedHeadroomPercent: 24 })).toBe('WARNING');
  expect(stateOf({ ...doubted, judgedHeadroomPercent: 9 })).toBe('CRITICAL');
  const lasting = { judgedHeadroomPercent: 9, lastingHeadroomPercent: 40 };
  expect(stateOf({ ...doubted, ...lasting })).toBe('WARNING');
});

test('the careful number counts', () => {
  const careful = { headroomPercent: 90, headroomPercentAtLeast: 5, uncertain: 'who knows' };
  expect(stateOf(careful)).toBe('CRITICAL');
});

test('a range may be the other way round', () => {
  const limits = { warning: alertRange('10:'), critical: alertRange('@0:1') };
  expect(stateOf({ usedPercent: 9.9 }, limits)).toBe('WARNING');
  expect(stateOf({ usedPercent: 10 }, limits)).toBe('OK');
  expect(stateOf({ usedPercent: 1 }, limits)).toBe('CRITICAL');
});

const SEEN = { closesSeenSeconds: 60, growthPerSecond: undefined };

test.for<[number, string]>([
  [120, 'OK'],
  [119.9, 'WARNING'],
  [30, 'WARNING'],
  [29.9, 'CRITICAL'],
  [0, 'CRITICAL'],
])('the end in %f s is %s', ([etaSeconds, state]) => {
  expect(stateOf({ etaSeconds, ...SEEN })).toBe(state);
});

test.for<[number, string]>([
  [10, 'CRITICAL'],
  [9.9, 'WARNING'],
])('a rush that ends in 20 s, seen for %f s, is %s', ([closesSeenSeconds, state]) => {
  expect(stateOf({ etaSeconds: 20, ...SEEN, closesSeenSeconds })).toBe(state);
});

test('growth that outweighs the closes must have been seen as long', () => {
  const growing = { etaSeconds: 20, closesPerSecond: 1, growthPerSecond: 50 };
  expect(stateOf({ ...growing, closesSeenSeconds: 60, growthSeenSeconds: 3 })).toBe('WARNING');
  expect(stateOf({ ...growing, closesSeenSeconds: 1, growthSeenSeconds: 10 })).toBe('CRITICAL');
});

test('limits of 0 s never alert', () => {
  expect(stateOf({ etaSeconds: 0, ...SEEN }, { etaWarning: 0, etaCritical: 0 })).toBe('OK');
});

describe('groups that a filter left out as their owners are not known', () => {
  const [well, short] = model([{}, { usedPercent: 76 }]).groups;

  test('are UNKNOWN if one is in trouble', () => {
    const { state, reasons } = judge(
      model([]),
      LIMITS,
      [well, short].flatMap((it) => it ?? []),
    );
    expect(state).toBe('UNKNOWN');
    expect(reasons).toEqual([{ kind: 'unowned', state: 'UNKNOWN', group: short }]);
  });

  test('are nothing to tell if all are well, or if others are CRITICAL', () => {
    expect(
      judge(
        model([]),
        LIMITS,
        [well].flatMap((it) => it ?? []),
      ).state,
    ).toBe('OK');
    const critical = judge(
      model([{ usedPercent: 91 }]),
      LIMITS,
      [short].flatMap((it) => it ?? []),
    );
    expect(critical.state).toBe('CRITICAL');
  });
});

test('without groups 0 percent are in use', () => {
  expect(judge(model([]), LIMITS).state).toBe('OK');
  expect(judge(model([]), { ...LIMITS, warning: alertRange('10:') }).state).toBe('WARNING');
  expect(judge(model([]), { ...LIMITS, critical: alertRange('@0') }).state).toBe('CRITICAL');
});

describe('whatever the limits are', () => {
  const never = {
    warning: alertRange('100'),
    critical: alertRange('100'),
    etaWarning: 0,
    etaCritical: 0,
  };

  test('a refused connection is CRITICAL, and counted', () => {
    const failures = { perSecond: 0, lastMinute: 7, total: 9, processes: [] };
    const verdict = judge(model([{}, { connectFailures: failures }]), never);
    expect(verdict).toMatchObject({ state: 'CRITICAL', refused: 7 });
    expect(verdict.reasons.map(({ kind, group }) => [kind, group?.label])).toEqual([
      ['refused', 'group 1'],
    ]);
    const none = { ...failures, lastMinute: 0 };
    expect(judge(model([{ connectFailures: none }]), never)).toMatchObject({
      state: 'OK',
      refused: 0,
    });
  });

  test('a machine without a usable port is CRITICAL, also without groups', () => {
    const { sample } = BASE;
    const dry = { ...sample, portSpace: { ...sample.portSpace, usable: 0 } };
    expect(judge({ ...model([]), sample: dry }, never).state).toBe('CRITICAL');
    const one = { ...sample, portSpace: { ...sample.portSpace, usable: 1 } };
    expect(judge({ ...model([]), sample: one }, never).state).toBe('OK');
  });

  test('assumed settings are a WARNING', () => {
    expect(stateOf({ isAssumed: true, headroomPercentAtLeast: 0 }, never)).toBe('WARNING');
  });
});

test('refusals that are not looked for are not counted', () => {
  const { sample } = BASE;
  const sampling = { ...sample.sampling, refusalsUnseen: 'this was the only look' };
  const unseen = { ...model([{}]), sample: { ...sample, sampling } };
  expect(judge(unseen, LIMITS).refused).toBeUndefined();
});

describe('where not all sockets could be read', () => {
  const partial = (changes: Parameters<typeof model>[0]): Model => {
    const given = model(changes);
    const sampling = { ...given.sample.sampling, isPartial: true };
    return { ...given, sample: { ...given.sample, sampling } };
  };

  test.for<[number, string]>([
    [1, 'UNKNOWN'],
    [80, 'UNKNOWN'],
    [95, 'CRITICAL'],
  ])('%d %% in use is %s', ([usedPercent, state]) => {
    expect(judge(partial([{ usedPercent }]), LIMITS).state).toBe(state);
  });

  test('nothing to be seen is UNKNOWN', () => {
    expect(judge(partial([]), LIMITS).state).toBe('UNKNOWN');
  });
});

test('no group is OK', () => {
  expect(judge(model([]), LIMITS)).toMatchObject({ state: 'OK', reasons: [], fullest: undefined });
});

test('the fullest is found, and the first to run out, wherever they are', () => {
  const verdict = judge(
    model([
      { usedPercent: 10, etaSeconds: 500 },
      { usedPercent: 60 },
      { usedPercent: 30, etaSeconds: 400 },
    ]),
    LIMITS,
  );
  expect(verdict.fullest?.label).toBe('group 1');
  expect(verdict.first?.label).toBe('group 2');
});

test.for<[string, Parameters<typeof model>[0], boolean]>([
  ['below half', [{ usedPercent: 49.9 }], false],
  ['from half on', [{ usedPercent: 50 }], true],
  ['in doubt', [{ usedPercent: 1, uncertain: 'a rush may have been' }], true],
  ['that is CRITICAL already', [{ usedPercent: 95 }], false],
  ['without groups', [], false],
])('a second look %s: %j', ([, changes, isNeeded]) => {
  expect(needsSecondLook(judge(model(changes), LIMITS))).toBe(isNeeded);
});

const GROWING = { etaSeconds: 100, growthPerSecond: 2, closesPerSecond: 1, growthSeenSeconds: 60 };

test.for<[string, Parameters<typeof model>[0], boolean]>([
  ['where growth alone makes the state', [GROWING], true],
  ['where closes make it as well', [GROWING, { etaSeconds: 100, closesSeenSeconds: 60 }], false],
  ['where it would be the same without growth', [GROWING, { usedPercent: 80 }], false],
  ['where growth makes it worse', [{ ...GROWING, etaSeconds: 29 }, { usedPercent: 80 }], true],
  ['where closes outweigh growth', [{ ...GROWING, closesPerSecond: 2 }], false],
  ['where all is well', [{}], false],
])('a third look %s', ([, changes, isNeeded]) => {
  expect(needsThirdLook(judge(model(changes), LIMITS))).toBe(isNeeded);
});
