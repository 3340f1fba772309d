/** The countdown on a simulated machine, look by look, held against the moment at which ports run out. */
import { describe, expect, test } from 'vitest';
import { ModelStream } from '../../src/model/model-stream.ts';
import { severityRank, type Severity } from '../../src/model/severity.ts';
import { independent, paced, randomFrom } from '../forecast-score/clients.ts';
import { type Client, PortGroup, TICKS_PER_SECOND } from '../forecast-score/machine.ts';
import { sampler } from '../forecast-score/play.ts';

/** Every fifth tick, as the live view does. */
const LOOK_TICKS = 5;

interface Look {
  readonly atSeconds: number;
  readonly etaSeconds: number | null;
  readonly severity: Severity;
  readonly perSecondSquared: number;
}

/** Plays until connect() is refused; looks begin after `from`. */
function untilRefused(
  ports: number,
  client: Client,
  from: number,
  reuse: (seconds: number) => boolean = () => false,
) {
  const options = { ports, reuse: false };
  const group = new PortGroup(options);
  const [sampleAt, stream, looks] = [sampler(ports, 1), new ModelStream(), [] as Look[]];
  for (let tick = 0; group.refusals === 0 && tick < 600 * TICKS_PER_SECOND; tick++) {
    options.reuse = reuse(tick / TICKS_PER_SECOND);
    group.step(client(tick / TICKS_PER_SECOND, (tick + 1) / TICKS_PER_SECOND));
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const atSeconds = (tick + 1) / TICKS_PER_SECOND;
    const [seen] = stream.next(sampleAt(atSeconds, [group])).groups;
    if (seen === undefined || atSeconds <= from) continue;
    const { etaSeconds, severity, trend } = seen;
    looks.push({ atSeconds, etaSeconds, severity, perSecondSquared: trend.perSecondSquared });
  }
  const endSeconds = looks.at(-1)?.atSeconds ?? 0;
  expect(group.refusals).toBeGreaterThan(0);
  return { looks, endSeconds };
}

/** Looks whose time is off by more than a tenth, or a second. */
const wrong = (looks: readonly Look[], endSeconds: number) =>
  looks
    .map(({ atSeconds, etaSeconds }) => ({ atSeconds, etaSeconds, left: endSeconds - atSeconds }))
    .filter(
      ({ etaSeconds, left }) =>
        left > 0 && Math.abs((etaSeconds ?? Infinity) - left) > Math.max(1.2, 0.1 * left),
    );

/** Looks at which the countdown goes up by more than a second, which is as exact as a drain schedule is. */
const rises = (looks: readonly Look[]) =>
  looks.filter(
    ({ etaSeconds }, index) =>
      index > 0 && (etaSeconds ?? Infinity) - (looks[index - 1]?.etaSeconds ?? Infinity) > 1,
  );

const flips = (looks: readonly Look[]) =>
  looks.filter(
    ({ severity }, index) =>
      index > 0 && severityRank(severity) < severityRank(looks[index - 1]?.severity ?? 'info'),
  );

/** How often an end appears or disappears. */
const changesOfMind = (looks: readonly Look[]) =>
  looks.filter(
    ({ etaSeconds }, index) =>
      index > 0 && (etaSeconds === null) !== (looks[index - 1]?.etaSeconds === null),
  ).length;

describe.each([
  // Ports, closes a second.
  [600, 12],
  [600, 15],
  [900, 16],
  [900, 22],
  [2000, 40],
  [4000, 70],
  [4000, 100],
])('%d ports, %d closes/s, tcp_tw_reuse for two minutes and then no more', (ports, perSecond) => {
  test.each([0, 0.35, 0.7, 1.1, 1.6])('from %f s after a turn of the wheel', (phase) => {
    const off = 120 + phase;
    const { looks, endSeconds } = untilRefused(
      ports,
      paced(perSecond),
      off + 0.25,
      (seconds) => seconds < off,
    );
    expect(looks.filter(({ perSecondSquared }) => perSecondSquared !== 0)).toEqual([]);
    expect(wrong(looks, endSeconds)).toEqual([]);
    expect(rises(looks)).toEqual([]);
    expect(flips(looks)).toEqual([]);
  });
});

describe.each([
  // Ports, closes a second before and after the step.
  [900, 10, 30],
  [900, 12, 22],
  [2000, 22, 40],
  [4000, 40, 100],
  [8000, 100, 300],
])('%d ports, from %d closes/s to %d/s', (ports, before, after) => {
  test.each([70, 70.35, 70.7, 71.1, 71.6])('at %f s', (step) => {
    const { looks, endSeconds } = untilRefused(
      ports,
      paced((seconds) => (seconds < step ? before : after)),
      step,
    );
    // The new rate counts by the third second, and for good.
    const settled = looks.filter(({ atSeconds }) => atSeconds >= step + 3.5);
    expect(settled.length).toBeGreaterThan(8);
    expect(wrong(settled, endSeconds)).toEqual([]);
    expect(rises(settled)).toEqual([]);
    expect(flips(looks)).toEqual([]);
    expect(changesOfMind(looks)).toBeLessThanOrEqual(1);
  });
});

// Chance makes a change more than chance at one look, and less at the next.
test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
  'independent connections, from 10/s to 30/s, by seed %i: it changes its mind once',
  (seed) => {
    const rate = (seconds: number) => (seconds < 70 ? 10 : 30);
    const { looks } = untilRefused(900, independent(rate, randomFrom(seed)), 70);
    expect(changesOfMind(looks)).toBeLessThanOrEqual(1);
    expect(flips(looks)).toEqual([]);
  },
);
