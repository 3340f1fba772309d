import { describe, expect, it } from 'vitest';
import { verdictOf, verdictText } from '../../src/format/verdict.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import { fixtureModel } from '../helpers/fixture.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const model = fixtureModel();

/** The model with its fullest group as the test wants it. */
function withWorst(change: Partial<GroupModel>) {
  const worst = model.groups[0];
  if (worst === undefined) throw new Error('the recorded /proc has groups');
  const ports = { usable: 28_231, free: 1231, headroomPercent: 4.36, growthPerSecond: 0 };
  // The mean of 10 s is the rate of now, unless the test is about that.
  const { closeRate = worst.closeRate } = change;
  return { ...model, worst: { ...worst, ...ports, closesPerSecond: closeRate, ...change } };
}

const WHO = '10.0.3.7 → 10.0.9.21:8080';

describe('the verdict', () => {
  it.each<[Partial<GroupModel>, string]>([
    [
      { severity: 'critical', etaSeconds: 38.4, closeRate: 481.2 },
      'runs out of ports in 38 s (481 closes/s, 1,231 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: 7.4, closeRate: 45, closesPerSecond: 63.5, free: 470 },
      'runs out of ports in 7 s (45 closes/s, 64 now, 470 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: 8.7, closeRate: 45, closesPerSecond: 54, free: 470 },
      'runs out of ports in 8 s (45 closes/s, 470 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: 12.2, closeRate: 14, takenPerSecond: 28.4 },
      'runs out of ports in 12 s (14 closes/s, bind() of others takes 28/s, 1,231 of 28,231 left)',
    ],
    [
      { severity: 'warning', etaSeconds: 400, closeRate: 14, takenPerSecond: 0.4 },
      'runs out of ports in 6 min 40 s (14 closes/s, 1,231 of 28,231 left)',
    ],
    [
      { severity: 'warning', etaSeconds: 400, closeRate: 0 },
      'runs out of ports in 6 min 40 s (1,231 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: 0, free: 0, headroomPercent: 0, closeRate: 12 },
      'is OUT OF PORTS: connect() fails with EADDRNOTAVAIL (12 closes/s, 0 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: null, closeRate: 0 },
      'has 4.4% of its ports left and does not get fuller (1,231 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: null, closeRate: 0, growthPerSecond: undefined },
      'has 4.4% of its ports left and growth is not known yet (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: 3600, closeRate: 0 },
      'runs out of ports in 1 h 0 min (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: 3600.1, closeRate: 0, growthPerSecond: 0.3 },
      'has 4.4% of its ports left and fills slowly (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: null, closeRate: 0, growthPerSecond: undefined },
      'has 4.4% of its ports left and is the fullest group; growth is not known yet (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: null, closeRate: 0.4, free: 28_230, headroomPercent: 99.996 },
      'has 99.9% of its ports left and is the fullest group: healthy (0.4 closes/s, 28,230 of 28,231 left)',
    ],
  ])('%j', (change, text) => {
    const verdict = verdictOf(withWorst(change));
    expect(verdict).toMatchObject({ label: WHO, severity: change.severity });
    expect(verdictText(verdict)).toBe(`${WHO} ${text}`);
  });

  it('is good where nobody connects', () => {
    const verdict = verdictOf({ ...model, groups: [], worst: undefined });
    expect(verdict.severity).toBe('info');
    expect(verdictText(verdict)).toBe('No outgoing TCP connections: every port is free.');
  });
});

