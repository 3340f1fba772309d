import { createServer, connect, type Socket } from 'node:net';

/** Connections of one process to one destination. */
export type Route = {
  address: string;
  port: number;
  /** Connections that are opened once and kept. */
  live: number;
  /** Connections opened and closed per second from the start. */
  closesPerSecond: number;
  /** Other rates from later on, in order. */
  surges?: readonly Surge[];
};

/** A rate of connections opened and closed, from this many seconds after the start. */
export type Surge = { afterSeconds: number; closesPerSecond: number };

/** What a traffic process is to do; `title` becomes its name in process listings. */
export type TrafficOrder =
  | { role: 'listen'; title: string; endpoints: { address: string; port: number }[] }
  | { role: 'connect'; title: string; routes: Route[] };

const TICK_MS = 10;
/** After a connect() that failed, which costs the kernel a look at every port. */
const BACKOFF_MS = 50;
const BACKLOG = 4096;

async function listen(endpoints: { address: string; port: number }[]): Promise<void> {
  for (const { address, port } of endpoints) {
    const server = createServer((socket) => drain(socket));
    await new Promise<void>((ready) =>
      server.listen({ host: address, port, backlog: BACKLOG }, ready),
    );
  }
  process.send?.('listening');
}

function drive(route: Route): void {
  for (let index = 0; index < route.live; index++) drain(openConnection(route));
  const startMs = performance.now();
  let due = 0;
  let lastMs = startMs;
  const rest = () => {
    due = 0;
    lastMs = performance.now() + BACKOFF_MS;
  };
  setInterval(() => {
    const nowMs = performance.now();
    if (nowMs < lastMs) return;
    due += (rateAt(route, (nowMs - startMs) / 1000) * (nowMs - lastMs)) / 1000;
    lastMs = nowMs;
    for (; due >= 1; due--) closeAfterConnecting(openConnection(route).once('error', rest));
  }, TICK_MS);
}

function rateAt(route: Route, seconds: number): number {
  const surge = route.surges?.findLast(({ afterSeconds }) => seconds >= afterSeconds);
  return surge?.closesPerSecond ?? route.closesPerSecond;
}

// No localAddress: Node would bind before it connects, and the kernel would then choose the port by
// other rules. The routes of the namespace name the source address instead.
function openConnection({ address, port }: Route): Socket {
  return connect({ host: address, port });
}

// The side that closes first keeps the TIME_WAIT.
function closeAfterConnecting(socket: Socket): void {
  drain(socket);
  socket.once('connect', () => socket.end());
}

// Out of ports (EADDRNOTAVAIL) is what the incident is about.
function drain(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.resume();
}

process.once('message', (order: TrafficOrder) => {
  process.title = order.title;
  if (order.role === 'listen') void listen(order.endpoints);
  else for (const route of order.routes) drive(route);
});
process.once('disconnect', () => process.exit()); // the incident is over
