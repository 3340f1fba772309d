import type { RatePoint, Route } from './scenario.ts';

/** A route as most are. */
export const ROUTE = {
  port: 8080,
  binding: 'connect',
  keepAlive: false,
  upstreamCloses: false,
  leaks: 0,
  losesFins: false,
  answersInMs: 40,
} as const satisfies Partial<Route>;

/** So many requests a second, from the beginning to the end. */
export const steady = (perSecond: number): readonly RatePoint[] => [{ atS: 0, perSecond }];
