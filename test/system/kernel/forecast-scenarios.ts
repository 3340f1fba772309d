/**
 * Clients that use up their ports, each in its own way. TIME_WAIT lasts 60 s: all of them but one are over well
 * before, and what they need is counted without a port that comes back.
 */
import type { ClientPlan } from '../../helpers/namespace-protocol.ts';

/** A client, the ports it has, and when it should run out of them. */
export type ForecastScenario = {
  name: string;
  /** Ports of the range, an even number. */
  ports: number;
  /** Opened in this order until the ports run out. */
  connections: ClientPlan['connections'];
  /** Seconds until they run out; null: they do not, and the client stops by itself. */
  exhaustedAfterSeconds: number | null;
  /** The share of the time from which on its forecasts are judged, where it is not half of it. */
  judgedFrom?: number;
  /** Why its forecasts are measured, and not judged. */
  unjudged?: string;
};

/** How long a client that never runs out is watched. */
export const WATCHED_SECONDS = 30;
/** Connections are planned for this long; where the ports run out, they do so before. */
const PLANNED_SECONDS = 45;
/** The client that goes on while its ports come back. */
const PLANNED_LONG_SECONDS = 100;

/** How long a client goes on that is never refused a port. */
export function plannedSeconds({ exhaustedAfterSeconds }: ForecastScenario): number {
  if (exhaustedAfterSeconds === null) return WATCHED_SECONDS;
  return exhaustedAfterSeconds < PLANNED_SECONDS ? PLANNED_SECONDS : PLANNED_LONG_SECONDS;
}

/** Moments in ms at a steady rate, from 0 on. */
function steadily(perSecond: number, seconds = PLANNED_SECONDS): number[] {
  const count = Math.floor(seconds * perSecond);
  return Array.from({ length: count }, (_, index) => (index * 1000) / perSecond);
}

/** Moments at a rate that grows by so much every second, from nothing. */
function ramping(perSecondEachSecond: number): number[] {
  const count = Math.floor((perSecondEachSecond * PLANNED_SECONDS ** 2) / 2);
  return Array.from(
    { length: count },
    (_, index) => 1000 * Math.sqrt((2 * index) / perSecondEachSecond),
  );
}

/** `more` from `delayMs` on, among `moments`. */
function joined(moments: readonly number[], more: readonly number[], delayMs: number): number[] {
  return [...moments, ...more.map((atMs) => atMs + delayMs)].toSorted((a, b) => a - b);
}

/** Moments in bursts of `size`, one every so many seconds. */
function inBursts(size: number, everySeconds: number): number[] {
  const count = Math.floor(PLANNED_SECONDS / everySeconds) * size;
  return Array.from(
    { length: count },
    (_, index) => Math.floor(index / size) * everySeconds * 1000,
  );
}

/** Moments of independent arrivals: the gaps between them are distributed exponentially. */
function atRandom(perSecond: number): number[] {
  const random = lehmer(20_261_121);
  const moments: number[] = [];
  for (let atMs = 0; atMs < PLANNED_SECONDS * 1000;) {
    moments.push(atMs);
    atMs += (-Math.log(random()) * 1000) / perSecond;
  }
  return moments;
}

/** Numbers in (0, 1), the same ones every time: a scenario must not pass by luck. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const closed = (moments: readonly number[]) => moments.map((dueMs) => ({ dueMs, kept: false }));
const kept = (moments: readonly number[]) => moments.map((dueMs) => ({ dueMs, kept: true }));

/** Every scenario. */
export const forecastScenarios: readonly ForecastScenario[] = [
  {
    name: 'steady: 20 closes/s',
    ports: 600,
    connections: closed(steadily(20)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'ramping: 1.33 closes/s more every second',
    ports: 600,
    connections: closed(ramping(4 / 3)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'ramping: from 30 closes/s, 2 more every second',
    ports: 1800,
    connections: closed(joined(steadily(30), ramping(2), 0)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'bursty: 40 closes every 2 s',
    // Half a burst more than 15 of them: the ports run out within the next, not after one.
    ports: 620,
    connections: closed(inBursts(40, 2)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'leaking: 20 opens/s, never closed',
    ports: 600,
    connections: kept(steadily(20)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'mixed: 8 leaks/s and 12 closes/s',
    ports: 600,
    connections: [...kept(steadily(8)), ...closed(steadily(12))].toSorted(
      (a, b) => a.dueMs - b.dueMs,
    ),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'random: 40 independent closes/s',
    ports: 1200,
    connections: closed(atRandom(40)),
    exhaustedAfterSeconds: 30,
  },
  {
    name: 'larger bursts: 60 closes every 3 s',
    ports: 630,
    connections: closed(inBursts(60, 3)),
    exhaustedAfterSeconds: 30,
    unjudged: 'the pause is as long as the bound: the phase of the bursts decides',
  },
  {
    name: 'a step: 10 closes/s, three times as many from 15 s on',
    ports: 600,
    connections: closed(joined(steadily(10), steadily(20), 15_000)),
    exhaustedAfterSeconds: 30,
    unjudged: 'half-way the step has only just come',
  },
  {
    name: 'a faint ramp: from 10 closes/s, 0.67 more every second',
    ports: 600,
    connections: closed(joined(steadily(10), ramping(2 / 3), 0)),
    exhaustedAfterSeconds: 30,
    unjudged: '15 s of independent arrivals at so low a rate could look like this by chance',
  },
  {
    name: 'ripening: 40 closes/s, 4 more from 45 s on, while TIME_WAIT leaves',
    // The timer wheel lets go of 80 to 90 at a time: the ports run out at the tips of a saw.
    ports: 2620,
    connections: closed([
      ...steadily(40, 45),
      ...steadily(44, PLANNED_LONG_SECONDS - 45).map((atMs) => 45_000 + atMs),
    ]),
    exhaustedAfterSeconds: 80,
    judgedFrom: 0.85,
  },
  {
    name: 'enough: 5 closes/s, which settle at 300 of 400',
    ports: 400,
    connections: closed(steadily(5)),
    exhaustedAfterSeconds: null,
  },
];
