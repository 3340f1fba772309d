import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/model/model.ts';
import {
  letGoUntil,
  timerWheel,
  wheelMoments,
  wheelStepSeconds,
} from '../../src/model/timer-wheel.ts';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  socketTable,
  timeWaits,
} from '../helpers/sockets.ts';

describe('the step of the wheel', () => {
  const stepOf = (timersMs: readonly number[], timeWaitSeconds?: number) =>
    wheelStepSeconds(
      socketTable(
        connections(timersMs.length, { state: 'TIME_WAIT' }).map((socket, index) => ({
          ...socket,
          leftMs: timersMs[index] ?? 0,
        })),
      ),
      timeWaitSeconds,
    );
  /** As jiffies_to_msecs() has so many jiffies. */
  const timers = (hertz: number) =>
    Array.from({ length: 40 }, (_, index) => Math.floor(((7 * index + 1) * 1000) / hertz));

  test.each([
    [100, 5.12],
    [250, 2.048],
    [300, 512 / 300],
    [1000, 4.096],
  ])('at HZ %i is %d s, told from the timers', (hertz, seconds) => {
    expect(stepOf(timers(hertz))).toBeCloseTo(seconds, 6);
  });

  test('is not told by few timers, by those of one moment, or by none', () => {
    expect(stepOf(timers(250).slice(0, 31))).toBeUndefined();
    expect(stepOf(timers(250).slice(0, 32))).toBe(2.048);
    expect(stepOf(Array(100).fill(4000) as number[])).toBeUndefined();
    expect(stepOf(Array(100).fill(0) as number[])).toBeUndefined();
    // One that is over tells nothing.
    expect(stepOf([...timers(250).slice(0, 31), 0])).toBeUndefined();
  });

  test('is told by the first 5000 rows, and by every other one of twice as many', () => {
    const behind = (others: readonly number[]) =>
      stepOf([...Array<number>(5000).fill(4), ...others]);
    const late = timers(250).slice(1, 32);
    expect(stepOf([...Array<number>(5000 - 31).fill(4), ...late, 4])).toBe(2.048);
    expect(behind(late.flatMap((leftMs) => [leftMs, 4]))).toBe(2.048);
    expect(behind(late.flatMap((leftMs) => [4, leftMs]))).toBeUndefined();
  });

  test('is told by what lies behind thousands that closed in one moment', () => {
    const others = timers(250).flatMap((leftMs) => Array<number>(100).fill(leftMs));
    expect(stepOf([...Array<number>(16_000).fill(4000), ...others])).toBe(2.048);
  });

  test.for([
    // The fourth level ends at 63 · 512 jiffies, which is 322.56 s.
    [322, 5.12],
    [323, 40.96],
  ] as const)('is that of the level of TIME_WAIT: %i s at HZ 100, %d s', ([seconds, step]) => {
    expect(stepOf(timers(100), seconds)).toBe(step);
  });

  test('is not told by procfs, which rounds them', () => {
    const sockets = timers(250).map((leftMs, index) => ({
      ...(timeWaits(1, leftMs)[0] ?? { local: '' }),
      localPort: 40_000 + index,
    }));
    expect(sampleOfSockets(sockets, { source: 'netlink' }).timerStepSeconds).toBeCloseTo(2.048, 6);
    expect(sampleOfSockets(sockets).timerStepSeconds).toBeUndefined();
  });
});

describe('where the wheel stands', () => {
  const group = (overdueTimeWait: number) => ({
    overdueTimeWait,
    drainSchedule: [overdueTimeWait + 20, ...Array(59).fill(20)] as number[],
  });

  test('is told by what is overdue', () => {
    expect(timerWheel([group(30)], 2.048)).toEqual({ stepSeconds: 2.048, sinceLastSeconds: 1.5 });
    expect(timerWheel([group(30), group(0)], 2.048)?.sinceLastSeconds).toBe(0.75);
    expect(timerWheel([group(500)], 2.048)?.sinceLastSeconds).toBe(2.048);
    expect(timerWheel([], 2.048)?.sinceLastSeconds).toBe(0);
    expect(timerWheel([group(30)], undefined)).toBeUndefined();
  });

  test('is told by the four seconds after the first', () => {
    const drainSchedule = [1000, 20, 20, 20, 20, 1000, ...Array<number>(54).fill(20)];
    expect(timerWheel([{ overdueTimeWait: 30, drainSchedule }], 2.048)?.sinceLastSeconds).toBe(1.5);
    const uneven = [1000, 0, 0, 0, 80, 1000, ...Array<number>(54).fill(20)];
    const wheel = timerWheel([{ overdueTimeWait: 30, drainSchedule: uneven }], 2.048);
    expect(wheel?.sinceLastSeconds).toBe(1.5);
  });

  test('says what has gone when', () => {
    const wheel = { stepSeconds: 2, sinceLastSeconds: 1.5 };
    expect([0, 0.4, 0.5, 2.4, 2.5].map((seconds) => letGoUntil(wheel, seconds))).toEqual([
      -1.5, -1.5, 0.5, 0.5, 2.5,
    ]);
    const moments = wheelMoments(wheel, 3);
    expect(moments).toEqual([0.499, 0.501, 2.499, 2.501]);
    expect(letGoUntil(wheel, moments[2] ?? 0)).toBe(0.5);
    expect(letGoUntil(wheel, moments[3] ?? 0)).toBe(2.5);
  });
});

describe('a group that fills up slowly while TIME_WAIT leaves', () => {
  const STEP_SECONDS = 2.048;
  const USABLE = 2620;
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 35387' };

  /** When each connection was closed: 40 a second, and from 45 s on 44. */
  const closedAt = Array.from({ length: 6000 }, (_, index) =>
    index < 1800 ? index / 40 : 45 + (index - 1800) / 44,
  );
  /** The wheel lets go at moments of its own. */
  const leftAt = (closed: number) =>
    Math.ceil((closed + 60 - 0.7) / STEP_SECONDS) * STEP_SECONDS + 0.7;
  const held = (second: number) =>
    closedAt.filter((closed) => closed <= second && leftAt(closed) > second);
  const end = closedAt.find((second) => held(second).length >= USABLE) ?? 0;

  const etaAt = (second: number, isKnown: boolean) => {
    const sockets = held(second).map((closed, index) => ({
      ...(timeWaits(1, Math.max(0, 4 * Math.floor((closed + 60 - second) * 250)))[0] ?? {
        local: '',
      }),
      localPort: 32_768 + index,
    }));
    const sample = sampleOfSockets(sockets, { sysctls, source: isKnown ? 'netlink' : 'procfs' });
    return buildModel(sample).groups[0]?.etaSeconds ?? Infinity;
  };
  const looks = Array.from({ length: 40 }, (_, index) => end - 0.5 - index / 4);

  test('runs out when it is foretold to, at whatever moment one looks', () => {
    expect(end).toBeGreaterThan(70);
    const errors = looks.map((second) => second + etaAt(second, true) - end);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1.5);
  });

  test('and would be foretold to go on for much longer if the wheel were not known', () => {
    const errors = looks.map((second) => second + etaAt(second, false) - end);
    expect(Math.max(...errors.map(Math.abs))).toBeGreaterThan(5);
  });
});
