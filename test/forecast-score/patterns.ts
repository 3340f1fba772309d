/** Traffic patterns by which forecasts are scored, each at the size of any port space. */
import { bursts, during, independent, once, paced, randomFrom, together } from './clients.ts';
import type { Client } from './machine.ts';

/** How traffic comes; `ports` are those of each of its groups. */
export interface Pattern {
  readonly name: string;
  /** For how long it is watched. */
  readonly seconds: number;
  /** Moments, in seconds, at which the client changes what it does; the start is one anyway. */
  readonly changes?: readonly number[];
  /** True where it never is the same for long: it has no truth to be held against for a few seconds. */
  readonly restless?: true;
  readonly reuse?: true;
  /** A client for each group. */
  readonly clients: (ports: number, random: () => number) => readonly Client[];
}

const NEVER = Infinity;

/** A pattern of one group. `unit` is the rate whose TIME_WAIT would be all the ports: 1/60 of them a second. */
function one(
  name: string,
  seconds: number,
  client: (unit: number, ports: number, random: () => number) => Client,
  more: Pick<Pattern, 'changes' | 'restless' | 'reuse'> = {},
): Pattern {
  return {
    name,
    seconds,
    ...more,
    clients: (ports, random) => [client(ports / 60, ports, random)],
  };
}

const wave = (low: number, high: number, periodSeconds: number) => (seconds: number) =>
  low + ((high - low) * (1 - Math.cos((2 * Math.PI * seconds) / periodSeconds))) / 2;
const isOn = (seconds: number, on: number, off: number) => seconds % (on + off) < on;

/** What never is the same for a few seconds. */
const restless = (patterns: readonly Pattern[]): readonly Pattern[] =>
  patterns.map((pattern) => ({ ...pattern, restless: true }));

const STEADY: readonly Pattern[] = [
  one('steady: full in 30 s', 60, (unit) => paced(2 * unit)),
  one('steady: full in 50 s', 80, (unit) => paced(1.2 * unit)),
  one('steady: settles at half', 300, (unit) => paced(0.5 * unit)),
  one('steady: settles at 85 %', 300, (unit) => paced(0.85 * unit)),
  one('requests of 3 s: settle at 70 %', 300, (unit) => paced(0.66 * unit, 3)),
  one('long-poll of 25 s: settles at 85 %', 300, (unit) => paced(0.6 * unit, 25)),
  one('long-poll of 25 s: too many', 120, (unit) => paced(0.95 * unit, 25), { changes: [25] }),
];

const LEAKS: readonly Pattern[] = [
  one('slow leak: full in 10 min', 620, (_, ports) => paced(ports / 600, NEVER)),
  one('leak: full in 2 min', 140, (_, ports) => paced(ports / 120, NEVER)),
  one('leak among closes', 200, (unit, ports) =>
    together(paced(0.4 * unit), paced(ports / 250, NEVER)),
  ),
  one('leak that stops at 30 %', 300, (_, ports) => during(0, 30, paced(ports / 100, NEVER)), {
    changes: [30],
  }),
  one('leak in bursts of 5.3 % every 20 s', 420, (_, ports) =>
    bursts(0.053 * ports, 20, { holdSeconds: NEVER }),
  ),
  one('one leak an hour of a hundred', 600, (_, ports) =>
    together(once(1, ports / 10, NEVER), paced(ports / 36_000, NEVER)),
  ),
];

