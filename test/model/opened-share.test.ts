import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../src/model/baseline-window.ts';
import { closeTrend } from '../../src/model/close-trend.ts';
import { buildModel } from '../../src/model/model.ts';
import { openedShare } from '../../src/model/opened-share.ts';
import { connections, sampleOfSockets, type TestSocket } from '../helpers/sockets.ts';

/** So many live connections, and one closed each so many ms up to now. */
function taken(live: number, closes: number, everyMs: number) {
  const sockets: TestSocket[] = connections(live + closes).map((socket, index) =>
    index < live
      ? socket
      : { ...socket, state: 'TIME_WAIT', leftMs: 60_000 - (index - live + 0.5) * everyMs },
  );
  const sample = sampleOfSockets(sockets);
  const [group] = sample.groups;
  if (group === undefined) throw new Error('no group');
  return { sample, group };
}

const look = (
  { sample, group }: ReturnType<typeof taken>,
  secondsAgo: number,
  live: number,
): Baseline => ({
  takenAtMs: sample.takenAtMs - 1000 * secondsAgo,
  activeOpens: undefined,
  timeWaitReused: undefined,
  liveByGroup: new Map([[group.key, live]]),
});

describe('of 40 closes in 8 s', () => {
  const now = taken(20, 40, 200);
  const share = (secondsAgo: number, live: number, given = now) =>
    openedShare(
      given.group,
      given.sample.takenAtMs,
      [look(given, secondsAgo, live)],
      closeTrend(given.group.drainSchedule),
    );

  test.each([
    ['a pool of 60 that shrinks to 20', 8, 60, 0],
    ['one of 50', 8, 50, 0.25],
    ['one that stays as it is', 8, 20, undefined],
    ['one of 40: half of the closes are made up for', 8, 40, undefined],
    ['one that grows', 8, 10, undefined],
  ])('%s', (_, secondsAgo, live, expected) => {
    const found = share(secondsAgo, live);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(expected, 2);
  });

  test('fewer than thirty tell nothing', () => {
    const few = taken(20, 29, 200);
    expect(share(5.8, 49, few)).toBeUndefined();
    const enough = taken(20, 30, 200);
    expect(share(6, 50, enough)).toBe(0);
  });

  test('less than three seconds tell nothing, nor does a time before the closes', () => {
    const fast = taken(20, 40, 50);
    expect(share(2.9, 60, fast)).toBeUndefined();
    expect(share(3, 60, fast)).toBe(0);
    expect(share(60, 60)).toBeUndefined();
  });
});

test('a pool that drains is not foretold to run out', () => {
  const now = taken(20, 40, 100);
  const other = taken(20, 40, 100);
  const foretold = (live: number) =>
    buildModel(now.sample, { baselines: [look(other, 4, live)] }).groups[0]?.etaSeconds;
  expect(foretold(20)).toBeGreaterThan(0);
  expect(foretold(60)).toBeNull();
});
