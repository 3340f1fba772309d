import { describe, expect, test } from 'vitest';
import { ModelStream } from '../../../src/model/model-stream.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import {
  CALM_MS,
  RECOVERED_MS,
  type TurningKind,
  TurningPoints,
} from '../../../src/model/report/turning-points.ts';
import { turningText } from '../../../src/model/report/turning-text.ts';
import { PRESSURE_STARTS_MS } from '../../helpers/pressure.ts';
import { reportOf } from '../../helpers/reports.ts';
import { connections, SMALL_RANGE, sampleOfSockets } from '../../helpers/sockets.ts';

const NONE = { perSecond: 0, lastMinute: 0, total: 0, processes: [] };

/** One second with so many of 100 ports in use, and so many calls refused until then. */
function second(at: number, used: number, refused = 0): Sample {
  const sample = sampleOfSockets(connections(used), {
    takenAtMs: PRESSURE_STARTS_MS + 1000 * at,
  });
  const connectFailures = { ...NONE, total: refused };
  return { ...sample, groups: sample.groups.map((group) => ({ ...group, connectFailures })) };
}

function found(samples: readonly Sample[]): TurningPoints {
  const points = new TurningPoints();
  const stream = new ModelStream();
  for (const [index, sample] of samples.entries()) points.push(stream.next(sample), index);
  return points;
}

const kinds = ({ points }: Pick<TurningPoints, 'points'>) =>
  points.map(({ kind, index }): [TurningKind, number] => [kind, index]);

/** So many seconds of the same use, from this second on. */
const steady = (from: number, seconds: number, used: number, refused = 0) =>
  Array.from({ length: seconds }, (_, index) => second(from + index, used, refused));

