/** What is said at constant load does not change from look to look, though ports come free in batches. */
import { describe, expect, test } from 'vitest';
import { ModelStream } from '../../../src/model/model-stream.ts';
import type { Model } from '../../../src/model/model.ts';
import { whatIfFigures } from '../../../src/model/what-if/figures.ts';
import { whatIfPrices } from '../../../src/model/what-if/prices.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import { paced } from '../../forecast-score/clients.ts';
import { PortGroup, TICKS_PER_SECOND } from '../../forecast-score/machine.ts';
import { sampler } from '../../forecast-score/play.ts';

const LOOK_TICKS = 5;
/** A refused call is tried again so many times, as by HAProxy. */
const RETRIES = 3;

/** The looks at a group of so many ports, a quarter of a second apart, once it has been out of ports for 15 s. */
function outOfPorts(ports: number, rate: number, holdSeconds: number): Model[] {
  const group = new PortGroup({ ports, reuse: false });
  const client = paced(rate, holdSeconds);
  const sampleAt = sampler(ports, 1);
  const stream = new ModelStream();
  const refusedAt: number[] = [];
  const models: Model[] = [];
  for (let tick = 0; tick < 140 * TICKS_PER_SECOND; tick++) {
    const atSeconds = (tick + 1) / TICKS_PER_SECOND;
    const before = group.refusals;
    group.step(client(tick / TICKS_PER_SECOND, atSeconds));
    for (let call = before; call < group.refusals; call++) refusedAt.push(atSeconds);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const since = (seconds: number) =>
      (1 + RETRIES) * refusedAt.filter((at) => at > atSeconds - seconds).length;
    const connectFailures = {
      perSecond: since(10) / 10,
      lastMinute: since(60),
      total: since(Infinity),
      processes: [],
    };
    const sample = sampleAt(atSeconds, [group]);
    const groups = sample.groups.map((each) => ({ ...each, connectFailures }));
    const model = stream.next({ ...sample, groups });
    if (atSeconds > (refusedAt[0] ?? Infinity) + 15) models.push(model);
  }
  return models;
}

const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

describe.for([
  [4000, 120, 0.3],
  [4000, 100, 3],
  [1000, 40, 0.3],
] as const)('%i ports, %i connections a second of %f s', ([ports, rate, hold]) => {
  const models = outOfPorts(ports, rate, hold);

  test('the looks are of an outage', () => {
    expect(models.length).toBeGreaterThan(100);
    expect(new Set(models.map(({ worst }) => worst?.limit?.stage))).toEqual(new Set(['dry']));
    // The live connections of a moment are anything between none and all.
    expect(spread(models.map(({ worst }) => worst?.liveUsed ?? 0))).toBeGreaterThan(10);
  });

  test('what-if says one thing', () => {
    const changes = { range: { low: 1024, high: 65_535 } };
    const courses = models.map((model) => {
      const figures = whatIfFigures(model, applyWhatIf(model, changes), changes);
      if (figures === undefined) throw new Error('no figures');
      return figures.changed;
    });
    expect(new Set(courses.map(({ etaSeconds }) => etaSeconds))).toEqual(new Set([null]));
    expect(spread(courses.map(({ settled }) => settled))).toBeLessThan(3);
    expect(spread(courses.map(({ inAMinute }) => inAMinute))).toBeLessThan(3);
  });

  test('so does the note on retries, without which far more is left', () => {
    const changes = { range: { low: 1024, high: 65_535 } };
    const left = models.map((model) => {
      const [note = ''] = whatIfPrices(changes, model);
      return Number(/made before it, (\d+\.\d)% would be left/.exec(note)?.[1]);
    });
    expect(spread(left)).toBeLessThan(3);
    expect(Math.abs(Math.min(...left) - 100 * (1 - (rate * (60 + hold)) / 64_512))).toBeLessThan(3);
    expect(models.flatMap((model) => whatIfPrices({}, model))).toEqual([]);
  });

  test('so do the suggestions', () => {
    const promised = models.map(
      ({ advice }) =>
        advice.find(({ id }) => id === 'widen-port-range')?.effect.headroomAfterMinute ?? 0,
    );
    expect(spread(promised)).toBeLessThan(3);
    const destinations = models.map(
      ({ advice }) => advice.find(({ id }) => id === 'more-destinations')?.title ?? 'none',
    );
    expect(new Set(destinations).size).toBe(1);
  });
});
