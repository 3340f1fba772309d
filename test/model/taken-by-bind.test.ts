/** The countdown where bind() before connect() takes ports from all destinations, on a simulated machine. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelStream } from '../../src/model/model-stream.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { paced } from '../forecast-score/clients.ts';
import { PortGroup, TICKS_PER_SECOND } from '../forecast-score/machine.ts';
import { sampler } from '../forecast-score/play.ts';

const LOOK_TICKS = 5;
const PORTS = 1000;

interface Look {
  readonly atSeconds: number;
  readonly etas: readonly (number | null)[];
  /** Ports per second that each group loses to the others. */
  readonly taken: readonly (number | undefined)[];
}

/** The sample as it is where the first `binders` groups bind() their ports: all others lose those. */
function shared(sample: Sample, binders: number): Sample {
  const isBound = (remotePort: number) => remotePort < 8000 + binders;
  const bound = sample.groups
    .filter(({ remotePort }) => isBound(remotePort))
    .reduce((sum, { used }) => sum + used, 0);
  return {
    ...sample,
    groups: sample.groups.map((group) => {
      const own = isBound(group.remotePort) ? group.used : 0;
      const usable = PORTS - (bound - own);
      const free = usable - group.used;
      return {
        ...group,
        usable,
        free,
        freeAtLeast: free,
        headroomPercent: Math.max(0, (100 * free) / usable),
        bindBeforeConnect: { suspected: own > 0, ports: own, certain: own > 0 },
      };
    }),
  };
}

/** Plays groups of these rates, of which all bind() but the last, until no group has a port left, or for so long. */
function play(rates: readonly number[], mostSeconds: number) {
  const binders = rates.length - 1;
  const options = { ports: PORTS, reuse: false };
  const groups = rates.map(() => new PortGroup(options));
  const clients = rates.map((rate) => paced(rate));
  const [sampleAt, stream, looks] = [sampler(PORTS, rates.length), new ModelStream(), [] as Look[]];
  for (let tick = 0; tick < mostSeconds * TICKS_PER_SECOND; tick++) {
    for (const [index, group] of groups.entries())
      group.step(clients[index]?.(tick / TICKS_PER_SECOND, (tick + 1) / TICKS_PER_SECOND) ?? []);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const atSeconds = (tick + 1) / TICKS_PER_SECOND;
    const sample = shared(sampleAt(atSeconds, groups), binders);
    if (sample.groups.some(({ free }) => free <= 0)) return { looks, endSeconds: atSeconds };
    const seen = stream.next(sample).groups;
    looks.push({
      atSeconds,
      etas: seen.map(({ etaSeconds }) => etaSeconds),
      taken: seen.map(({ takenPerSecond }) => takenPerSecond),
    });
  }
  return { looks, endSeconds: undefined };
}

const soonest = ({ etas }: Look) => Math.min(...etas.map((eta) => eta ?? Infinity));

describe('three groups that bind, and one that does not', () => {
  test.for([
    [14, 14, 14, 4],
    [20, 5, 1, 2],
    [30, 30, 10, 10],
  ] as const)('%j closes/s: the countdown is the fall of free ports', (rates) => {
    const { looks, endSeconds = Infinity } = play(rates, 200);
    const settled = looks.filter(({ atSeconds }) => atSeconds >= 4);
    const wrong = settled.filter((look) => {
      const left = endSeconds - look.atSeconds;
      return Math.abs(soonest(look) - left) > Math.max(1.2, 0.1 * left);
    });
    expect(settled.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  test('every one of them loses what the others take', () => {
    const { looks, endSeconds = Infinity } = play([14, 14, 14, 4], 200);
    const halfway = looks.find(({ atSeconds }) => atSeconds >= endSeconds / 2);
    for (const eta of halfway?.etas ?? []) expect(eta).toBeLessThan(0.6 * endSeconds);
    expect(halfway?.taken.map((rate) => Math.round(rate ?? 0)).toSorted((a, b) => a - b)).toEqual([
      28, 28, 28, 42,
    ]);
  });
});

test('bound ports come back when TIME_WAIT ends: what fits is no countdown once it has settled', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 4 }),
      (rates) => {
        const { looks, endSeconds } = play(rates, 90);
        const settled = looks.filter(({ atSeconds }) => atSeconds > 70);
        fc.pre(rates.reduce((sum, rate) => sum + rate, 0) * 64 < 0.9 * PORTS);
        expect(endSeconds).toBeUndefined();
        expect(settled.filter((look) => soonest(look) < 600)).toEqual([]);
      },
    ),
    { numRuns: 6 },
  );
});
