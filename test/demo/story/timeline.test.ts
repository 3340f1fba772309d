import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../../src/demo/story/scenarios.ts';
import { Arrivals, rateAt, seededRandom, STEP_S } from '../../../src/demo/story/timeline.ts';
import type { Route, Scenario } from '../../../src/demo/story/scenario.ts';

const scenarioOf = (id: string): Scenario => {
  const found = SCENARIOS.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

/** How often each route is asked in each second of a timeline. */
function perSecond({ routes }: Pick<Scenario, 'routes'>, seed: number, seconds: number) {
  const arrivals = new Arrivals(routes, seed);
  return Array.from({ length: seconds }, () =>
    Array.from({ length: Math.round(1 / STEP_S) }, () => arrivals.next()).flat(),
  );
}

describe('the rate at a second', () => {
  const rates = [
    { atS: 2, perSecond: 10 },
    { atS: 4, perSecond: 30 },
  ];
  test.for([
    [0, 10],
    [2, 10],
    [3, 20],
    [3.999, 29.99],
    [4, 30],
    [1000, 30],
  ] as const)('%d s: %d', ([atS, perSecondThen]) => {
    expect(rateAt({ rates }, atS)).toBeCloseTo(perSecondThen, 5);
  });

  test('a wave rises and falls by its share, in its period', () => {
    const wave = { periodS: 8, share: 0.5 };
    const route = { rates: [{ atS: 0, perSecond: 10 }], wave };
    expect([0, 2, 4, 6, 8].map((atS) => rateAt(route, atS))).toEqual([
      10,
      15,
      expect.closeTo(10),
      5,
      expect.closeTo(10),
    ]);
  });

  test('no points, no requests', () => {
    expect(rateAt({ rates: [] }, 5)).toBe(0);
  });
});

describe('requests', () => {
  const route = (perSecondNow: number): Route => ({
    name: 'a',
    address: '10.0.9.1',
    port: 80,
    binding: 'connect',
    keepAlive: false,
    upstreamCloses: false,
    leaks: 0,
    losesFins: false,
    answersInMs: 1,
    rates: [{ atS: 0, perSecond: perSecondNow }],
  });

  test('the same seed, the same requests; another one, others', () => {
    const scenario = scenarioOf('no-keep-alive');
    expect(perSecond(scenario, 3, 20)).toEqual(perSecond(scenario, 3, 20));
    expect(perSecond(scenario, 3, 20)).not.toEqual(perSecond(scenario, 4, 20));
  });

  test('as many as the rate says, whatever the seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 200 }),
        (seed, rate) => {
          const asked = perSecond({ routes: [route(rate)] }, seed, 30).flat().length;
          // Gaps of 0.5 to 1.5 have a standard deviation of 0.29.
          const deviation = Math.sqrt((30 * rate) / 12);
          expect(Math.abs(asked - 30 * rate)).toBeLessThanOrEqual(1 + 6 * deviation);
        },
      ),
    );
  });

  test('what one route asks does not change another', () => {
    const both = new Arrivals([route(20), { ...route(7), name: 'b' }], 5);
    const alone = new Arrivals([route(20)], 5);
    for (let step = 0; step < 400; step++)
      expect(both.next().filter((name) => name === 'a')).toEqual(alone.next());
    expect(both.elapsedS).toBeCloseTo(20);
  });

  test('chance is from 0 to 1, and about even', () => {
    const random = seededRandom(1);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((sum, each) => sum + each, 0) / 10_000).toBeCloseTo(0.5, 1);
  });
});

describe('the stories', () => {
  /** The first second in which more of the range's ports are wanted than there are, each for so many seconds. */
  function runsOutS({ id, heldS, names }: { id: string; heldS: number; names: string[] }): number {
    const scenario = scenarioOf(id);
    const size = scenario.range.high - scenario.range.low + 1;
    const asked = perSecond(scenario, 1, scenario.lengthS).map(
      (second) => second.filter((name) => names.includes(name)).length,
    );
    return asked.findIndex((_, at) => {
      const held = asked.slice(Math.max(0, at + 1 - heldS), at + 1);
      return held.reduce((sum, count) => sum + count, 0) > size;
    });
  }

  test.for([
    { id: 'no-keep-alive', heldS: 60, names: ['orders'], fromS: 20, toS: 30 },
    { id: 'slow-leak', heldS: 1000, names: ['reports'], fromS: 40, toS: 60 },
    { id: 'burst', heldS: 60, names: ['orders'], fromS: 34, toS: 44 },
    { id: 'bind', heldS: 60, names: ['orders-1', 'orders-2', 'orders-3'], fromS: 26, toS: 38 },
    { id: 'silent-peer', heldS: 100, names: ['partner'], fromS: 20, toS: 30 },
    { id: 'recovery', heldS: 60, names: ['orders'], fromS: 8, toS: 12 },
  ])('$id runs out between $fromS and $toS s', ({ fromS, toS, ...story }) => {
    expect(runsOutS(story)).toBeGreaterThanOrEqual(fromS);
    expect(runsOutS(story)).toBeLessThanOrEqual(toS);
  });

  test('none of two bursts runs out by itself', () => {
    const scenario = scenarioOf('burst');
    const asked = perSecond(scenario, 1, 32).flat();
    expect(asked.filter((name) => name === 'orders').length).toBeLessThan(850);
  });
});
