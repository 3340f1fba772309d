import { describe, expect, test } from 'vitest';
import { NO_PAST } from '../../src/model/group-past.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import { groupOutlook } from '../../src/model/group-outlook.ts';
import { portsInAMinute, wantedPorts } from '../../src/model/wanted-ports.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const HERE = { kind: 'here', id: 'net:1', name: 'proxy-7' } as const;
const NOON = Date.UTC(2026, 10, 21, 12);

/** A group with so many live connections. */
function groupOf(liveUsed: number, more: Partial<TupleGroup> = {}): TupleGroup {
  const [group] = sampleOfSockets(connections(1)).groups;
  if (group === undefined) throw new Error('no group');
  return { ...group, liveUsed, used: liveUsed, free: 100 - liveUsed, ...more };
}

describe('the ports that a demand comes to', () => {
  test.for([
    // live, demand, made, share closed here, reusable from ms: live, TIME_WAIT.
    { live: 0, demand: 100, made: 100, closed: 1, wanted: [0, 6000] },
    // Little's law: as long open as now, so ten times as many of them.
    { live: 20, demand: 100, made: 10, closed: 1, wanted: [200, 6000] },
    { live: 20, demand: 10, made: 10, closed: 1, wanted: [20, 600] },
    // No fewer than there are.
    { live: 20, demand: 5, made: 10, closed: 1, wanted: [20, 300] },
    // The peer closes half of them first, or all.
    { live: 20, demand: 100, made: 50, closed: 0.5, wanted: [40, 3000] },
    { live: 20, demand: 100, made: 50, closed: 0, wanted: [40, 0] },
    // TIME_WAIT that may be taken over after a second.
    { live: 20, demand: 100, made: 50, closed: 1, reuse: 1000, wanted: [40, 100] },
    { live: 0, demand: 100, made: 50, closed: 1, reuse: 0, wanted: [0, 0] },
    // Hardly any is made: neither for how long nor by whom they are closed is known.
    { live: 20, demand: 100, made: 5, closed: 0, wanted: [20, 6000] },
    { live: 20, demand: 100, made: 5.1, closed: 0, wanted: [392, 0] },
    { live: 20, demand: 100, made: 0, closed: undefined, wanted: [20, 6000] },
    { live: 20, demand: 100, made: undefined, closed: undefined, wanted: [20, 6000] },
  ])('$live live, $made of $demand made, closed here: $closed', (given) => {
    const { live, demand, made, closed, reuse, wanted } = given;
    const group = groupOf(live, { reusableFromAgeMs: reuse });
    const past = { madePerSecond: made, closedShare: closed };
    expect(Object.values(wantedPorts(group, demand, past))).toEqual(wanted);
  });
});

describe('a minute on', () => {
  const failures = { perSecond: 90, lastMinute: 900, total: 900, processes: [] };
  const limit = limitReached(NOON);

  test('a group out of ports would hold what it wants, though that is more than there is', () => {
    const past = { ...NO_PAST, madePerSecond: 10, closedShare: 1, limit };
    const group = groupOutlook(
      groupOf(20, { connectFailures: failures }),
      past,
      NOON,
      undefined,
      HERE,
    );
    expect(portsInAMinute(group)).toMatchObject({
      liveUsed: 200,
      timeWaitUsed: 6000,
      used: 6200,
      free: -6100,
      freedByReuse: 5900,
      closeRate: 100,
    });
  });

  test('the highest demand of the episode counts while it is dry, and what it makes once there is room', () => {
    const past = { ...NO_PAST, madePerSecond: 10, closedShare: 1 };
    const inStage = (stage: LimitState['stage']) => {
      const episode = { ...limit, stage, mostWantedPerSecond: 190 };
      const given = { ...past, limit: episode };
      return portsInAMinute(
        groupOutlook(groupOf(20, { connectFailures: failures }), given, NOON, undefined, HERE),
      );
    };
    expect(inStage('dry')).toMatchObject({ liveUsed: 380, closeRate: 190 });
    expect(inStage('recovering')).toMatchObject({ liveUsed: 20, timeWaitUsed: 0 });
  });

  test('another one holds what it holds, and what it grows by', () => {
    const growth = { perSecond: 0.5, seenSeconds: 30 };
    const group = groupOutlook(groupOf(20), { ...NO_PAST, growth }, NOON, undefined, HERE);
    expect(portsInAMinute(group)).toMatchObject({ liveUsed: 50, timeWaitUsed: 0, used: 50 });
  });

  test('a group that shrinks holds no fewer than none', () => {
    const growth = { perSecond: -2, seenSeconds: 30 };
    const group = groupOutlook(groupOf(20), { ...NO_PAST, growth }, NOON, undefined, HERE);
    expect(portsInAMinute(group)).toMatchObject({ liveUsed: 0, used: 0, free: 100 });
  });
});
