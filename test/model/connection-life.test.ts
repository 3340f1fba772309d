import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../src/model/baseline-window.ts';
import {
  isKeepAliveMissing,
  meanLifeSeconds,
  portReturn,
} from '../../src/model/connection-life.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import type { GroupPast } from '../../src/model/group-past.ts';
import { limitReached } from '../../src/model/limit-memory.ts';
import { recentLive } from '../../src/model/recent-live.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { connections, modelOf, sampleOfSockets, timeWaits } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const [BASE] = modelOf(connections(20)).groups;

type Changes = Partial<Omit<GroupModel, 'past'>> & { readonly past?: Partial<GroupPast> };

/** 40 connections a second for 10 s, open for 0.1 s, each closed here. */
function groupWith({ past, ...changes }: Changes = {}): GroupModel {
  if (BASE === undefined) throw new Error('no group');
  return {
    ...BASE,
    madePerSecond: 40,
    closesPerSecond: 40,
    closesSeenSeconds: 10,
    growthPerSecond: 0,
    limit: undefined,
    ...changes,
    past: {
      ...BASE.past,
      closedShare: 1,
      isMadeLowerBound: false,
      recentLive: { mean: 4, least: 0, seenSeconds: 9 },
      ...past,
    },
  };
}

const live = (mean: number, seenSeconds = 9) => ({ recentLive: { mean, least: 0, seenSeconds } });

describe('recent live connections', () => {
  const look = (secondsAgo: number, count: number): Baseline => ({
    takenAtMs: NOON - 1000 * secondsAgo,
    activeOpens: undefined,
    timeWaitReused: undefined,
    liveByGroup: new Map(BASE === undefined ? [] : [[BASE.key, count]]),
  });
  const recent = (...looks: Baseline[]) => BASE && recentLive(BASE, NOON, looks);

  test('are the mean of now and the looks of the last 10 s', () => {
    expect(recent()).toEqual({ mean: 20, least: 20, seenSeconds: 0 });
    expect(recent(look(1, 10), look(2, 0))).toEqual({ mean: 10, least: 0, seenSeconds: 2 });
    expect(recent(look(1, 10))).toMatchObject({ least: 10 });
    expect(recent(look(10, 0))).toEqual({ mean: 10, least: 0, seenSeconds: 10 });
    expect(recent(look(10.1, 0))).toEqual({ mean: 20, least: 20, seenSeconds: 0 });
  });

  test('count a look without the group as none', () => {
    expect(recent({ ...look(5, 0), liveByGroup: new Map() })).toEqual({
      mean: 10,
      least: 0,
      seenSeconds: 5,
    });
  });
});

describe('how long connections live', () => {
  test.for<[string, Changes, number | undefined]>([
    ['live / made per second', {}, 0.1],
    ['a pool with a little churn', { madePerSecond: 2, closesPerSecond: 2, past: live(64) }, 32],
    ['a burst, now over', { closesPerSecond: 0 }, undefined],
    ['too short a look', { past: live(4, 8.9) }, undefined],
    ['just long enough', { past: live(4, 9) }, 0.1],
    ['too few connections', { madePerSecond: 0.9, closesPerSecond: 0.9 }, undefined],
    ['just enough', { madePerSecond: 1, closesPerSecond: 1 }, 4],
    ['not known', { madePerSecond: null }, undefined],
    ['growing', { growthPerSecond: 0.1 }, undefined],
    ['growth not known', { growthPerSecond: undefined }, undefined],
    ['more may be made', { past: { isMadeLowerBound: true } }, undefined],
    ['out of ports', { limit: limitReached(NOON) }, undefined],
    ['once out of ports', { limit: { ...limitReached(NOON), stage: 'over' } }, 0.1],
    ['recovering', { limit: { ...limitReached(NOON), stage: 'recovering' } }, undefined],
    ['never looked before', { past: { recentLive: undefined } }, undefined],
  ])('%s', ([, changes, seconds]) => {
    expect(meanLifeSeconds(groupWith(changes))).toBe(seconds);
  });
});

describe('keep-alive is missing', () => {
  test.for<[string, Changes, boolean]>([
    ['40 a second, open for 0.1 s', {}, true],
    ['open for 0.5 s', { past: live(20) }, true],
    ['open for longer', { past: live(20.1) }, false],
    ['10 a second', { madePerSecond: 10, closesPerSecond: 10 }, true],
    ['fewer', { madePerSecond: 9.9, closesPerSecond: 9.9 }, false],
    ['nine in ten closed here', { past: { closedShare: 0.9 } }, true],
    [
      'fewer closed here: the peer may end them after many requests',
      { past: { closedShare: 0.89 } },
      false,
    ],
    ['not known who closes', { past: { closedShare: undefined } }, false],
    ['closes of 10 s', { closesSeenSeconds: 10 }, true],
    ['closes of less', { closesSeenSeconds: 9.9 }, false],
    ['closes a fifth fewer', { closesPerSecond: 32 }, true],
    ['closes fewer than that: a burst', { closesPerSecond: 31.9 }, false],
    ['closes a fifth more', { closesPerSecond: 48 }, true],
    ['closes more than that: a pool drains', { closesPerSecond: 48.1 }, false],
    ['a busy pool of 64', { madePerSecond: 0, closesPerSecond: 0, past: live(64) }, false],
    ['a pool of 64 that is renewed', { past: live(64) }, false],
    ['out of ports', { limit: limitReached(NOON) }, false],
    ['seen for 8.9 s', { past: live(4, 8.9) }, false],
    ['more may be made', { past: { isMadeLowerBound: true } }, false],
  ])('%s: %s', ([, changes, expected]) => {
    expect(isKeepAliveMissing(groupWith(changes))).toBe(expected);
  });
});