describe('turning points', () => {
  test('of a recording in which all is well there are none', () => {
    const points = found(steady(0, 10, 20));
    expect(kinds(points)).toEqual([]);
    expect(points.incidents).toEqual([]);
  });

  // Severity begins at 75% and 90% of the ports in use.
  test.each([
    [74, []],
    [75, [['warning', 5]]],
    [89, [['warning', 5]]],
    [
      90,
      [
        ['warning', 5],
        ['critical', 5],
      ],
    ],
  ])('at %i of 100 ports', (used, expected) => {
    // One look has no past that a forecast could be made of.
    const points = found([...steady(0, 5, 60), second(5000, used)]);
    expect(kinds(points)).toEqual(expected);
  });

  test('ports that run out and come back: each point once, with its group', () => {
    const samples = [
      ...steady(0, 3, 20),
      second(3, 80),
      second(4, 95),
      second(5, 100),
      second(6, 100, 12),
      ...steady(7, 90, 30, 12),
    ];
    const points = found(samples);
    expect(kinds(points)).toEqual([
      ['warning', 3],
      ['critical', expect.toSatisfy((index: number) => index === 3 || index === 4)],
      ['exhaustion', 5],
      ['refusal', 6],
      ['recovery', expect.toSatisfy((index: number) => index >= 7 && index <= 13)],
    ]);
    expect(points.points.map(turningText)).toContain('OUT OF PORTS: 10.0.3.7 → 10.0.9.21:8080');
    const [incident, ...others] = points.incidents;
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ sinceMs: PRESSURE_STARTS_MS + 3000 });
    // That it was out of ports a minute ago is still a warning on the screen, but no incident.
    expect(incident?.untilMs).toBeGreaterThan(PRESSURE_STARTS_MS + 6000);
    expect(incident?.untilMs).toBeLessThan(PRESSURE_STARTS_MS + 15_000);
  });

  test('what runs out again after a recovery is told again, in the same incident', () => {
    const samples = [second(0, 100), ...steady(1, 30, 80), second(31, 100), ...steady(32, 30, 80)];
    const points = found(samples);
    const dry = kinds(points).filter(([kind]) => kind === 'exhaustion' || kind === 'recovery');
    expect(dry.map(([kind]) => kind)).toEqual(['exhaustion', 'recovery', 'exhaustion', 'recovery']);
    expect(points.incidents).toHaveLength(1);
    expect(points.incidents[0]?.untilMs).toBeUndefined();
  });

  test.each([
    [RECOVERED_MS - 1, false],
    [RECOVERED_MS, true],
  ])('%i ms without a warning: that it is over is told: %s', (ms, isOne) => {
    const calm = second(10, 10);
    const later = { ...calm, takenAtMs: calm.takenAtMs + ms };
    const points = found([second(0, 80), calm, later]);
    expect(kinds(points).some(([kind]) => kind === 'over')).toBe(isOne);
  });

  test('a warning alone that is over is no incident, and no ports come back', () => {
    const points = found([...steady(0, 5, 60), second(5000, 80), ...steady(5001, 90, 30)]);
    expect(points.points.map(turningText)).toEqual([
      'first warning: 10.0.3.7 → 10.0.9.21:8080',
      'the warning is over: 10.0.3.7 → 10.0.9.21:8080',
    ]);
    expect(points.incidents).toEqual([]);
  });

  test('each end has a beginning of the same group; what comes again says so', () => {
    const wave = (from: number) => [second(from, 80), ...steady(from + 1, 20, 30)];
    const points = found([...steady(0, 5, 60), ...wave(5000), ...wave(5021), ...wave(5042)]);
    const [first, again] = ['first warning', 'warning again'];
    expect(points.points.map((point) => turningText(point).split(':')[0])).toEqual([
      first,
      'the warning is over',
      again,
      'the warning is over',
      again,
      'the warning is over',
    ]);
  });

  test('the end of what several groups had names none of them', () => {
    const both = (at: number, used: number) =>
      sampleOfSockets([...connections(used), ...connections(used, { remote: '10.0.9.22' })], {
        takenAtMs: PRESSURE_STARTS_MS + 1000 * at,
      });
    const samples = [
      both(0, 20),
      both(1, 100),
      ...Array.from({ length: 20 }, (_, n) => both(2 + n, 20)),
    ];
    expect(found(samples).points.map(turningText).at(-1)).toBe('ports again for all groups');
  });

  test('what the first sample has is told once, as what may be older, without an order', () => {
    const points = found([...steady(0, 5, 100), ...steady(5, 90, 20)]);
    expect(points.points.map(turningText)).toEqual([
      'OUT OF PORTS when the recording began, or before: 10.0.3.7 → 10.0.9.21:8080',
      'ports again: 10.0.3.7 → 10.0.9.21:8080',
    ]);
    expect(points.incidents).toMatchObject([{ isFromBefore: true }]);
    expect(found([...steady(0, 5, 60), second(5000, 95)]).incidents).toMatchObject([
      { isFromBefore: false },
    ]);
  });

  // What was last refused less than the timer wheel's pause ago may go on.
  test.each([
    [1499, 'OUT OF PORTS when the recording began, or before'],
    [1500, 'was out of ports before the recording began'],
  ])('last refused %i ms before the first sample: %s', (agoMs, text) => {
    const samples = steady(0, 5, 20, 500).map((sample) => ({
      ...sample,
      groups: sample.groups.map((group) => ({
        ...group,
        connectFailures: {
          perSecond: 21,
          lastMinute: 279,
          total: 500,
          sinceMs: PRESSURE_STARTS_MS - 9000,
          lastAtMs: PRESSURE_STARTS_MS - agoMs,
          processes: [],
        },
      })),
    }));
    const points = found(samples);
    expect(points.points.map(turningText)).toEqual([`${text}: 10.0.3.7 → 10.0.9.21:8080`]);
    expect(points.incidents).toHaveLength(agoMs < 1500 ? 1 : 0);
    expect(reportOf(samples).groups[0]?.dryMs).toBe(agoMs < 1500 ? 1000 : 0);
  });

  test.each([
    [RECOVERED_MS - 1, undefined],
    [RECOVERED_MS, PRESSURE_STARTS_MS + 10_000],
    [CALM_MS, PRESSURE_STARTS_MS + 10_000],
  ])('%i ms without a warning at the end: the incident ended at %s', (ms, untilMs) => {
    const calm = second(10, 10);
    const later = { ...calm, takenAtMs: calm.takenAtMs + ms };
    const { incidents } = found([second(0, 95), calm, later]);
    expect(incidents.map((incident) => incident.untilMs)).toEqual([untilMs]);
  });

  test.each([
    [CALM_MS - 1, 1],
    [CALM_MS, 2],
  ])('a warning after %i ms of calm: incidents: %i', (ms, count) => {
    const calm = second(10, 10);
    const later = { ...calm, takenAtMs: calm.takenAtMs + ms };
    const again = { ...second(0, 95), takenAtMs: later.takenAtMs + 1 };
    expect(found([second(0, 95), calm, later, again]).incidents).toHaveLength(count);
  });

  test('a recovery is when there was room, and so is the end of the incident and of the time without ports', () => {
    const samples = [
      second(0, 20),
      second(1, 100, 10),
      ...[2, 3, 4, 5].map((at) => second(at, 100, 10 * at)),
      // The minute after refusals is critical on the screen.
      ...steady(6, 70, 7, 50),
    ];
    const recoveredMs = PRESSURE_STARTS_MS + 6000;
    const points = found(samples);
    expect(points.points.at(-1)).toMatchObject({ kind: 'recovery', index: 6, atMs: recoveredMs });
    expect(points.incidents).toMatchObject([{ untilMs: recoveredMs }]);
    expect(reportOf(samples).groups[0]).toMatchObject({ dryMs: 5000 });
  });

  test('what was refused before the recording is no refusal of it', () => {
    expect(kinds(found(steady(0, 5, 20, 500)))).toEqual([]);
    const points = found([...steady(0, 5, 20, 500), second(5, 20, 501)]);
    expect(kinds(points)).toContainEqual(['refusal', 5]);
  });

  test('a sysctl that changed has both values, whatever else happens', () => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' };
    const points = found([
      second(0, 1),
      { ...second(1, 1), sysctls },
      { ...second(2, 1), sysctls },
    ]);
    expect(kinds(points)).toEqual([['sysctl', 1]]);
    expect(points.points.map(turningText)).toEqual(['net.ipv4.tcp_tw_reuse: 2 → 1']);
  });
});
