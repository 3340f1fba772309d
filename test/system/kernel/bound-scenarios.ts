/** Situations of the field in which ports are bound, or look as if they were; what is right is what the kernel gives. */
import { readFileSync } from 'node:fs';
import type { ConnectOptions, Endpoint, SourceName } from '../../helpers/namespace-protocol.ts';
import type { Namespace } from '../../helpers/namespace.ts';
import { ids, REUSE_DELAY } from './scenario.ts';

/** A group, and what ephtop must say of it: the truth, or bounds that hold it. */
export type BoundExpectation = {
  source: string;
  destination: Endpoint;
  /** What connect() gives. */
  free: number;
  /** True where it must be told as exact. */
  exact: boolean;
};

/** A situation. */
export type BoundScenario = {
  name: string;
  range: string;
  sysctls?: Record<string, string>;
  /** Destinations besides the expected ones. */
  destinations?: Endpoint[];
  /** Connections that were opened and reset before: a machine that has been up for long. */
  before?: number;
  arrange: (namespace: Namespace) => Promise<unknown>;
  expected: BoundExpectation[];
  /** Of the first expected group. */
  group?: Record<string, unknown>;
  /** How many groups there are. */
  groups?: number;
  /** What `portSpace.held` says. */
  held?: number;
  /** The sources that can tell; both where it is left out. */
  sources?: readonly SourceName[];
  /** Some TIME_WAIT is connect()'s, so that tcp_tw_reuse is of use once it is a second old. */
  hasReusable?: true;
};

const HOST = '10.9.9.1';
const at = (port: number, address = HOST): Endpoint => ({ address, port });
const OTHER = at(9090);
const TIMESTAMPS = 'net.ipv4.tcp_timestamps';

/** Connections by bind((source, 0)) and connect(). */
const bound = (namespace: Namespace, source: string, destination: Endpoint, count: number) =>
  namespace.connect({ destination, count, bindTo: { address: source, port: 0 } });

const byNumber = (source: string, destination: Endpoint, ports: number[]): ConnectOptions => ({
  destination,
  bindTo: { address: source, port: 0 },
  ports,
});

const from = (first: number, count: number, step = 1) =>
  Array.from({ length: count }, (_, index) => first + step * index);

const TEN = from(8001, 10).map((port) => at(port));

/** Lets what opens connections run on these CPUs. */
async function onCpus(namespace: Namespace, cpus: string): Promise<void> {
  const { status, stderr } = await namespace.run('sh', ['-c', `taskset -apc ${cpus} $PPID`]);
  if (status !== 0) throw new Error(stderr);
}

/**
 * Opens connections on one CPU. Each CPU numbers sockets from a block of its own, so that one that is opened alone on another
 * CPU is not beside the one before it: its port then looks like bind()'s.
 */
async function connectInOrder(
  namespace: Namespace,
  options: ConnectOptions,
): ReturnType<Namespace['connect']> {
  const allowed = readFileSync('/proc/self/status', 'utf8').match(
    /^Cpus_allowed_list:\s*((\d+).*)$/m,
  );
  const [, all = '', first = ''] = allowed ?? [];
  await onCpus(namespace, first);
  try {
    return await namespace.connect(options);
  } finally {
    await onCpus(namespace, all);
  }
}

async function closedInTwoLots(namespace: Namespace, perLot: number): Promise<void> {
  for (let lot = 0; lot < 2; lot++) {
    const { connections } = await bound(namespace, '127.0.0.6', at(8080), perLot);
    await namespace.close(ids(connections), 'client-first');
    await namespace.timeWaitsOlderThan(250);
  }
}

/** Case 10: the same ports to two destinations, and one connect() to another. */
async function numberedTwice(namespace: Namespace, ports: number[]): Promise<void> {
  for (const destination of [at(80), at(81)])
    await namespace.connect({ ...byNumber(HOST, destination, ports), reuseAddress: true });
  await namespace.connect({ destination: OTHER, count: 1 });
}

/** Case 3: `each` ports to ten destinations by bind() before connect(), in turns. */
const manyDestinations = (each: number, before: number): BoundScenario => ({
  name: `${10 * each} bound to ten destinations, ${before} connections before`,
  range: '24000 25599',
  destinations: TEN,
  before,
  async arrange(namespace) {
    for (let turn = 0; turn < each; turn += 24)
      for (const destination of TEN) await bound(namespace, HOST, destination, 24);
    await namespace.connect({ destination: OTHER, count: each < 160 ? 1 : 0 });
  },
  expected:
    each < 160 ? [{ source: HOST, destination: OTHER, free: 1599 - 10 * each, exact: true }] : [],
  held: 10 * each,
});

