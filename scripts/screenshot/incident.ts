import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Route, Surge, TrafficOrder } from './traffic.ts';

/** Traffic that goes on until it is stopped. */
export type Incident = Disposable & Pick<IncidentPlan, 'ripeAfterMs'>;

/** How the tightest destination gets into trouble. */
export type IncidentPlan = {
  closesPerSecond: number;
  surges: readonly Surge[];
  /** Milliseconds from the start after which there is something to see. */
  ripeAfterMs: number;
};

/**
 * Closes a second times 60 (62 with the lateness of the kernel's timers) is how many ports of the 28,232
 * wait: 430/s fills 26,000 of them and would go on for ever, the surge to 475/s takes the rest within a minute.
 */
export const SLOW_INCIDENT: IncidentPlan = {
  closesPerSecond: 430,
  surges: [{ afterSeconds: 55, closesPerSecond: 475 }],
  ripeAfterMs: 65_000,
};

const SOURCE = '10.0.3.7';

/** Beside the tightest destination there are healthy ones. */
const trafficOf = (plan: IncidentPlan): [title: string, routes: Route[]][] => [
  // Two: past half of the ports each connect() costs a millisecond or so, and one process gets late.
  [
    'haproxy',
    [
      { address: '10.0.9.21', port: 8080, live: 50, ...halfOf(plan) },
      { address: '10.0.9.22', port: 8080, live: 312, closesPerSecond: 140 },
    ],
  ],
  [
    'haproxy',
    [
      { address: '10.0.9.21', port: 8080, live: 50, ...halfOf(plan) },
      { address: '10.0.9.23', port: 8080, live: 96, closesPerSecond: 44 },
    ],
  ],
  [
    'node',
    [
      { address: '10.0.12.4', port: 5432, live: 64, closesPerSecond: 18 },
      { address: '10.0.12.9', port: 6379, live: 24, closesPerSecond: 31 },
      { address: '10.0.13.2', port: 9092, live: 18, closesPerSecond: 0 },
    ],
  ],
  [
    'envoy',
    [
      { address: '10.0.12.9', port: 6380, live: 12, closesPerSecond: 6 },
      { address: '10.0.14.2', port: 443, live: 40, closesPerSecond: 2 },
      { address: '10.0.14.3', port: 443, live: 32, closesPerSecond: 3 },
    ],
  ],
  ['nginx', [{ address: '10.0.16.4', port: 9000, live: 6, closesPerSecond: 12 }]],
  ['vector', [{ address: '10.0.20.5', port: 9200, live: 8, closesPerSecond: 0.5 }]],
];

function halfOf({ closesPerSecond, surges }: IncidentPlan) {
  const half = (rate: number) => rate / 2;
  return {
    closesPerSecond: half(closesPerSecond),
    surges: surges.map((surge) => ({ ...surge, closesPerSecond: half(surge.closesPerSecond) })),
  };
}

/**
 * Starts real traffic that runs one destination out of ports. Must run in a network namespace of
 * its own: it gives the loopback device addresses and routes.
 */
export async function startIncident(plan: IncidentPlan): Promise<Incident> {
  const traffic = trafficOf(plan);
  const routes = traffic.flatMap(([, own]) => own);
  prepareLoopback([...new Set(routes.map((route) => route.address))]);
  const children: ChildProcess[] = [];
  const start = (order: TrafficOrder) => {
    const child = fork(fileURLToPath(import.meta.resolve('./traffic.ts')));
    children.push(child);
    child.send(order);
    return child;
  };
  const endpoints = [
    ...new Map(
      routes.map(({ address, port }) => [`${address}:${port}`, { address, port }]),
    ).values(),
  ];
  await once(start({ role: 'listen', title: 'upstreams', endpoints }), 'message');
  for (const [title, own] of traffic) {
    start({ role: 'connect', title, routes: own });
  }
  return {
    ripeAfterMs: plan.ripeAfterMs,
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

// 127.0.0.0/8 would not do: tcp_tw_reuse=2, the default, reuses TIME_WAIT at once there
// (tcp_twsk_unique, net/ipv4/tcp_ipv4.c). A preferred source per destination saves a bind.
function prepareLoopback(destinations: readonly string[]): void {
  ip('link set lo up');
  for (const address of [SOURCE, ...destinations]) ip(`addr add ${address}/32 dev lo`);
  for (const address of destinations) {
    ip(`route replace local ${address} dev lo src ${SOURCE} table local`);
  }
}

function ip(command: string): void {
  execFileSync('ip', command.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });
}
