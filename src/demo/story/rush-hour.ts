import { IMAGES, ORDERS, ROUTE, spurts, steady, USERS } from './routes.ts';
import { DEMO_RANGE, type Route, type Scenario } from './scenario.ts';

/**
 * Upstreams of many kinds: waves, spurts, a leak, pools, one that closes first, one that loses FINs. The first runs out: in
 * the minute before its rush hour it fills two thirds of the range.
 */
const ROUTES: readonly Route[] = [
  {
    ...ORDERS,
    rates: [...spurts(8, 24, [30, 35]), { atS: 50, perSecond: 8 }, { atS: 52, perSecond: 20 }],
    wave: { periodS: 11, share: 0.1 },
  },
  {
    ...ROUTE,
    name: 'search',
    address: '10.0.9.24',
    port: 9200,
    rates: spurts(1, 22, [9, 13], [27, 29], [44, 50], [69, 72], [88, 92], [108, 112]),
  },
  {
    ...ROUTE,
    name: 'reports',
    address: '10.0.9.27',
    upstreamCloses: true,
    leaks: 0.9,
    rates: steady(3.5),
    wave: { periodS: 17, share: 0.7 },
  },
  { ...IMAGES, rates: steady(7) },
  USERS,
  {
    ...ROUTE,
    name: 'sessions',
    address: '10.0.9.45',
    port: 6379,
    rates: [
      { atS: 0, perSecond: 13 },
      { atS: 60, perSecond: 1 },
    ],
  },
  {
    ...ROUTE,
    name: 'mail',
    address: '10.0.9.52',
    port: 8025,
    rates: spurts(0, 15, [20, 22], [40, 42], [60, 62], [80, 82], [100, 102]),
  },
  {
    ...ROUTE,
    name: 'logs',
    address: '10.0.9.58',
    port: 9000,
    rates: [
      { atS: 0, perSecond: 0.5 },
      { atS: 70, perSecond: 9 },
    ],
  },
  {
    ...ROUTE,
    name: 'partner',
    address: '10.0.9.80',
    port: 9443,
    losesFins: true,
    rates: steady(0.6),
  },
];

/** Many upstreams at once; the pictures of the README are of it. */
export const RUSH_HOUR: Scenario = {
  id: 'rush-hour',
  title: 'Rush hour',
  about: 'Nine upstreams, each with a course of its own: one of them runs out, and no other.',
  range: DEMO_RANGE,
  lengthS: 120,
  routes: ROUTES,
  cues: [
    {
      atS: 0,
      headline: 'ONE OF NINE',
      severity: 'info',
      text: 'One proxy, nine upstreams, and 1,000 ports to each of them. The first line says which one is worst off.',
    },
    {
      atS: 30,
      headline: 'A SHORT BURST',
      severity: 'info',
      text: 'Orders come in a rush, for five seconds. DRAIN shows when those ports come back: in one wave, after 60 s.',
    },
    {
      atS: 50,
      headline: 'RUSH HOUR',
      severity: 'warning',
      text: 'More orders are closed than ports come back. Those of the burst come too late.',
    },
  ],
  whileFailing: {
    headline: 'OUT OF PORTS',
    severity: 'critical',
    text: 'Orders fail: EADDRNOTAVAIL. All other upstreams go on, as each has its own ports. Press 1 to follow the first suggestion.',
  },
};
