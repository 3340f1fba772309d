/** The countdown of the stories that are about one, on a simulated machine: an audience counts with it. */
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../src/demo/story/scenario.ts';
import { SCENARIOS } from '../../../src/demo/story/scenarios.ts';
import { Arrivals, STEP_S } from '../../../src/demo/story/timeline.ts';
import { ModelStream } from '../../../src/model/model-stream.ts';
import { PortGroup, TICKS_PER_SECOND } from '../../forecast-score/machine.ts';
import { sampler } from '../../forecast-score/play.ts';

/** Every fifth tick, as the live view does. */
const LOOK_TICKS = 5;

/** What the first route's group says at each whole second from `fromS` until it is refused, and how long it has. */
function countdown(id: Scenario['id'], seed: number, fromS: number) {
  const scenario = SCENARIOS.find((each) => each.id === id);
  const [route] = scenario?.routes ?? [];
  if (scenario === undefined || route === undefined) throw new Error(id);
  const ports = scenario.range.high - scenario.range.low + 1;
  const group = new PortGroup({ ports, reuse: false });
  const [sampleAt, stream, arrivals] = [
    sampler(ports, 1),
    new ModelStream(),
    new Arrivals([route], seed),
  ];
  const said: { readonly atS: number; readonly etaS: number }[] = [];
  let tick = 0;
  for (; group.refusals === 0 && tick < scenario.lengthS * TICKS_PER_SECOND; tick++) {
    group.step([{ count: arrivals.next().length, holdSeconds: 0 }]);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const atS = (tick + 1) / TICKS_PER_SECOND;
    const [seen] = stream.next(sampleAt(atS, [group])).groups;
    if (atS >= fromS && Number.isInteger(atS))
      said.push({ atS, etaS: seen?.etaSeconds ?? Infinity });
  }
  expect(group.refusals).toBeGreaterThan(0);
  const endS = tick / TICKS_PER_SECOND;
  const left = said.filter(({ atS }) => atS < endS);
  return {
    errors: left.map(({ atS, etaS }) => Math.abs(etaS - (endS - atS))),
    steps: left.slice(1).map(({ etaS }, index) => (left[index]?.etaS ?? Infinity) - etaS),
  };
}

test('a step of the timeline is a tick of the machine', () => {
  expect(STEP_S * TICKS_PER_SECOND).toBe(1);
});

describe.each([
  // Where ports come back meanwhile, the timer wheel lets go of them every two seconds: up to a second, either way.
  ['no-keep-alive', 11, 0.4, 2],
  ['rush-hour', 62, -1, 2.5],
] as const)('%s, from second %d on', (id, fromS, least, most) => {
  test('counts down by about a second each second', () => {
    const { errors, steps } = countdown(id, 1, fromS);
    expect(steps.length).toBeGreaterThan(8);
    expect(steps.filter((step) => step < least || step > most)).toEqual([]);
    expect(errors.filter((error) => error > 3)).toEqual([]);
  });

  test.each([2, 3, 4, 5])('hardly goes up, and is not far off, by seed %i', (seed) => {
    const { errors, steps } = countdown(id, seed, fromS);
    expect(steps.filter((step) => step < -1)).toEqual([]);
    expect(errors.filter((error) => error > 3)).toEqual([]);
  });
});
