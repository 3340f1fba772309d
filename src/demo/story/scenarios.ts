import { RUSH_HOUR } from './rush-hour.ts';
import { IMAGES, ORDERS, spurts, steady, USERS } from './routes.ts';
import { DEMO_RANGE, type Route, type Scenario } from './scenario.ts';

/** Upstreams that nothing is wrong with, beside the one that the story is about. */
const HEALTHY: readonly Route[] = [USERS, IMAGES];

/** All stories, the first one is played unless another is named. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'no-keep-alive',
    title: 'No keep-alive',
    about: 'The classic: a connection for every request, and TIME_WAIT holds each port for 60 s.',
    range: DEMO_RANGE,
    lengthS: 90,
    routes: [
      {
        ...ORDERS,
        rates: [
          { atS: 0, perSecond: 30 },
          { atS: 10, perSecond: 50 },
        ],
        // Gentle, so that the first line counts down by seconds.
        wave: { periodS: 9, share: 0.1 },
      },
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: '1,000 PORTS',
        severity: 'info',
        text: 'A proxy opens a connection to 10.0.9.21 for every request, and closes it. The kernel keeps the port of each closed one for 60 s.',
      },
      {
        atS: 9,
        headline: '3,000 WANTED',
        severity: 'warning',
        text: 'Fifty closes a second hold a port for 60 s each: 3,000 ports are wanted, and there are 1,000. The first line says when they are gone.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'connect() fails: EADDRNOTAVAIL. The upstream is well, the network is well, and users see errors. Press 1 to follow the first suggestion.',
    },
  },
  {
    id: 'slow-leak',
    title: 'Slow leak',
    about:
      'The proxy forgets to close connections that the upstream has closed: CLOSE_WAIT piles up.',
    range: DEMO_RANGE,
    lengthS: 120,
    routes: [
      {
        ...ORDERS,
        name: 'reports',
        address: '10.0.9.27',
        upstreamCloses: true,
        leaks: 0.9,
        rates: steady(20),
        wave: { periodS: 12, share: 0.4 },
      },
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: 'A SLOW LEAK',
        severity: 'info',
        text: 'An error path in the proxy does not call close(). Nothing fails, and no graph of requests shows anything.',
      },
      {
        atS: 18,
        headline: 'NEVER RETURNED',
        severity: 'warning',
        text: 'TIME_WAIT ends after 60 s. CLOSE_WAIT ends when the program closes, or exits: these ports do not come back. No sysctl helps.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'The leak has all ports: connect() fails with EADDRNOTAVAIL. More ports would leak as well. <close-wait-leak> mends the proxy: it closes what it forgot.',
    },
  },
  {
    id: 'burst',
    title: 'Two bursts',
    about: 'Each burst fits into the range; two within a minute do not.',
    range: DEMO_RANGE,
    lengthS: 120,
    routes: [
      {
        ...ORDERS,
        rates: spurts(3, 65, [9, 18], [33, 44]),
      },
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: 'A QUIET PROXY',
        severity: 'info',
        text: 'Three connections a second: 180 of 1,000 ports, for ever.',
      },
      {
        atS: 8,
        headline: 'FIRST BURST',
        severity: 'info',
        text: 'A campaign starts: 65 connections a second, for ten seconds. The first line counts down as if that went on; it ends before.',
      },
      {
        atS: 20,
        headline: 'ALL IS WELL?',
        severity: 'warning',
        text: 'The load is gone, and its ports are not: look at DRAIN. They come back in one wave, 60 s after the burst.',
      },
      {
        atS: 32,
        headline: 'SECOND BURST',
        severity: 'warning',
        text: 'The same burst again, before the ports of the first have come back.',
      },
      {
        atS: 72,
        headline: 'THE WAVE RETURNS',
        severity: 'info',
        text: 'A minute after the first burst its ports come back, as the drain schedule said they would.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'The same load that went well half a minute ago now fails: EADDRNOTAVAIL. Press 1 to follow the first suggestion.',
    },
    stillFailing: {
      atS: 46,
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'The second burst is over, and next to no port is left. Press 1, or wait: the ports of the first burst come back a minute after it.',
    },
  },
  {
    id: 'bind',
    title: 'bind() before connect()',
    about:
      'Three upstreams that should have 1,000 ports each share one thousand, as bind() takes a port for all of them.',
    range: DEMO_RANGE,
    lengthS: 100,
    routes: [
      ...['10.0.9.21', '10.0.9.22', '10.0.9.23'].map((address, index): Route => ({
        ...ORDERS,
        name: `orders-${index + 1}`,
        address,
        binding: 'bind',
        // So few that after the cure each has room, also for what the first line cannot rule out.
        rates: steady(10),
        wave: { periodS: 9 + 2 * index, share: 0.3 },
      })),
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: '3 × 1,000 PORTS?',
        severity: 'info',
        text: 'Three upstreams, each with 1,000 ports of its own. The proxy binds its source address before it connects.',
      },
      {
        atS: 10,
        headline: '1 × 1,000 PORTS',
        severity: 'warning',
        text: 'A port that bind() took is taken for every destination. All three share one range, and the others lose with them.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'bind() fails: EADDRINUSE, though each uses a third. <widen-port-range> buys room; <bind-address-no-port> cures: IP_BIND_ADDRESS_NO_PORT.',
    },
  },
  {
    id: 'silent-peer',
    title: 'Peers that do not acknowledge',
    about:
      'A firewall loses the FINs: closed connections stay in FIN_WAIT1, longer than TIME_WAIT.',
    range: DEMO_RANGE,
    lengthS: 120,
    routes: [
      {
        ...ORDERS,
        name: 'partner',
        address: '10.0.9.80',
        port: 9443,
        losesFins: true,
        rates: steady(38),
        wave: { periodS: 10, share: 0.3 },
      },
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: 'A SILENT PEER',
        severity: 'info',
        text: 'Connections open, and requests are answered. But a firewall on the way drops each FIN, so that no close is acknowledged.',
      },
      {
        atS: 12,
        headline: 'NOT TIME_WAIT',
        severity: 'warning',
        text: 'The ports are in FIN_WAIT1, without a process: the kernel sends each FIN again, for more than 100 s. tcp_tw_reuse does not help.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'EADDRNOTAVAIL. No process has these connections any more, so that no restart helps. <peer-does-not-acknowledge> lowers tcp_orphan_retries: the kernel gives up after 13 s.',
    },
  },
  {
    id: 'recovery',
    title: 'Recovery',
    about: 'The ports run out in seconds, the load ends, and the screen says when they come back.',
    range: DEMO_RANGE,
    lengthS: 100,
    routes: [
      {
        ...ORDERS,
        rates: [
          { atS: 0, perSecond: 100 },
          { atS: 16, perSecond: 100 },
          { atS: 17, perSecond: 2 },
        ],
      },
      ...HEALTHY,
    ],
    cues: [
      {
        atS: 0,
        headline: 'FULL IN 10 S',
        severity: 'warning',
        text: 'A hundred connections a second: the range is full in ten seconds, before any dashboard has a second point.',
      },
      {
        atS: 60,
        headline: 'THEY COME BACK',
        severity: 'info',
        text: 'Sixty seconds after the first close the ports return, in the same order and at the same pace as they went.',
      },
    ],
    whileFailing: {
      headline: 'OUT OF PORTS',
      severity: 'critical',
      text: 'EADDRNOTAVAIL. In this story nobody does anything: the load ends by itself. (1 follows the first suggestion all the same.)',
    },
    stillFailing: {
      atS: 18,
      headline: 'NOW WAIT',
      severity: 'critical',
      text: 'The load is over, and next to no port is left. DRAIN says how many come back in each of the next 60 s: none, and then all at once.',
    },
  },
  RUSH_HOUR,
];
