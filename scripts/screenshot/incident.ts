import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Route, TrafficOrder } from './traffic.ts';

/** Traffic that goes on until it is stopped. */
export type Incident = Disposable & {
  /** Milliseconds from the start after which the tightest destination is half a minute from empty. */
  readonly ripeAfterMs: number;
};

const SOURCE = '10.0.3.7';
const TIME_WAIT_SECONDS = 60; // TCP_TIMEWAIT_LEN, include/net/tcp.h
const SURGE_AFTER_SECONDS = 55;

/**
 * Closes a second times 60 is how many ports of the 28,232 wait: 430/s fills 25,800 of them and
 * would go on for ever, the surge to 475/s takes the rest within a minute.
 */
const TRAFFIC: Record<string, Route[]> = {
  'edge-proxy': [
    {
      address: '10.0.9.21',
      port: 8080,
      live: 100,
      closesPerSecond: 430,
      surgeClosesPerSecond: 475,
      surgeAfterSeconds: SURGE_AFTER_SECONDS,
    },
    { address: '10.0.9.22', port: 8080, live: 312, closesPerSecond: 140 },
    { address: '10.0.9.23', port: 8080, live: 96, closesPerSecond: 44 },
  ],
  'orders-api': [
    { address: '10.0.12.4', port: 5432, live: 64, closesPerSecond: 18 },
    { address: '10.0.12.9', port: 6379, live: 24, closesPerSecond: 31 },
  ],
  'session-sync': [
    { address: '10.0.12.9', port: 6380, live: 12, closesPerSecond: 6 },
    { address: '10.0.14.2', port: 443, live: 40, closesPerSecond: 2 },
  ],
  shipper: [{ address: '10.0.20.5', port: 9200, live: 8, closesPerSecond: 0.5 }],
};

/**
 * Starts real traffic that runs one destination out of ports. Must run in a network namespace of
 * its own: it gives the loopback device addresses and routes.
 */
export async function startIncident(): Promise<Incident> {
  const routes = Object.values(TRAFFIC).flat();
  prepareLoopback([...new Set(routes.map((route) => route.address))]);
  const children: ChildProcess[] = [];
  const start = (order: TrafficOrder) => {
    const child = fork(fileURLToPath(import.meta.resolve('./traffic.ts')));
    children.push(child);
    child.send(order);
    return child;
  };
  const endpoints = routes.map(({ address, port }) => ({ address, port }));
  await once(start({ role: 'listen', title: 'upstreams', endpoints }), 'message');
  for (const [title, own] of Object.entries(TRAFFIC)) {
    start({ role: 'connect', title, routes: own });
  }
  return {
    ripeAfterMs: (TIME_WAIT_SECONDS + 5) * 1000,
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