describe('how soon a port is used again', () => {
  const first = (usable: number, used: number) => ({
    parity: { first: { usable, used }, second: { usable, used: 0 } },
  });

  /** No close is seen here. */
  const BY_PEER = { closesPerSecond: 0, closesSeenSeconds: 0, past: { closedShare: 0 } };

  test.for<[string, Changes, number | undefined]>([
    ['free ports of the first half / rate, after TIME_WAIT', first(4000, 2400), 40 + 60],
    ['closed by the peer: at once', { ...first(4000, 0), ...BY_PEER }, 100],
    ['half and half', { ...first(4000, 0), closesPerSecond: 20, past: { closedShare: 0.5 } }, 130],
    ['taken over after a second', { ...first(4000, 0), reusableFromAgeMs: 1000 }, 101],
    ['past the cliff', first(50, 50), 60],
    ['seen for 8.9 s', { past: live(4, 8.9) }, undefined],
    ['too few connections', { madePerSecond: 0.9, closesPerSecond: 0.9 }, undefined],
    ['just enough', { madePerSecond: 1, closesPerSecond: 1, ...first(50, 0) }, 110],
    ['a burst, now over', { closesPerSecond: 0 }, undefined],
    ['closes that changed 9.9 s ago', { closesSeenSeconds: 9.9 }, undefined],
    ['out of ports', { limit: limitReached(NOON) }, undefined],
    [
      'chosen by bind()',
      { bindBeforeConnect: { suspected: true, ports: 5, certain: false } },
      undefined,
    ],
    ['a range that is not known', { isAssumed: true }, undefined],
  ])('%s', ([, changes, seconds]) => {
    expect(portReturn(groupWith(changes))?.seconds).toBe(seconds);
  });

  test.for([
    [59.9, [60, 120, 350]],
    [60, [120, 350]],
    [119.9, [120, 350]],
    [120, [350]],
    [349.9, [350]],
    [350, []],
  ] as const)('after %d s is remembered for %j s', ([seconds, remembered]) => {
    expect(portReturn(groupWith({ ...first(seconds * 40, 0), ...BY_PEER }))?.remembered).toEqual(
      remembered,
    );
  });

  test('is remembered by nothing between two ends on one machine', () => {
    const near = { ...first(40, 0), ...BY_PEER };
    expect(portReturn(groupWith(near))?.remembered).toHaveLength(3);
    const loopback = { localAddress: '127.0.0.1', remoteAddress: '127.0.0.9' };
    expect(portReturn(groupWith({ ...near, ...loopback }))?.remembered).toEqual([]);
    const own = { localAddress: '10.0.3.7', remoteAddress: '10.0.3.7' };
    expect(portReturn(groupWith({ ...near, ...own }))?.remembered).toEqual([]);
  });

  test('is an upper bound where more connections may be made', () => {
    expect(portReturn(groupWith({ past: { isMadeLowerBound: true } }))?.isAtMost).toBe(true);
    expect(portReturn(groupWith())?.isAtMost).toBe(false);
  });
});

describe('a series of samples', () => {
  const wide = {
    sysctls: { ...sampleOfSockets([]).sysctls, 'net.ipv4.ip_local_port_range': '32768 60999' },
  };
  /** The model after 30 s with so many connections opened and closed each second, beside `open` ones. */
  function after30s(perSecond: (second: number) => number, open: number) {
    const stream = new ModelStream();
    let opens = 1000;
    let model = modelOf([]);
    for (let now = 0; now <= 30; now++) {
      opens += perSecond(now);
      let from = 32_768 + open;
      const closed = Array.from({ length: now + 1 }, (_, second) => {
        const sockets = timeWaits(perSecond(second), 59_500 - 1000 * (now - second), {}, from);
        from += perSecond(second);
        return sockets;
      });
      model = stream.next(
        sampleOfSockets([...connections(open, {}, 32_768), ...closed.flat()], {
          ...wide,
          takenAtMs: NOON + 1000 * now,
          counters: { activeOpens: opens, timeWaitReused: 0 },
        }),
      );
    }
    const [group] = model.groups;
    if (group === undefined) throw new Error('no group');
    return group;
  }

  test('of 40 short connections a second shows that keep-alive is missing', () => {
    const group = after30s(() => 40, 2);
    expect(isKeepAliveMissing(group)).toBe(true);
    expect(meanLifeSeconds(group)).toBeCloseTo(0.05, 2);
    // 14,116 ports of the first half without the 1,242 that are in use.
    expect(portReturn(group)?.seconds).toBeCloseTo((14_116 - 1242) / 40 + 60, 0);
  });

  test.for<[string, (second: number) => number, number]>([
    ['a busy pool of 64', () => 0, 64],
    ['a pool of 64 with a new connection each second', () => 1, 64],
    ['one burst', (second) => (second === 25 ? 400 : 0), 0],
    ['a pool that is filled and drained', (second) => (second < 3 ? 100 : 0), 5],
  ])('of %s does not', ([, perSecond, open]) => {
    expect(isKeepAliveMissing(after30s(perSecond, open))).toBe(false);
  });
});
