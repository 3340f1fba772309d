import { describe, expect, test } from 'vitest';
import { groupOutlook } from '../../src/model/group-outlook.ts';
import { type GroupPast, NO_PAST } from '../../src/model/group-past.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';
import { NO_FAILURES } from '../../src/model/sample/refusal-memory.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const LIMIT: LimitState = { ...limitReached(NOON), sinceMs: NOON - 5000 };

/** The outlook of a group with so many of 100 ports in use. */
function outlookOf(
  used: number,
  more: Partial<TupleGroup> = {},
  limit?: LimitState,
  past: Partial<GroupPast> = {},
) {
  const {
    groups: [group],
    place,
  } = sampleOfSockets(connections(used));
  if (group === undefined) throw new Error('no group');
  return groupOutlook(
    { ...group, ...more },
    { ...NO_PAST, ...past, limit },
    NOON,
    undefined,
    place,
  );
}

/** So many refused per second, the last one some ms ago. */
const failures = (perSecond: number, msAgo = 0) => ({
  perSecond,
  lastMinute: 60 * perSecond,
  total: 60 * perSecond,
  lastAtMs: NOON - msAgo,
  processes: [],
});

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

describe('what is in doubt only until TIME_WAIT has passed is no more than a warning', () => {
  const doubt = (freeAtLeast: number, passingDoubt: number) =>
    outlookOf(10, { freeAtLeast, passingDoubt, uncertain: 'bind() may have taken some' });

  test.for([
    [26, 64, 'info'],
    [25, 65, 'warning'],
    [5, 85, 'warning'],
    [5, 6, 'warning'],
    [5, 5, 'critical'],
  ] as const)(
    'at least %i of 100 free, and %i more soon: %s',
    ([freeAtLeast, passing, severity]) => {
      expect(doubt(freeAtLeast, passing)).toMatchObject({
        severity,
        headroomPercentAtLeast: freeAtLeast,
        lastingHeadroomPercent: freeAtLeast + passing,
      });
    },
  );

  test('unless connect() was refused within the last minute', () => {
    const doubted = { freeAtLeast: 5, passingDoubt: 85, uncertain: 'bind() may have taken some' };
    const refused = (lastMinute: number) =>
      outlookOf(10, { ...doubted, connectFailures: { ...NO_FAILURES, lastMinute } });
    expect(refused(1)).toMatchObject({ severity: 'critical' });
    expect(refused(1).lastingHeadroomPercent).toBeUndefined();
    expect(refused(0)).toMatchObject({ severity: 'warning', lastingHeadroomPercent: 90 });
  });
});

describe('a doubt that no evidence speaks for', () => {
  const doubted = {
    freeAtLeast: 5,
    unsupportedDoubt: 60,
    passingDoubt: 15,
    uncertain: 'who knows',
  };

  test.for([
    [15, 65, 80],
    [0, 65, undefined],
  ] as const)(
    'beside %i ports in doubt until TIME_WAIT has passed',
    ([passingDoubt, ...percents]) => {
      const group = outlookOf(10, { ...doubted, passingDoubt });
      expect(group.headroomPercentAtLeast).toBe(5);
      expect([group.judgedHeadroomPercent, group.lastingHeadroomPercent]).toEqual(percents);
    },
  );

  test('is no reason for a warning', () => {
    const severityOf = (unsupportedDoubt: number) =>
      outlookOf(10, { freeAtLeast: 5, unsupportedDoubt, uncertain: 'who knows' }).severity;
    expect([20, 21].map(severityOf)).toEqual(['warning', 'info']);
    expect([5, 6].map(severityOf)).toEqual(['critical', 'warning']);
  });

  test('counts where connect() was refused within the last minute', () => {
    const refused = (lastMinute: number) =>
      outlookOf(10, { ...doubted, connectFailures: { ...NO_FAILURES, lastMinute } });
    expect(refused(1)).toMatchObject({ severity: 'critical' });
    expect(refused(1).judgedHeadroomPercent).toBeUndefined();
    expect(refused(0)).toMatchObject({ severity: 'info', judgedHeadroomPercent: 65 });
  });

  test('is never more than the whole doubt', () => {
    const { judgedHeadroomPercent, lastingHeadroomPercent } = outlookOf(10, {
      ...doubted,
      freeAtLeast: 70,
    });
    expect([judgedHeadroomPercent, lastingHeadroomPercent]).toEqual([90, undefined]);
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
      mostDemandPerSecond: null,
      isDemandLowerBound: false,
    });
  });

  test('knows that a group without a usable port is out of them', () => {
    const none = { usable: 0, used: 0, free: 0, freeAtLeast: 0 };
    expect(outlookOf(1, none).limit).toMatchObject({ stage: 'dry', sinceMs: NOON });
  });

  test('knows of no limit where a port is left', () => {
    expect(outlookOf(99)).toMatchObject({ limit: undefined, demandPerSecond: null });
  });
});

