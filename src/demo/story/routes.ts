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

/** A rate that is there for some seconds, and little before and after. */
export function spurts(
  quiet: number,
  spurt: number,
  ...times: readonly [fromS: number, toS: number][]
) {
  const points = times.flatMap(([fromS, toS]): RatePoint[] => [
    { atS: fromS - 1, perSecond: quiet },
    { atS: fromS, perSecond: spurt },
    { atS: toS, perSecond: spurt },
    { atS: toS + 1, perSecond: quiet },
  ]);
  return [{ atS: 0, perSecond: quiet }, ...points];
}

/** The upstream that most stories are about. */
export const ORDERS = { ...ROUTE, name: 'orders', address: '10.0.9.21' } as const;

/** One that nothing is wrong with: its connections are kept. */
export const USERS: Route = {
  ...ROUTE,
  name: 'users',
  address: '10.0.9.40',
  port: 5432,
  keepAlive: true,
  answersInMs: 240,
  rates: steady(30),
  wave: { periodS: 14, share: 0.6 },
};

/** One that has few requests. */
export const IMAGES: Route = {
  ...ROUTE,
  name: 'images',
  address: '10.0.9.33',
  rates: steady(4),
  wave: { periodS: 20, share: 0.9 },
};
