import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/model/model.ts';
import { baselineOf, BaselineWindow } from '../../src/model/baseline-window.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import {
  connections,
  modelOf,
  sampleOfSockets,
  SMALL_RANGE,
  timeWaits,
  type TestSocket,
} from '../helpers/sockets.ts';

/** TIME_WAIT sockets closed at a steady rate for the last `seconds`, newest first. */
function steadyCloses(perSecond: number, seconds: number): TestSocket[] {
  return connections(perSecond * seconds, { state: 'TIME_WAIT' }, 32_768).map((socket, index) => ({
    ...socket,
    leftMs: 59_999 - Math.floor((index * 1000) / perSecond),
  }));
}

const WIDE = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '32768 60999' };

describe('time to exhaustion', () => {
  test('a steady client is foretold half-way from its timers alone', () => {
    // 1000 a second fill 28,232 ports in 28.2 s; 14 s have gone.
    const [group] = modelOf(steadyCloses(1000, 14), { sysctls: WIDE }).groups;
    expect(group?.etaSeconds).toBeGreaterThan(14.2 * 0.98);
    expect(group?.etaSeconds).toBeLessThan(14.3 * 1.02);
    expect(group?.steadyStateUsed).toBe(60_000);
  });

  test('a rate that 60 s of ports can carry never runs out, and settles', () => {
    const [group] = modelOf(steadyCloses(400, 30), { sysctls: WIDE }).groups;
    expect(group?.etaSeconds).toBeNull();
    expect(group?.steadyStateUsed).toBe(24_000);
  });

  test('a full group has run out', () => {
    expect(modelOf(connections(100)).groups[0]).toMatchObject({
      etaSeconds: 0,
      severity: 'critical',
    });
  });

  test('with reuse, closes hold their port for the delay only', () => {
    const sysctls = { ...WIDE, 'net.ipv4.tcp_tw_reuse': '1' };
    const [group] = modelOf(steadyCloses(1000, 14), { sysctls }).groups;
    expect(group).toMatchObject({ etaSeconds: null, steadyStateUsed: 1000 });
  });

  test('live connections that leak are foretold from two samples', () => {
    const noon = sampleOfSockets(connections(20), { takenAtMs: 0 });
    const later = sampleOfSockets(connections(60), { takenAtMs: 10_000 });
    // 4 a second, 40 ports left.
    expect(buildModel(later, { baselines: [baselineOf(noon)] }).groups[0]?.etaSeconds).toBeCloseTo(
      10,
      0,
    );
    expect(buildModel(later).groups[0]?.etaSeconds).toBeNull();
  });
});

test('a growth is not believed to go on for much longer than it was seen', () => {
  const none = baselineOf(sampleOfSockets([], { takenAtMs: 0, sysctls: WIDE }));
  const after = (seconds: number) => {
    const sockets = connections(20 * seconds, {}, 32_768);
    const sample = sampleOfSockets(sockets, { takenAtMs: seconds * 1000, sysctls: WIDE });
    return buildModel(sample, { baselines: [none] }).groups[0]?.etaSeconds;
  };
  // 28,232 ports at 20 a second: 23 minutes.
  expect(after(1)).toBeNull();
  expect(after(20)).toBeNull();
  expect(after(30)).toBeCloseTo(1382, -1);
});

test('a pool that was filled at once, and has stayed so since, is no growth', () => {
  const window = new BaselineWindow();
  const growths: number[] = [];
  const before = sampleOfSockets([], { sysctls: WIDE });
  const filled = sampleOfSockets(connections(100, {}, 32_768), { sysctls: WIDE });
  for (let second = 0; second <= 900; second++) {
    const sample = { ...(second < 5 ? before : filled), takenAtMs: second * 1000 };
    // Few ports are left, so that any growth would be believed.
    const [group] = buildModel(withFree(sample, 50), { baselines: window.push(sample) }).groups;
    growths.push(group?.growthPerSecond ?? 0);
  }
  expect(growths.slice(5, 15).some((growth) => growth > 0)).toBe(true);
  // Once the last 10 s are all after it.
  expect(growths.slice(16).filter((growth) => growth !== 0)).toEqual([]);
});

test('a slow leak is seen in the end, though no later look is enough to see it', () => {
  const window = new BaselineWindow();
  let growth: number | undefined;
  for (let second = 0; second <= 300; second++) {
    const sockets = connections(100 + Math.floor(second / 2), {}, 32_768);
    const sample = sampleOfSockets(sockets, { takenAtMs: second * 1000, sysctls: WIDE });
    growth = buildModel(withFree(sample, 50), { baselines: window.push(sample) }).groups[0]
      ?.growthPerSecond;
  }
  expect(growth).toBeCloseTo(0.5, 2);
});

/** The same with so many free ports in each group. */
const withFree = (sample: Sample, free: number): Sample => ({
  ...sample,
  groups: sample.groups.map((group) => ({ ...group, free })),
});

test('opens per second need two looks at a counter that is there', () => {
  const at = (takenAtMs: number, activeOpens?: number) =>
    sampleOfSockets([], { takenAtMs, counters: { activeOpens } });
  expect(buildModel(at(10_000, 700)).opensPerSecond).toBeUndefined();
  expect(buildModel(at(10_000, 700), { baselines: [baselineOf(at(0, 200))] }).opensPerSecond).toBe(
    50,
  );
  expect(
    buildModel(at(10_000, 100), { baselines: [baselineOf(at(0, 200))] }).opensPerSecond,
  ).toBeUndefined(); // the namespace changed
  expect(buildModel(at(10_000), { baselines: [baselineOf(at(0))] }).opensPerSecond).toBeUndefined();
});

test('the reference is the oldest sample of the last 10 s, and survives a clock set back', () => {
  const window = new BaselineWindow();
  const push = (takenAtMs: number) => window.push(sampleOfSockets([], { takenAtMs }))[0]?.takenAtMs;
  expect(push(0)).toBeUndefined();
  expect([250, 1000, 9000, 10_000, 10_250].map(push)).toEqual([0, 0, 0, 0, 1000]);
  expect(push(5000)).toBe(0);
  expect(push(-60_000)).toBeUndefined();
});

test('the group that runs out first is the worst, even where another is fuller', () => {
  const full = connections(28_000, { remote: '10.0.9.22' }, 32_768);
  const model = modelOf([...full, ...steadyCloses(2000, 12)], { sysctls: WIDE });
  expect(model.groups[0]?.label).toBe('10.0.3.7 → 10.0.9.22:8080');
  expect(model.worst?.label).toBe('10.0.3.7 → 10.0.9.21:8080');
});

test.for([
  [74, 'info'],
  [75, 'warning'],
  [89, 'warning'],
  [90, 'critical'],
] as const)('%i of 100 in use is %s', ([used, severity]) => {
  expect(modelOf(connections(used)).groups[0]?.severity).toBe(severity);
});

test('closes of an idle past do not count as a rate', () => {
  expect(modelOf(timeWaits(50, 20_000)).groups[0]?.closeRate).toBe(0);
});