const BURSTS: readonly Pattern[] = [
  one('one burst of 40 % only', 120, (_, ports) => once(20, 0.4 * ports), { changes: [20] }),
  one('one burst of 80 % only', 120, (_, ports) => once(20, 0.8 * ports), { changes: [20] }),
  one(
    'one burst within steady traffic',
    200,
    (unit, ports) => together(paced(0.3 * unit), once(100, 0.3 * ports)),
    { changes: [100] },
  ),
  one('bursts every 2 s', 70, (unit) => bursts(3.1 * unit, 2)),
  one('bursts every 5 s', 80, (unit) => bursts(6.3 * unit, 5)),
  one('bursts every 10 s, which fit', 300, (unit) => bursts(7 * unit, 10)),
  one('bursts at random', 300, (unit, _, random) => burstsAtRandom(4 * unit, 8, random), {
    restless: true,
  }),
  one('cron on the minute, which fits', 400, (_, ports) =>
    bursts(0.4 * ports, 60, { first: 20, holdSeconds: 0.5 }),
  ),
  one('cron on the minute, within steady traffic', 400, (unit, ports) =>
    together(paced(0.4 * unit), bursts(0.2 * ports, 60, { first: 30 })),
  ),
  one('cron every 30 s', 300, (_, ports) => bursts(0.3 * ports, 30, { first: 10 })),
  one(
    'batch job of 20 s every 2 min',
    400,
    (unit) => paced((seconds) => (isOn(seconds, 20, 100) ? 2 * unit : 0)),
    { changes: [20, 120, 140, 240, 260, 360, 380] },
  ),
  one(
    'batch job of 40 s: too large',
    180,
    (unit) => together(paced(0.1 * unit), during(60, 100, paced(2 * unit))),
    { changes: [60, 100] },
  ),
];

const CHANGES: readonly Pattern[] = [
  one(
    'pause and go on',
    80,
    (unit) => together(during(0, 6, paced(2 * unit)), during(16, 80, paced(2 * unit))),
    {
      changes: [6, 16],
    },
  ),
  one(
    '10 s on, 10 s off',
    300,
    (unit) => paced((seconds) => (isOn(seconds, 10, 10) ? 1.4 * unit : 0)),
    { restless: true },
  ),
  one('flapping every second', 120, (unit) =>
    paced((seconds) => (isOn(seconds, 1, 1) ? 2.6 * unit : 0)),
  ),
  one('flapping every 3 s, which fits', 240, (unit) =>
    paced((seconds) => (isOn(seconds, 3, 3) ? 1.3 * unit : 0)),
  ),
  one('step up', 140, (unit) => paced((seconds) => (seconds < 80 ? 0.4 : 1.6) * unit), {
    changes: [80],
  }),
  one('step up, which fits', 300, (unit) => paced((seconds) => (seconds < 80 ? 0.2 : 0.8) * unit), {
    changes: [80],
  }),
  one(
    'step down before the end',
    240,
    (unit) => paced((seconds) => (seconds < 20 ? 1.6 : 0.3) * unit),
    {
      changes: [20],
    },
  ),
  one('stops before the end', 240, (unit) => during(0, 24, paced(1.6 * unit)), { changes: [24] }),
  one(
    'keep-alive turned on',
    240,
    (unit) => paced((seconds) => (seconds < 30 ? 1.4 : 0.05) * unit),
    {
      changes: [30],
    },
  ),
  one(
    'retry storm of 12 s',
    300,
    (unit) => paced((seconds) => (seconds >= 90 && seconds < 102 ? 2.5 : 0.3) * unit),
    { changes: [90, 102] },
  ),
  one(
    'retry storm to the end',
    130,
    (unit) => paced((seconds) => (seconds < 90 ? 0.3 : 3) * unit),
    {
      changes: [90],
    },
  ),
  one(
    'exhaustion that recovers',
    300,
    (unit) => paced((seconds) => (seconds < 50 ? 2 : 0.3) * unit),
    {
      changes: [50],
    },
  ),
  one(
    'restart after 5 s',
    240,
    (unit) => paced((seconds) => (seconds >= 100 && seconds < 105 ? 0 : 0.6 * unit)),
    { changes: [100, 105] },
  ),
];

const RAMPS: readonly Pattern[] = restless([
  one('ramp', 80, (unit) => paced((seconds) => (3 * unit * seconds) / 60)),
  one('faint ramp', 200, (unit) => paced((seconds) => (0.3 + seconds / 100) * unit)),
  one('gradual exhaustion', 420, (unit) => paced((seconds) => (0.5 + seconds / 400) * unit)),
  one('doubles every 20 s', 160, (unit) => paced((seconds) => 0.05 * 2 ** (seconds / 20) * unit)),
  one('sawtooth', 300, (unit) => paced((seconds) => ((seconds % 30) / 30) * 1.4 * unit)),
  one('day curve, which fits', 700, (unit) => {
    const rate = wave(0.1, 0.8, 600);
    return paced((seconds) => rate(seconds) * unit);
  }),
  one('day curve, too high', 400, (unit) => {
    const rate = wave(0.2, 1.3, 600);
    return paced((seconds) => rate(seconds) * unit);
  }),
]);