/** Cases 4 and 5: `count` ports of each of some source addresses, to one destination. */
const manySources = (sources: number, count: number, before: number): BoundScenario => ({
  name: `${sources} sources x ${count} bound, ${before} connections before`,
  range: '24000 24799',
  before,
  destinations: [at(8080)],
  async arrange(namespace) {
    for (const last of from(11, sources))
      await bound(namespace, `127.0.0.${last}`, at(8080), count);
    await namespace.connect({ destination: OTHER, count: 1 });
  },
  expected: [{ source: HOST, destination: OTHER, free: -1, exact: before === 0 && count <= 400 }],
});

/** Connections of which only the accepted end is in the namespace. */
async function acceptFrom(
  namespace: Namespace,
  source: string,
  destination: Endpoint,
  count: number,
): Promise<void> {
  const bindTo = { address: source, port: 0 };
  const options = { destination, count, bindTo, bindAddressNoPort: true };
  const { connections } = await namespace.connect(options);
  await namespace.close(ids(connections), 'client-gone');
}

/** By the numbers of the cases they are like. */
export const boundScenarios: readonly BoundScenario[] = [
  ...['2', '0'].map((reuse): BoundScenario => ({
    name: `bound TIME_WAIT of both halves is never reusable, tcp_tw_reuse ${reuse} (1, 2)`,
    range: '24000 24399',
    sysctls: { 'net.ipv4.tcp_tw_reuse': reuse, [REUSE_DELAY]: '100' },
    arrange: (namespace) => closedInTwoLots(namespace, 200),
    expected: [{ source: '127.0.0.6', destination: at(8080), free: 0, exact: true }],
    group: { reusable: 0 },
  })),
  manyDestinations(48, 0),
  manyDestinations(96, 0),
  manyDestinations(144, 0),
  manyDestinations(48, 3000),
  manyDestinations(96, 3000),
  manySources(5, 120, 0),
  manySources(5, 120, 2000),
  manySources(2, 600, 0),
  manySources(2, 600, 2000),
  ...[0, 2000].map((before): BoundScenario => ({
    name: `one bound connection of each of 100 client addresses, ${before} connections before (6)`,
    range: '24000 24799',
    before,
    destinations: [at(8080)],
    async arrange(namespace) {
      for (const last of from(0, 100)) await bound(namespace, `127.1.0.${1 + last}`, at(8080), 1);
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: -1, exact: true }],
  })),
  ...[0, 3000].map((before): BoundScenario => ({
    name: `a block bound by number, ${before} connections before (8)`,
    range: '24000 25999',
    before,
    destinations: [at(8080)],
    async arrange(namespace) {
      await namespace.connect(byNumber(HOST, at(8080), from(24_500, 400)));
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 1599, exact: false }],
  })),
  {
    name: 'ports outside the range (9)',
    range: '24000 24399',
    arrange: (namespace) => namespace.connect(byNumber(HOST, at(8080), from(10_000, 150))),
    expected: [{ source: HOST, destination: at(8080), free: 400, exact: true }],
    group: { used: 0, outsideRange: { count: 150, low: 10_000, high: 10_149 } },
  },
  ...[0, 3000].map((before): BoundScenario => ({
    name: `the same odd ports to two destinations, SO_REUSEADDR, ${before} connections before (10)`,
    range: '24000 24799',
    before,
    destinations: [at(80), at(81)],
    arrange: (namespace) => numberedTwice(namespace, from(24_101, 150, 2)),
    expected: [{ source: HOST, destination: OTHER, free: 649, exact: true }],
    held: 150,
  })),
  {
    name: 'the same even ports to two destinations, SO_REUSEADDR (10)',
    range: '24000 24799',
    destinations: [at(80), at(81)],
    arrange: (namespace) => numberedTwice(namespace, from(24_100, 150, 2)),
    expected: [{ source: HOST, destination: OTHER, free: -1, exact: false }],
  },
  {
    name: 'IP_LOCAL_PORT_RANGE (11)',
    range: '24000 25999',
    async arrange(namespace) {
      await namespace.connect({
        destination: at(8080),
        count: 350,
        bindTo: { address: HOST, port: 0 },
        bindAddressNoPort: true,
        portRange: { low: 24_300, high: 24_799 },
      });
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [
      { source: HOST, destination: OTHER, free: 1999, exact: false },
      { source: HOST, destination: at(8080), free: 1650, exact: false },
    ],
    held: 0,
  },
  {
    name: 'an own range as wide as the whole one',
    range: '24000 25999',
    async arrange(namespace) {
      await namespace.connect({
        destination: at(8080),
        count: 420,
        portRange: { low: 24_000, high: 25_999 },
      });
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [
      { source: HOST, destination: OTHER, free: 1999, exact: false },
      { source: HOST, destination: at(8080), free: 1580, exact: false },
    ],
    held: 0,
  },
  {
    name: 'ports bound by number, in no order',
    range: '24000 25199',
    destinations: [at(8080)],
    async arrange(namespace) {
      const ports = from(0, 140).map((index) => 24_000 + ((index * 487) % 1200));
      await namespace.connect(byNumber(HOST, at(8080), ports));
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 1059, exact: false }],
  },
  ...[80, 700].map((each): BoundScenario => ({
    name: `${each} bound to each of some destinations, and as many connect()ed to one of them`,
    range: '24000 25599',
    destinations: TEN.slice(0, 4),
    async arrange(namespace) {
      const destinations = each > 200 ? [TEN[1], TEN[2]] : TEN.slice(0, 4);
      for (let turn = 0; turn < each; turn += 10)
        for (const destination of destinations)
          if (destination !== undefined) await bound(namespace, HOST, destination, 10);
      await namespace.connect({ destination: at(8001), count: each < 200 ? 900 : 60 });
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: each < 200 ? 1279 : 199, exact: false }],
  })),
  {
    name: 'IP_BIND_ADDRESS_NO_PORT beyond the first half, and half of it closed',
    // With 800 ports, one step in some hundred of connect()'s is as long as those of bind().
    range: '24000 27199',
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1', [REUSE_DELAY]: '100' },
    async arrange(namespace) {
      const options = { bindTo: { address: '127.0.0.6', port: 0 }, bindAddressNoPort: true };
      const rush = { ...options, destination: at(8080), count: 2240 };
      const opened = await connectInOrder(namespace, rush);
      const everySecond = opened.connections.filter((_, index) => index % 2 === 0);
      await namespace.close(ids(everySecond), 'client-first');
      await namespace.timeWaitsOlderThan(250);
      await namespace.connect({ ...options, destination: OTHER, count: 9 });
    },
    expected: [
      { source: '127.0.0.6', destination: at(8080), free: 2080, exact: true },
      { source: '127.0.0.6', destination: OTHER, free: 3191, exact: true },
    ],
    held: 0,
  },
  {
    name: 'TIME_WAIT without timestamps is never reusable, where live connections tell (7)',
    range: '24000 24799',
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1', [REUSE_DELAY]: '100', [TIMESTAMPS]: '0' },
    sources: ['netlink'],
    async arrange(namespace) {
      const { connections } = await namespace.connect({ destination: at(8080), count: 400 });
      await namespace.close(ids(connections.slice(40)), 'client-first');
      await namespace.timeWaitsOlderThan(250);
      await namespace.setSysctl(TIMESTAMPS, '1');
    },
    expected: [{ source: HOST, destination: at(8080), free: 400, exact: true }],
    group: { reusable: 0 },
  },
  {
    name: 'bound once connect() has taken most of the second half for the same destination',
    range: '24000 24999',
    destinations: [at(8080)],
    sysctls: { 'net.ipv4.tcp_tw_reuse': '0' },
    async arrange(namespace) {
      await connectInOrder(namespace, { destination: at(8080), count: 810 });
      await bound(namespace, HOST, at(8080), 100);
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 899, exact: false }],
  },
  ...(['live', 'client-first'] as const).map((end): BoundScenario => ({
    name: `after a rush, nothing bound, ${end} (16)`,
    range: '24000 24399',
    destinations: [at(8080)],
    async arrange(namespace) {
      const rush = await namespace.connect({ destination: at(8080), count: 240 });
      const later = await namespace.connect({ destination: at(8080), count: 150 });
      if (end !== 'live') await namespace.close(ids(later.connections), end);
      await namespace.close(ids(rush.connections), 'reset');
      await namespace.connect({ destination: OTHER, count: 8 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 392, exact: false }],
    held: 0,
  })),
  {
    name: 'bound beside a first half that a rush has filled',
    range: '24000 24399',
    sysctls: { 'net.ipv4.tcp_tw_reuse': '0' },
    destinations: [at(8080)],
    before: 1000,
    async arrange(namespace) {
      const { connections } = await namespace.connect({ destination: at(8080), count: 230 });
      await namespace.close(ids(connections.slice(200)), 'reset');
      await namespace.close(ids(connections.slice(0, 200)), 'client-first');
      await bound(namespace, HOST, at(8080), 60);
      await namespace.connect({ destination: OTHER, count: 8 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 332, exact: false }],
    held: 0,
    hasReusable: true,
  },
  ...(['closed', 'bound live'] as const).map((second): BoundScenario => ({
    name: `a pool beside ports of the second half, ${second}`,
    range: '24000 24399',
    sysctls: { 'net.ipv4.tcp_tw_reuse': '1', [REUSE_DELAY]: '100' },
    destinations: [at(8080)],
    before: 1000,
    async arrange(namespace) {
      const isBound = second === 'bound live';
      if (isBound) await bound(namespace, HOST, at(8080), 180);
      else {
        const { connections } = await namespace.connect({ destination: at(8080), count: 385 });
        await namespace.close(ids(connections.slice(0, 150)), 'reset');
        await namespace.close(ids(connections.slice(150)), 'client-first');
        await namespace.timeWaitsOlderThan(1100);
      }
      await namespace.connect({ destination: OTHER, count: 185 });
    },
    expected: [
      { source: HOST, destination: OTHER, free: second === 'closed' ? 215 : 35, exact: false },
    ],
    group: { severity: second === 'closed' ? 'info' : 'critical' },
  })),
  {
    name: 'four bound beside what rushes to two destinations have left',
    range: '24000 24799',
    destinations: [at(8080), at(8081)],
    before: 2000,
    async arrange(namespace) {
      for (const port of [8080, 8081]) {
        const { connections } = await namespace.connect({ destination: at(port), count: 540 });
        const gone = connections.filter((_, index) => index % 3 !== 0);
        await namespace.close(ids(gone), 'reset');
      }
      await bound(namespace, HOST, at(8080), 4);
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 795, exact: false }],
    group: { severity: 'info' },
    held: 0,
  },
  {
    name: 'accepted from 120 clients elsewhere, the listener closed since (25)',
    range: '24000 24799',
    async arrange(namespace) {
      const local = at(24_050);
      const listener = await namespace.listen(local);
      for (const last of from(1, 12)) await acceptFrom(namespace, `127.1.0.${last}`, local, 10);
      await namespace.release(listener);
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 798, exact: true }],
    groups: 1,
    held: 1,
  },
  ...[240, 480].map((reset): BoundScenario => ({
    name: `all ports bound to six destinations, ${reset} of them reset`,
    range: '24000 25199',
    destinations: TEN.slice(0, 6),
    async arrange(namespace) {
      const opened: number[] = [];
      for (let turn = 0; turn < 10; turn++)
        for (const destination of TEN.slice(0, 6))
          opened.push(...ids((await bound(namespace, HOST, destination, 20)).connections));
      const scattered = opened.map((_, index) => opened[(index * 497) % opened.length] ?? 0);
      await namespace.close(scattered.slice(0, reset), 'reset');
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    // By chance a group has more of the first half than the others.
    expected: [{ source: HOST, destination: OTHER, free: reset - 1, exact: false }],
  })),
  {
    name: 'accepted for other addresses, as TPROXY does (24)',
    range: '24000 24799',
    async arrange(namespace) {
      const locals = from(1, 8).flatMap((last) =>
        [443, 24_051].map((port) => at(port, `198.51.100.${last}`)),
      );
      for (const { address, port } of locals) {
        if (port === 443) await namespace.addAddress(address);
        const listener = await namespace.listen({ address, port });
        await acceptFrom(namespace, `127.1.0.${port % 99}`, { address, port }, 6);
        await namespace.release(listener);
      }
      await namespace.connect({ destination: OTHER, count: 1 });
    },
    expected: [{ source: HOST, destination: OTHER, free: 798, exact: true }],
    groups: 1,
    held: 1,
  },
];
