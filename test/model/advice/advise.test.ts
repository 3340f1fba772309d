/** Which rules speak at all, in which order, and what their effect is counted from. */
import { describe, expect, test } from 'vitest';
import type { AdviceId } from '../../../src/model/advice/advice.ts';
import { type GroupPast, NO_PAST } from '../../../src/model/group-past.ts';
import { limitReached } from '../../../src/model/limit-memory.ts';
import { modelFrom } from '../../../src/model/model.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import type { TupleGroup } from '../../../src/model/sample/tuple-group.ts';
import {
  closedLately,
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  timeWaits,
} from '../../helpers/sockets.ts';

function adviceFor(sample: Sample, changes: Partial<TupleGroup> = {}, past: GroupPast = NO_PAST) {
  const groups = sample.groups.map((group) => ({ ...group, ...changes }));
  return modelFrom({ ...sample, groups }, () => past, undefined).advice;
}

const PILE = [...connections(10), ...timeWaits(80, 30_000, {}, 40_010)];

function effectOf(id: AdviceId, ...given: Parameters<typeof adviceFor>) {
  return adviceFor(...given).find((each) => each.id === id)?.effect;
}

test.for([
  ['3.18.0', false],
  ['4.1.9', false],
  ['4.2.0', true],
  ['4.10.1', true],
  ['5.0.0', true],
  ['5.1-rc1', true],
  ['10.0', true],
  ['of our own', true],
] as const)('Linux %s has IP_BIND_ADDRESS_NO_PORT: %j', ([kernelRelease, has]) => {
  const sample = sampleOfSockets(connections(95), { kernelRelease });
  const bindBeforeConnect = { suspected: true, certain: true, ports: 30 };
  const ids = adviceFor(sample, { bindBeforeConnect }).map(({ id }) => id);
  expect(ids.includes('bind-address-no-port')).toBe(has);
});

describe('headroom that is in doubt', () => {
  const sample = sampleOfSockets(PILE);

  test('is in doubt after a change as well, by as many ports', () => {
    // 90 of 100 ports are in use, and 80 may be taken over.
    expect(effectOf('enable-tw-reuse', sample)).toMatchObject({ headroomAfter: 90 });
    expect(effectOf('enable-tw-reuse', sample, { freeAtLeast: 4 })).toMatchObject({
      headroomBefore: 4,
      headroomAfter: 84,
    });
  });

  test('is none while the kernel refuses: every port is a gain', () => {
    const past = { ...NO_PAST, limit: limitReached(sample.takenAtMs) };
    expect(effectOf('enable-tw-reuse', sample, { freeAtLeast: 0 }, past)).toMatchObject({
      headroomBefore: 0,
      headroomAfter: 90,
    });
  });

  test('may be all that a change gains: it is not suggested', () => {
    const lively = sampleOfSockets(connections(60));
    expect(effectOf('more-destinations', lively)).toMatchObject({ headroomAfter: 70 });
    const changes = { free: 80, headroomPercent: 80, freeAtLeast: 0 };
    expect(effectOf('more-destinations', lively, changes)).toBeUndefined();
  });
});