describe('the verdict of a group that is out of ports', () => {
  const now = model.sample.takenAtMs;
  const secondsAgo = (seconds: number) => now - seconds * 1000;
  const limit = (
    sinceSeconds: number,
    lastSeconds = 0,
    more: Partial<LimitState> = {},
  ): LimitState => ({
    ...limitReached(secondsAgo(lastSeconds)),
    sinceMs: secondsAgo(sinceSeconds),
    ...more,
  });
  const dry = {
    severity: 'critical',
    etaSeconds: 0,
    closeRate: 12,
    free: 0,
    freeAtLeast: 0,
  } as const;
  const refused = (perSecond: number) => ({
    perSecond,
    lastMinute: 60 * perSecond,
    total: 60 * perSecond,
    processes: [],
  });

  it.each<[string, Partial<GroupModel>, string]>([
    [
      'refusals, and what was made beside them',
      { limit: limit(40), connectFailures: refused(85), madePerSecond: 15, demandPerSecond: 120 },
      'is OUT OF PORTS: refused 85 of 100 connect() calls a second since 11:59:20 (12 closes/s, 0 of 28,231 left)',
    ],
    [
      'refusals of the first look',
      { limit: limit(0), connectFailures: refused(85), madePerSecond: null, demandPerSecond: null },
      'is OUT OF PORTS: refused 85 connect() calls a second with EADDRNOTAVAIL (12 closes/s, 0 of 28,231 left)',
    ],
    [
      'a lower bound',
      { limit: limit(40), demandPerSecond: 300, isDemandLowerBound: true },
      'is OUT OF PORTS: connect() fails since 11:59:20 (at least 300 wanted/s, 0 of 28,231 left)',
    ],
    [
      'a lower bound that something tells of',
      {
        limit: limit(40),
        demandPerSecond: 300,
        isDemandLowerBound: true,
        madePerSecond: 15,
        connectFailures: undefined,
      },
      'is OUT OF PORTS: connect() fails since 11:59:20 (at least 300 wanted/s, 0 of 28,231 left)',
    ],
    [
      'a demand that nothing tells of any more',
      {
        limit: limit(40),
        demandPerSecond: 300,
        isDemandLowerBound: true,
        madePerSecond: 14.9,
        connectFailures: undefined,
      },
      'is OUT OF PORTS: connect() fails since 11:59:20 (300 wanted/s before, 0 of 28,231 left)',
    ],
    [
      'a contradiction',
      {
        limit: limit(0, 0, { refusedWithFree: 90 }),
        free: 88,
        uncertain: 'so',
        connectFailures: refused(85),
        demandPerSecond: 100,
      },
      'is OUT OF PORTS: the kernel refuses although 88 look free (12 closes/s, 0 to 88 of 28,231 left)',
    ],
    [
      'a contradiction that has lasted',
      { limit: limit(40, 0, { refusedWithFree: 90 }), free: 88, uncertain: 'so' },
      'is OUT OF PORTS: since 11:59:20 the kernel refuses although 88 look free (12 closes/s, 0 to 88 of 28,231 left)',
    ],
    [
      'ports that have come back after one time without any, and will be gone again',
      { limit: limit(40, 4.9), free: 3, freeAtLeast: 3 },
      'is as good as OUT OF PORTS since 11:59:20 (last at 11:59:55; 12 closes/s, 3 of 28,231 left)',
    ],
    [
      'ports that come and go',
      { limit: limit(40, 4.9, { times: 3 }), free: 3, freeAtLeast: 3 },
      'is OUT OF PORTS on and off since 11:59:20 (last at 11:59:55; 12 closes/s, 3 of 28,231 left)',
    ],
    [
      'ports that were gone twice',
      { limit: limit(40, 4.9, { times: 2 }), free: 3, freeAtLeast: 3 },
      'is as good as OUT OF PORTS since 11:59:20 (last at 11:59:55; 12 closes/s, 3 of 28,231 left)',
    ],
    [
      'ports that have come back',
      {
        limit: limit(40, 12, { stage: 'recovering' }),
        etaSeconds: null,
        free: 20_000,
        freeAtLeast: 20_000,
        headroomPercent: 70.84,
        connectFailures: refused(0),
      },
      'was OUT OF PORTS 12 s ago and has 70.8% of its ports left now (12 closes/s, 20,000 of 28,231 left) — out from 11:59:20 to 11:59:48',
    ],
    [
      'ports that have come back, and will be gone again',
      {
        limit: limit(40, 12, { stage: 'recovering' }),
        etaSeconds: 38.4,
        free: 20_000,
        freeAtLeast: 20_000,
        headroomPercent: 70.84,
      },
      'was OUT OF PORTS 12 s ago and will be again in 38 s (12 closes/s, 20,000 of 28,231 left) — out from 11:59:20 to 11:59:48',
    ],
    [
      'none left, whatever is remembered',
      { limit: limit(40, 12, { stage: 'recovering' }), free: 0 },
      'is OUT OF PORTS: connect() fails since 11:59:20 (12 closes/s, 0 of 28,231 left)',
    ],
    [
      'an end',
      {
        limit: limit(300, 90, { stage: 'over' }),
        severity: 'info',
        etaSeconds: null,
        closeRate: 0,
        free: 28_000,
        headroomPercent: 99,
      },
      'has 99.0% of its ports left and is the fullest group: healthy (28,000 of 28,231 left) — was out of ports from 11:55:00 to 11:58:30',
    ],
    [
      'another one to come',
      {
        limit: limit(300, 90, { stage: 'over' }),
        severity: 'warning',
        etaSeconds: 100,
        closeRate: 0,
        free: 28_000,
      },
      'runs out of ports in 100 s (28,000 of 28,231 left) — was out of ports from 11:55:00 to 11:58:30',
    ],
  ])('%s', (_, change, text) => {
    const given = { ...dry, demandPerSecond: null, isDemandLowerBound: false, ...change };
    expect(verdictText(verdictOf(withWorst(given)))).toBe(`${WHO} ${text}`);
  });
});

