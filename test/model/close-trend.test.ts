import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeTrend } from '../../src/model/close-trend.ts';
import { forecastGroup } from '../../src/model/forecast.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

/** A client's closes: how many there have been up to a moment, in seconds since it began. */
type Client = (seconds: number) => number;

const steady =
  (perSecond: number): Client =>
  (seconds) =>
    perSecond * seconds;
const ramp =
  (perSecondSquared: number): Client =>
  (seconds) =>
    (perSecondSquared * seconds ** 2) / 2;
const bursts =
  (size: number, every: number): Client =>
  (seconds) =>
    size * (Math.floor(seconds / every) + 1);

/** The drain schedule of a client `now` seconds after it began. */
function scheduleOf(client: Client, now: number): number[] {
  const until = (seconds: number) => Math.floor(seconds < 0 ? 0 : client(seconds));
  return Array.from({ length: 60 }, (_, second) => {
    const ago = 60 - second;
    return until(now - ago + 1) - until(now - ago);
  });
}

/** A group with nothing but these TIME_WAIT sockets, of so many usable ports. */
function groupOf(client: Client, now: number, usable: number) {
  const [group] = sampleOfSockets(connections(1), { sysctls: SMALL_RANGE }).groups;
  if (group === undefined) throw new Error('no group');
  const drainSchedule = scheduleOf(client, now);
  const timeWaitUsed = drainSchedule.reduce((sum, count) => sum + count, 0);
  const used = timeWaitUsed;
  return { ...group, usable, used, free: usable - used, liveUsed: 0, timeWaitUsed, drainSchedule };
}

/** When the ports of a client are used up, in seconds since it began. */
function exhaustion(client: Client, usable: number): number {
  let seconds = 0;
  const held = () => client(seconds) - (seconds < 60 ? 0 : client(seconds - 60));
  while (held() < usable) seconds += 0.01;
  return seconds;
}

describe('the foretold moment, from half-way on', () => {
  test.each([
    ['steady, 30 s', steady(200), 6000],
    ['steady, 9 s', steady(700), 6300],
    ['steady, 55 s', steady(500), 27_500],
    ['a slow one', steady(15), 600],
    ['a ramp', ramp(10), 6000],
    ['a slow ramp', ramp(2), 900],
    ['bursts every 2 s', bursts(80, 2), 1200],
    ['bursts every 3 s', bursts(60, 3), 900],
    ['bursts every 4 s', bursts(100, 4), 1300],
    ['bursts every 5 s', bursts(100, 5), 900],
  ] as const)('%s', (_, client, usable) => {
    const end = exhaustion(client, usable);
    for (const share of [0.5, 0.55, 0.6, 0.7, 0.8, 0.9]) {
      const now = share * end;
      const { etaSeconds } = forecastGroup(groupOf(client, now, usable), 0);
      expect(etaSeconds, `at ${share}`).not.toBeNull();
      expect(Math.abs(now + (etaSeconds ?? Infinity) - end) / end, `at ${share}`).toBeLessThan(0.1);
    }
  });

  test('of steady clients of any speed', () => {
    const cases = fc.record({
      perSecond: fc.integer({ min: 20, max: 2000 }),
      seconds: fc.integer({ min: 8, max: 58 }),
      share: fc.double({ min: 0.5, max: 0.95, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ perSecond, seconds, share }) => {
        const now = share * seconds;
        const group = groupOf(steady(perSecond), now, perSecond * seconds);
        const { etaSeconds } = forecastGroup(group, 0);
        expect(Math.abs(now + (etaSeconds ?? Infinity) - seconds) / seconds).toBeLessThan(0.1);
      }),
    );
  });
});

describe('a rate', () => {
  test('that has changed is the new one soon', () => {
    const doubled: Client = (seconds) =>
      seconds < 40 ? 100 * seconds : 4000 + 300 * (seconds - 40);
    const { perSecond } = closeTrend(scheduleOf(doubled, 55));
    expect(perSecond).toBeGreaterThan(250);
    expect(perSecond).toBeLessThan(400);
  });

  test('that is steady has no trend and no range', () => {
    const group = groupOf(steady(400), 30, 28_000);
    expect(closeTrend(group.drainSchedule)).toMatchObject({ perSecond: 400, perSecondSquared: 0 });
    expect(forecastGroup(group, 0)).toMatchObject({ etaSeconds: null, etaRangeSeconds: null });
  });

  test('that swings has a range, and the truth lies in it', () => {
    const client = bursts(200, 4);
    const { etaSeconds, etaRangeSeconds } = forecastGroup(groupOf(client, 30, 2500), 0);
    const [earliest, latest] = etaRangeSeconds ?? [NaN, NaN];
    expect(earliest).toBeLessThan(etaSeconds ?? NaN);
    expect(latest ?? Infinity).toBeGreaterThan(etaSeconds ?? NaN);
  });

  test('of nothing is nothing', () => {
    expect(closeTrend(Array.from({ length: 60 }, () => 0))).toMatchObject({ perSecond: 0 });
  });
});

test('the peak is what the ports in use come to, at most all of them', () => {
  expect(forecastGroup(groupOf(steady(100), 30, 28_000), 0).peakUsed).toBeCloseTo(6000, -2);
  expect(forecastGroup(groupOf(steady(1000), 14, 28_000), 0).peakUsed).toBe(28_000);
});

test('timers that fire late are counted on', () => {
  const late = { ...groupOf(steady(100), 100, 28_000), overdueTimeWait: 120 };
  expect(forecastGroup(late, 0).steadyStateUsed).toBeCloseTo(6120, -1);
});
