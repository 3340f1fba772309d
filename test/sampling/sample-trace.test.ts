import { describe, expect, test } from 'vitest';
import { paceTrace, sampleTrace } from '../../src/sampling/sample-trace.ts';
import { fixtureModel, stoppedClock } from '../helpers/fixture.ts';

const { sample } = fixtureModel();

const warned = (...warnings: string[]) => ({
  ...sample,
  sampling: { ...sample.sampling, warnings },
});

describe('a sample', () => {
  test('is told with the time of its steps, and each warning when it is new', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const clock = { ...stoppedClock, monotonicMs: () => nowMs };
    const { time, sampleTaken } = sampleTrace((what) => lines.push(what), clock);
    expect(time('read', () => (nowMs += 2))).toBe(2);
    sampleTaken(warned('a', 'b'));
    sampleTaken(warned('b', 'c'));
    sampleTaken(warned());
    sampleTaken(warned('b'));
    const other = 'sample: procfs, 36 sockets, 3 groups; ';
    expect(lines).toEqual([
      'sample: procfs, 36 sockets, 3 groups; read 2.0 ms',
      'warning: a',
      'warning: b',
      other,
      'warning: c',
      other,
      other,
      'warning: b',
    ]);
  });

  test('is not looked at, and no clock is, where there is no log', () => {
    const noClock = {
      ...stoppedClock,
      monotonicMs: () => {
        throw new Error('nobody should look');
      },
    };
    const { time, sampleTaken } = sampleTrace(undefined, noClock);
    expect(time('read', () => 7)).toBe(7);
    sampleTaken(sample);
  });
});

test('the pace is told when it changes, with what was asked for and why', () => {
  const lines: string[] = [];
  const tell = paceTrace((what) => lines.push(what), 0.1);
  tell({ intervalMs: 250, cpuShare: undefined }, 250);
  tell({ intervalMs: 250, cpuShare: 0.05 }, 250);
  tell({ intervalMs: 400, cpuShare: 0.142 }, 250);
  tell({ intervalMs: 400, cpuShare: 0.09 }, 250);
  tell({ intervalMs: 500, cpuShare: 0.08 }, 500);
  expect(lines).toEqual([
    'budget: 250 ms between samples (250 ms asked for); CPU use not known yet of one core, limit 10.0%',
    'budget: 400 ms between samples (250 ms asked for); CPU use 14.2% of one core, limit 10.0%',
    'budget: 500 ms between samples (500 ms asked for); CPU use 8.0% of one core, limit 10.0%',
  ]);
  expect(() => paceTrace(undefined, 0.1)({ intervalMs: 1, cpuShare: 1 }, 1)).not.toThrow();
});