describe('on a narrow screen', () => {
  const now = model.sample.takenAtMs;
  const limit = (lastSeconds: number, more: Partial<LimitState> = {}): LimitState => ({
    ...limitReached(now - lastSeconds * 1000),
    sinceMs: now - 59_000,
    ...more,
  });
  const failures = (perSecond: number, lastMinute = 60 * perSecond) => ({
    perSecond,
    lastMinute,
    total: lastMinute,
    processes: [],
  });
  const free = { free: 28_230, freeAtLeast: 28_230 };
  const dry = { severity: 'critical', etaSeconds: 0, free: 0, freeAtLeast: 0 } as const;
  const recovering = { ...free, limit: limit(59, { stage: 'recovering' }) };

  it.each<[Partial<GroupModel>, string]>([
    [
      { limit: limit(0), connectFailures: failures(1234), madePerSecond: 99, demandPerSecond: 2e4 },
      'OUT OF PORTS: refused 1.2k of 1.3k/s',
    ],
    [
      { limit: limit(0), connectFailures: failures(99_900), madePerSecond: 999 },
      'OUT OF PORTS: refused 99.9k/s',
    ],
    [
      { ...free, limit: limit(9, { times: 3 }), connectFailures: failures(0, 12_345) },
      'OUT OF PORTS on and off (9 s ago)',
    ],
    [
      { ...free, limit: limit(9, { times: 2 }), connectFailures: undefined },
      'as good as OUT OF PORTS (9 s ago)',
    ],
    [
      { ...free, limit: limit(0, { refusedWithFree: 90 }), uncertain: 'so' },
      'OUT OF PORTS though 28.2k look free',
    ],
    [{ ...recovering, etaSeconds: 119 }, 'runs out in 119 s, was out 59 s ago'],
    [{ ...recovering, etaSeconds: null, uncertain: 'so' }, 'OUT OF PORTS 59 s ago, ≥99.9% left'],
  ])('%j has a statement that fits into 36 columns', (change, text) => {
    const given = { ...dry, demandPerSecond: null, isDemandLowerBound: false, ...change };
    const uncertain = { headroomPercentAtLeast: 99.9 };
    const { statement, shorter = [] } = verdictOf(withWorst({ ...uncertain, ...given }));
    expect([statement, ...shorter].find((form) => form.length <= 36)).toBe(text);
    expect(shorter.at(-1)?.length).toBeLessThanOrEqual(35);
  });

  it('is short without groups too', () => {
    const shortest = (changed: Partial<typeof model>) =>
      verdictOf({ ...model, groups: [], worst: undefined, ...changed }).shorter?.at(-1);
    expect(shortest({})).toHaveLength(35);
    const { sample } = model;
    const partial = { ...sample, sampling: { ...sample.sampling, isPartial: true } };
    expect(shortest({ sample: partial })).toHaveLength(35);
  });
});

describe('an outage of another group', () => {
  const SINCE = Date.UTC(2026, 10, 21, 11, 50);
  const few = modelOf(connections(5));
  const outage = { label: 'gone → 10.0.9.99:80', sinceMs: SINCE, lastMs: SINCE + 60_000 };
  const said = (changed: Partial<typeof few>) => verdictText(verdictOf({ ...few, ...changed }));

  it('is told, though the group has gone', () => {
    expect(said({ formerOutages: [outage] })).toMatch(
      /— gone → 10\.0\.9\.99:80 was out of ports from \d\d:50:00 to \d\d:51:00$/,
    );
    expect(said({ groups: [], worst: undefined, formerOutages: [outage] })).toMatch(
      /^No outgoing TCP connections: every port is free\. — gone → .* to \d\d:51:00$/,
    );
  });

  it('is not told beside the worst group’s own', () => {
    const limit = { ...limitReached(SINCE), stage: 'over' as const };
    const [group] = few.groups;
    if (group === undefined) throw new Error('no group');
    const worst = { ...group, limit };
    expect(said({ groups: [worst], worst, formerOutages: [outage] })).not.toContain('gone');
  });

  it('the last of several is told', () => {
    const later = { ...outage, label: 'later', lastMs: SINCE + 90_000 };
    expect(said({ formerOutages: [outage, later] })).toContain('— later was');
  });

  it('is none where nothing is remembered', () => {
    expect(said({})).not.toContain('out of ports');
  });
});
