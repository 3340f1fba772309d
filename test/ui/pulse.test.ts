import { describe, expect, test } from 'vitest';
import { carriedToMs, Pulse } from '../../src/ui/pulse.ts';

/** A pulse in a world of its own, and the moments at which it has the screen go on. */
function startPulse() {
  const moments: number[] = [];
  const timers = new Set<{ readonly dueMs: number; readonly callBack: () => void }>();
  let nowMs = 0;
  const pulse = new Pulse(
    {
      nowMs: () => nowMs,
      after(delayMs, callBack) {
        const timer = { dueMs: nowMs + delayMs, callBack };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    (toMs) => moments.push(toMs),
  );
  /** Lets the time come, timer by timer; `isStopped`: as a program that does not run meanwhile. */
  const comes = (timeMs: number, isStopped = false) => {
    for (;;) {
      const [next] = [...timers].toSorted((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > timeMs) break;
      timers.delete(next);
      nowMs = isStopped ? timeMs : Math.max(nowMs, next.dueMs);
      next.callBack();
    }
    nowMs = timeMs;
  };
  return { pulse, moments, comes };
}

describe('the screen goes on', () => {
  test.each([
    ['never, where samples come in time', 250, [0, 250, 500, 750, 1000], 1249, []],
    ['not, where an idle machine renews its sample a second later', 250, [0, 1000, 2000], 2100, []],
    ['where a sample is a little late', 250, [0], 1200, [1200]],
    ['not before', 250, [0], 1199, []],
    ['where samples are a second apart and one is late', 1000, [0], 1200, [1200]],
    ['earlier where they are further apart', 1001, [0], 900, [900]],
    ['not before that either', 1001, [0], 899, []],
    ['again and again until a sample comes', 3000, [0, 3000], 3000, [900, 1800, 2700]],
  ] as const)('%s', (_, apartMs, samplesMs, untilMs, moments) => {
    const world = startPulse();
    for (const takenAtMs of samplesMs) {
      world.comes(takenAtMs);
      world.pulse.sampleCame({ takenAtMs }, apartMs, 250);
    }
    world.comes(untilMs);
    expect(world.moments).toEqual(moments);
  });

  test('once a second after a frame of a sample that was old when it came', () => {
    const world = startPulse();
    world.comes(5000);
    world.pulse.sampleCame({ takenAtMs: 3700 }, 250, 250);
    world.comes(5900);
    expect(world.moments).toEqual([5900]);
  });

  test('not over the time in which the program was stopped, but after it', () => {
    const world = startPulse();
    world.pulse.sampleCame({ takenAtMs: 0 }, 3000, 250);
    world.comes(60_000, true);
    expect(world.moments).toEqual([]);
    world.comes(60_900);
    expect(world.moments).toEqual([60_900]);
  });

  test('at the latest five seconds after it should have', () => {
    const world = startPulse();
    world.pulse.sampleCame({ takenAtMs: 0 }, 3000, 250);
    world.comes(900 + 4999, true);
    expect(world.moments).toEqual([5899]);
  });

  test.each([
    ['a second apart, and one is late', 1000, 1199, []],
    ['a second apart, and one is late enough', 1000, 1200, [1200]],
    ['a minute apart, and one is late', 60_000, 60_199, []],
    ['a minute apart, and one is late enough', 60_000, 60_200, [60_200]],
  ] as const)('not earlier than samples were asked for: %s', (_, askedMs, untilMs, moments) => {
    const world = startPulse();
    world.pulse.sampleCame({ takenAtMs: 0 }, askedMs, askedMs);
    world.comes(untilMs);
    expect(world.moments).toEqual(moments);
  });

  test('no more once it is stopped', () => {
    const world = startPulse();
    world.pulse.sampleCame({ takenAtMs: 0 }, 3000, 250);
    world.pulse.stop();
    world.comes(10_000);
    expect(world.moments).toEqual([]);
  });
});

test.each([
  [250, 1199, undefined],
  [250, 1200, 1200],
  [60_000, 60_199, undefined],
  [60_000, 60_200, 60_200],
])(
  'asked for every %i ms, a sample that comes after %i ms is carried on to %j',
  (asked, nowMs, to) => {
    expect(carriedToMs({ takenAtMs: 0 }, nowMs, asked)).toBe(to);
  },
);