const RANDOM: readonly Pattern[] = [
  ...[0.2, 0.5, 0.8].map((times) =>
    one(`random: settles at ${100 * times} %`, 600, (unit, _, random) =>
      independent(times * unit, random),
    ),
  ),
  ...[1.3, 2.5].map((times) =>
    one(`random: full in ${(60 / times).toFixed(0)} s`, 60 / times + 30, (unit, _, random) =>
      independent(times * unit, random),
    ),
  ),
  one('random, held for 15 s on the mean', 600, (unit, _, random) =>
    independent(0.5 * unit, random, 15),
  ),
  one(
    'random step up',
    160,
    (unit, _, random) => independent((seconds) => (seconds < 90 ? 0.4 : 1.6) * unit, random),
    { changes: [90] },
  ),
];

const POOLS: readonly Pattern[] = [
  one('pool filled once', 300, (_, ports) => once(10, 0.5 * ports, NEVER), { changes: [10] }),
  one('pool of 64 filled once', 300, () => once(10, 64, NEVER), { changes: [10] }),
  one('pool warm-up of 8 s', 300, (_, ports) => during(10, 18, paced(ports / 20, NEVER)), {
    changes: [10, 18],
  }),
  one(
    'pool resize: 20 %, 50 %, 20 %',
    400,
    (_, ports) =>
      together(once(5, 0.2 * ports, NEVER), during(100, 104, paced((0.3 * ports) / 4, 100))),
    { changes: [5, 100, 104, 200, 204] },
  ),
  one(
    'deploy: a pool closed and opened again',
    400,
    (unit, ports) =>
      together(
        paced(0.2 * unit),
        once(5, 0.3 * ports, 115),
        during(121, 124, paced(0.1 * ports, 120)),
        during(245, 248, paced(0.1 * ports, NEVER)),
      ),
    { changes: [5, 120, 124, 241, 248] },
  ),
];

const OTHERS: readonly Pattern[] = [
  {
    name: 'several groups, one of them full in 40 s',
    seconds: 70,
    clients: (ports) => [0.2, 0.5, 1.5, 0.8].map((times) => paced((times * ports) / 60)),
  },
  {
    name: 'several groups at random, which fit',
    seconds: 300,
    clients: (ports, random) =>
      [0.1, 0.3, 0.6, 0.8].map((times) => independent((times * ports) / 60, random)),
  },
  one('tcp_tw_reuse: three times what TIME_WAIT would hold', 240, (unit) => paced(3 * unit), {
    reuse: true,
  }),
  one(
    'tcp_tw_reuse: a leak',
    200,
    (unit, ports) => together(paced(unit), paced(ports / 150, NEVER)),
    { reuse: true },
  ),
];

function burstsAtRandom(size: number, meanSeconds: number, random: () => number): Client {
  const moments = independent(1 / meanSeconds, random);
  return (from, to) =>
    moments(from, to).map(({ count }) => ({ count: Math.round(size * count), holdSeconds: 0 }));
}

/** Every pattern. */
export const PATTERNS: readonly Pattern[] = [
  ...STEADY,
  ...LEAKS,
  ...BURSTS,
  ...CHANGES,
  ...RAMPS,
  ...RANDOM,
  ...POOLS,
  ...OTHERS,
];

/** Ports of a group at which each pattern is run. */
export const SIZES = [100, 4000, 28_000] as const;

/** Random numbers of a run: the same each time. */
export const randomOf = (pattern: Pattern, ports: number, seed: number): (() => number) =>
  randomFrom(PATTERNS.indexOf(pattern) * 1000 + ports + seed * 7919);
