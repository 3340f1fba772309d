import { createServer, Socket } from 'node:net';
import type { ProxyFix } from '../messages.ts';
import { type Binding, PROXY, type Route } from '../story/scenario.ts';
import { errnoOf, type LocalEnd } from '../stage-sockets.ts';
import { seededRandom } from '../story/timeline.ts';
import { IDLE_MS, lineReader, type Part } from './part.ts';

/** A route as it is configured now. */
interface Forwarding {
  readonly route: Route;
  keepAlive: boolean;
  leaks: number;
  binding: Binding;
  /** In turn. */
  destinations: readonly string[];
  /** In turn; undefined: the kernel chooses it. */
  sources: readonly string[] | undefined;
  turn: number;
  /** Kept connections without a request, the one that was used last at the end. */
  readonly idle: Kept[];
  /** Kept connections, with a request and without. */
  kept: number;
  /** Requests that wait for a kept connection. */
  readonly waiting: (() => void)[];
  readonly leaked: Socket[];
}

interface Kept {
  readonly socket: Socket;
  /** When its last request was answered. */
  readonly sinceMs: number;
}

/** Most connections that a route keeps. */
const MOST_KEPT = 80;
/** The upstream closes a connection that nobody uses; shortly before, a request would meet its close. */
const FRESH_MS = IDLE_MS - 1000;

/**
 * The proxy: each line of a client asks for a route, `7 orders`, and gets `7 ok`, or `7 EADDRNOTAVAIL`, the errno that the
 * call failed with. A connection of its own is opened for each request, unless the route keeps them.
 */
export function playProxy({ scenario, seed, sockets, onOrder, report }: Part): void {
  const routes = new Map(scenario.routes.map((route) => [route.name, forwardingOf(route)]));
  const random = seededRandom(seed);
  const open = (to: Forwarding): Socket => {
    const turn = to.turn++;
    const address = to.destinations[turn % to.destinations.length] ?? to.route.address;
    const source = to.sources?.[turn % to.sources.length];
    const fd = sockets.connect({ address, port: to.route.port }, localEnd(to.binding, source));
    const socket = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
    socket.on('error', () => socket.destroy());
    return socket;
  };
  /** A new connection, which goes when the upstream closes it, unless it is one that the proxy forgets. */
  const openKept = (to: Forwarding): Socket => {
    const socket = open(to);
    to.kept += 1;
    return socket
      .once('end', () => socket.destroy())
      .once('close', () => {
        to.kept -= 1;
        const at = to.idle.findIndex((each) => each.socket === socket);
        if (at >= 0) to.idle.splice(at, 1);
      });
  };
  const ask = ({ route }: Forwarding, socket: Socket, onAnswer: () => void): void => {
    socket.write(`${route.answersInMs} ${route.upstreamCloses ? 'end' : 'keep'}\n`);
    socket.once('data', onAnswer);
  };
  const forwardKept = (to: Forwarding, reply: (outcome: string) => void): void => {
    const last = to.idle.at(-1);
    const isFresh = last !== undefined && performance.now() - last.sinceMs < FRESH_MS;
    if (!isFresh && to.kept >= MOST_KEPT) return void to.waiting.push(() => forwardKept(to, reply));
    const socket = isFresh ? (to.idle.pop()?.socket ?? last.socket) : openKept(to);
    ask(to, socket, () => {
      reply('ok');
      to.idle.push({ socket, sinceMs: performance.now() });
      to.waiting.shift()?.();
    });
  };
  const forwardOnce = (to: Forwarding, reply: (outcome: string) => void): void => {
    const socket = open(to);
    const isLeaked = random() < to.leaks;
    ask(to, socket, () => {
      reply('ok');
      if (isLeaked) to.leaked.push(socket);
      else if (to.route.upstreamCloses) socket.once('end', () => socket.destroy());
      else socket.destroy();
    });
  };
  const forward = (to: Forwarding, reply: (outcome: string) => void): void => {
    try {
      (to.keepAlive ? forwardKept : forwardOnce)(to, reply);
    } catch (error) {
      reply(errnoOf(error));
    }
  };
  onOrder((order) => {
    if (order.kind === 'fix')
      for (const to of routes.values()) if (isMeant(order, to)) mend(to, order);
  });
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    const read = lineReader((line) => {
      const [id, name = ''] = line.split(' ');
      const to = routes.get(name);
      if (to !== undefined) forward(to, (outcome) => client.write(`${id} ${outcome}\n`));
    });
    client.on('data', read);
  });
  server.listen({ host: PROXY.address, port: PROXY.port }, () => report({ kind: 'ready' }));
}

function forwardingOf(route: Route): Forwarding {
  const { keepAlive, leaks, binding, address } = route;
  return {
    route,
    keepAlive,
    leaks,
    binding,
    destinations: [address],
    sources: undefined,
    turn: 0,
    idle: [],
    kept: 0,
    waiting: [],
    leaked: [],
  };
}

function localEnd(binding: Binding, source: string | undefined): LocalEnd | undefined {
  if (binding === 'connect' && source === undefined) return undefined;
  return { address: source ?? PROXY.address, takesPort: binding === 'bind' };
}

/** An option of its sockets is the whole proxy's; all else is the route's. */
function isMeant({ id, address, port }: ProxyFix, { route, destinations }: Forwarding): boolean {
  return id === 'bind-address-no-port' || (port === route.port && destinations.includes(address));
}

/** Configures a route as a suggestion says. */
function mend(to: Forwarding, { id, count }: ProxyFix): void {
  switch (id) {
    case 'keep-alive':
      to.keepAlive = true;
      break;
    case 'bind-address-no-port':
      if (to.binding === 'bind') to.binding = 'bind-no-port';
      break;
    case 'more-destinations':
      to.destinations = following(to.route.address, count);
      break;
    case 'more-sources':
      to.sources = following(PROXY.address, count);
      if (to.binding === 'connect') to.binding = 'bind-no-port';
      break;
    case 'close-wait-leak':
      to.leaks = 0;
      for (const socket of to.leaked.splice(0)) socket.destroy();
      break;
  }
}

/** So many addresses from this one on. */
function following(address: string, count: number): string[] {
  const [a, b, c, d = 0] = address.split('.').map(Number);
  return Array.from({ length: count }, (_, index) => [a, b, c, d + index].join('.'));
}