describe('a group that was out of ports a moment ago', () => {
  test('is so still, whatever is free now', () => {
    expect(outlookOf(10, {}, LIMIT)).toMatchObject({ severity: 'critical', etaSeconds: 0 });
  });

  test.for([
    [undefined, 'warning'],
    [0, 'warning'],
    [0.1, 'critical'],
  ] as const)(
    'is forecast again once there is room; with %s refused a second in the last 10 s it is %s',
    ([perSecond, severity]) => {
      const connectFailures =
        perSecond === undefined ? undefined : { ...NO_FAILURES, perSecond, lastMinute: 60 };
      const recovering = outlookOf(10, { connectFailures }, { ...LIMIT, stage: 'recovering' });
      expect(recovering).toMatchObject({ severity, etaSeconds: null });
    },
  );

  test('is judged by its ports once that is over', () => {
    const over = outlookOf(10, {}, { ...LIMIT, stage: 'over' });
    expect(over).toMatchObject({ severity: 'info', etaSeconds: null });
  });
});

describe('the ports that are wanted', () => {
  const drainSchedule = Array.from({ length: 60 }, () => 1);
  /** 20 connections open, 10 a second made, all of them closed here. */
  const past = { madePerSecond: 10, closedShare: 1 };
  const limit = (stage: LimitState['stage']) => ({ ...LIMIT, stage, mostWantedPerSecond: 100 });

  test.for([
    // A hundred a second, each held for a minute; and ten times as many open as with ten a second.
    ['dry', 200 + 100 * 60],
    ['recovering', 200 + 100 * 60],
    ['over', 20],
  ] as const)('are those of the most in the episode, unless that is %s', ([stage, wanted]) => {
    const group = outlookOf(20, { connectFailures: failures(80, 60_000) }, limit(stage), past);
    expect(group).toMatchObject({
      wantedPorts: wanted,
      demandPerSecond: 90,
    });
  });

  test('are no fewer than are held', () => {
    expect(outlookOf(20).wantedPorts).toBe(20);
  });

  test('are those that growth and closes come to in a minute', () => {
    const growth = { perSecond: 0.5, seenSeconds: 30 };
    expect(outlookOf(20, {}, undefined, { growth }).wantedPorts).toBe(50);
    expect(outlookOf(20, { drainSchedule }, undefined, { growth }).wantedPorts).toBe(110);
    const shrinking = { perSecond: -0.2, seenSeconds: 30 };
    expect(outlookOf(20, {}, undefined, { growth: shrinking }).wantedPorts).toBe(20);
  });
});

describe('a connection was refused', () => {
  test.for([
    [0, 0, /^Connections are refused as fast as ports come free/],
    [999, 0, /^Connections are refused as fast as ports come free/],
    [1000, 90, undefined],
  ] as const)('%i ms ago: of 90 free, %i are there for sure', ([msAgo, freeAtLeast, uncertain]) => {
    const group = outlookOf(10, { connectFailures: failures(1, msAgo) });
    expect(group).toMatchObject({ free: 90, freeAtLeast, headroomPercentAtLeast: freeAtLeast });
    expect(group.uncertain).toEqual(
      uncertain === undefined ? undefined : expect.stringMatching(uncertain),
    );
  });

  test('and what was not sure before stays the reason', () => {
    const unsure = { connectFailures: failures(1), uncertain: 'as I say.', freeAtLeast: 20 };
    expect(outlookOf(10, unsure)).toMatchObject({ freeAtLeast: 0, uncertain: 'as I say.' });
  });

  test('where none is free all is sure', () => {
    const group = outlookOf(100, { connectFailures: failures(1) });
    expect(group).toMatchObject({ freeAtLeast: 0, uncertain: undefined });
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
    });
  });

  const bind = (suspected: boolean) => ({
    bindBeforeConnect: { suspected, ports: 9, certain: false },
  });
  const OWN_RANGE =
    'the program may have a port range of its own (IP_LOCAL_PORT_RANGE), or hold ports by bind() that no table shows.';
  test.for<[string, Partial<TupleGroup>, string]>([
    ['nothing else', {}, OWN_RANGE],
    [
      'a program that binds',
      bind(true),
      'a program may hold more ports by bind() than the table shows.',
    ],
    [
      'a bind(), before TIME_WAIT',
      { ...bind(true), reusable: 30 },
      'a program may hold more ports by bind() than the table shows.',
    ],
    [
      'more than half of them in TIME_WAIT',
      { reusable: 21, timeWaitUsed: 20 },
      '21 of them are in TIME_WAIT and should be taken over; that seems not to work.',
    ],
    ['half of them in TIME_WAIT', { reusable: 20, timeWaitUsed: 19 }, OWN_RANGE],
    ['more TIME_WAIT that is held', { reusable: 21, timeWaitUsed: 21 }, OWN_RANGE],
  ])('the likely cause where there is %s', ([, more, cause]) => {
    expect(outlookOf(50, { ...bind(false), ...more }, contradicted).uncertain).toBe(
      `The kernel refuses connections although 40 ports look free: ${cause}`,
    );
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