describe('a minute after the change', () => {
  const withSysctls = (sysctls: Partial<typeof SMALL_RANGE>) =>
    sampleOfSockets(closedLately(90), { sysctls: { ...SMALL_RANGE, ...sysctls } });

  test('reuse is on, and timestamps are, which its commands turn on', () => {
    const [on, off] = ['1', '0'].map((timestamps) =>
      effectOf('enable-tw-reuse', withSysctls({ 'net.ipv4.tcp_timestamps': timestamps })),
    );
    // 9 closes a second, each of which holds its port for a second.
    expect(on?.headroomAfterMinute).toBeCloseTo(91, 9);
    expect(off?.headroomAfterMinute).toBeCloseTo(91, 9);
  });

  test('another change leaves both as they are', () => {
    const sysctls = { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' };
    const off = effectOf('widen-port-range', withSysctls(sysctls));
    const none = effectOf('widen-port-range', withSysctls({ 'net.ipv4.tcp_tw_reuse': '0' }));
    // 9 closes a second, each of which holds its port for a minute.
    expect(none?.headroomAfterMinute).toBeLessThan(99.2);
    expect(off?.headroomAfterMinute).toBe(none?.headroomAfterMinute);
  });
});

test('while connections are refused, what has commands comes before what has to be configured', () => {
  const reserved = { 'net.ipv4.ip_local_reserved_ports': '40090-40099' };
  const sample = sampleOfSockets(PILE, { sysctls: { ...SMALL_RANGE, ...reserved } });
  const idsBy = (past: GroupPast) =>
    adviceFor(sample, {}, past)
      .map(({ id }) => id)
      .filter((id) => id === 'keep-alive' || id === 'reserved-ports');
  expect(idsBy(NO_PAST)).toEqual(['keep-alive', 'reserved-ports']);
  const limit = limitReached(sample.takenAtMs);
  expect(idsBy({ ...NO_PAST, limit })).toEqual(['reserved-ports', 'keep-alive']);
});

test.for([
  ['CLOSE_WAIT', 'close-wait-leak'],
  ['SYN_SENT', 'upstream-unreachable'],
  ['FIN_WAIT1', 'peer-does-not-acknowledge'],
] as const)(
  'where %s has all ports, its cure comes before more room, which is promised for no minute',
  ([state, cure]) => {
    const sample = sampleOfSockets(connections(100, { state }));
    const past = { ...NO_PAST, limit: limitReached(sample.takenAtMs) };
    const ids = adviceFor(sample, {}, past).map(({ id }) => id);
    expect(ids[0]).toBe(cure);
    expect(ids).toContain('widen-port-range');
    expect(effectOf('widen-port-range', sample, {}, past)?.isAtMost).toBe(true);
  },
);

test.for([
  // 92 that last 102 s, then 13 s: 12 are left. At 5 closes/s it is 65, and at 8/s more than there are.
  [0, { headroomBefore: 8, headroomAfter: 88, isGradual: true, isAtMost: true }],
  [5, { headroomBefore: 8, headroomAfter: 35, isGradual: true, isAtMost: true }],
  [8, { headroomBefore: 8, headroomAfter: 8 }],
] as const)(
  'a silent peer that the kernel gives up sooner, with %d more a second: %j',
  ([perSecond, effect]) => {
    const sample = sampleOfSockets(connections(92, { state: 'FIN_WAIT1' }));
    const past = { ...NO_PAST, growth: { perSecond, seenSeconds: 10 } };
    expect(effectOf('peer-does-not-acknowledge', sample, {}, past)).toMatchObject(effect);
  },
);

describe('where bind() of other groups takes the ports', () => {
  const sample = sampleOfSockets(timeWaits(60, 30_000));
  const losing = (lost: number) => ({
    usable: 100 - lost,
    free: 40 - lost,
    freeAtLeast: 40 - lost,
    headroomPercent: (100 * (40 - lost)) / (100 - lost),
  });

  test.for([
    [9, false],
    [10, true],
  ] as const)('%i of 100: keep-alive has no figure, and more room is at most: %j', ([lost, is]) => {
    const effect = effectOf('keep-alive', sample, losing(lost));
    expect(effect).toBeDefined();
    expect(effect?.headroomAfter === effect?.headroomBefore).toBe(is);
    expect(effect?.isGradual === true).toBe(!is);
    expect(effectOf('widen-port-range', sample, losing(lost))?.isAtMost === true).toBe(is);
  });

  test('the cure is promised in full, once TIME_WAIT has gone', () => {
    const bindBeforeConnect = { suspected: true, certain: true, ports: 30 };
    const effect = effectOf('bind-address-no-port', sample, { ...losing(30), bindBeforeConnect });
    expect(effect).toMatchObject({ isGradual: true });
    expect(effect).not.toHaveProperty('isAtMost');
  });

  test('what is in doubt comes back with it, unless something else than bind() is', () => {
    const bindBeforeConnect = { suspected: true, certain: true, ports: 30 };
    const doubtful = { ...losing(30), freeAtLeast: 2, bindBeforeConnect };
    const promised = (changes: Partial<TupleGroup>) =>
      effectOf('bind-address-no-port', sample, { ...doubtful, ...changes })?.headroomAfter;
    expect(promised({})).toBe(40);
    expect(promised({ isAssumed: true })).toBeLessThan(40);
    const reuse = { works: undefined, expected: 9, seen: 3, evidence: 'counter' } as const;
    expect(promised({ reuse })).toBeLessThan(40);
  });

  test('the group’s own TIME_WAIT comes back too, where connect() takes it over', () => {
    const own = { suspected: true, certain: true, ports: 60 };
    const kept = { bindBeforeConnect: own, reusableFromAgeMs: 1000 };
    const all = adviceFor(sample, kept).find(({ id }) => id === 'bind-address-no-port');
    expect(all).toMatchObject({
      effect: { headroomBefore: 40, headroomAfter: 100, isGradual: true },
    });
    expect(all?.why).toContain("60 of them are this group's own");
  });

  test.for([
    // A connection a second holds 60 of the 100 ports that it has then; two hold 120, more than there are.
    [1, 40],
    [1.5, 10],
    [2, undefined],
  ] as const)(
    'at the limit the cure is promised for the demand of the outage, not for what got a port: %d/s',
    ([mostWantedPerSecond, headroomAfter]) => {
      const bindBeforeConnect = { suspected: true, certain: true, ports: 30 };
      const limit = { ...limitReached(sample.takenAtMs), mostWantedPerSecond };
      const effect = effectOf(
        'bind-address-no-port',
        sample,
        { ...losing(40), bindBeforeConnect },
        { ...NO_PAST, limit },
      );
      expect(effect).toMatchObject({
        headroomAfter: headroomAfter ?? 0,
        headroomAfterMinute: headroomAfter ?? 0,
      });
    },
  );
});

test.for([
  [1, 'recovering', false],
  [2, 'recovering', true],
  [1, 'dry', true],
] as const)(
  'a group with %i of 100 ports in use that was out of ports, and is %s: has more to gain: %j',
  ([inUse, stage, has]) => {
    const sample = sampleOfSockets(connections(inUse));
    const limit = { ...limitReached(sample.takenAtMs - 5000), stage };
    const effect = effectOf('widen-port-range', sample, {}, { ...NO_PAST, limit });
    expect(effect !== undefined).toBe(has);
  },
);

test('at the limit keep-alive names what was closed, not a rate that the limit sets', () => {
  const sample = sampleOfSockets(timeWaits(90, 30_000));
  const why = (past: GroupPast) =>
    adviceFor(sample, {}, past).find(({ id }) => id === 'keep-alive')?.why;
  expect(why(NO_PAST)).toMatch(/^\d+ connections a second are closed after use/);
  expect(why({ ...NO_PAST, limit: limitReached(sample.takenAtMs) })).toMatch(
    /^90 connections of the last minute were closed after use, and each holds its port for 60 s more/,
  );
});

// 4 a second need 240 of 100 ports, of which a tenth is left; 40 a second, 2,400: nobody can promise anything.
test.for([
  [4, 76],
  [40, 0],
] as const)(
  'at the limit keep-alive promises for the demand of the outage, not for what got a port: %i/s',
  ([mostWantedPerSecond, headroomAfter]) => {
    const sample = sampleOfSockets(timeWaits(100, 30_000));
    const limit = { ...limitReached(sample.takenAtMs), mostWantedPerSecond };
    const effect = effectOf('keep-alive', sample, {}, { ...NO_PAST, limit });
    expect(effect?.headroomAfter).toBeCloseTo(headroomAfter, 0);
    expect(effect?.headroomAfterMinute).toBe(effect?.headroomAfter);
    expect(effect?.isGradual === true).toBe(headroomAfter > 0);
  },
);
