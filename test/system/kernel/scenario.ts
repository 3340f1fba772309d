/** The vocabulary of the scenarios: what they are, and what they are built from. */
import type {
  CloseOrder,
  Connection,
  Endpoint,
  SourceName,
} from '../../helpers/namespace-protocol.ts';
import type { Namespace } from '../../helpers/namespace.ts';

/** The group (source, destination) and how many connects it has left. */
export type Expected = {
  source: string;
  destination: Endpoint;
  free: number;
  /** TIME_WAIT sockets among the free ports; not compared when absent. */
  reusable?: number;
};

/** A situation, and what connect() gives in it. */
export type Scenario = {
  name: string;
  /** `ip_local_port_range`; 40000 40099 when absent. */
  range?: string;
  /** Set before anything is opened; `tcp_tw_reuse_delay` only where the kernel has it. */
  sysctls?: Record<string, string>;
  /** Builds the situation; the destination of each expected group is listened on by then. */
  arrange: (namespace: Namespace) => Promise<unknown>;
  /** Measured in this order, after every snapshot. */
  expected: Expected[];
  /** The first Linux that has what the scenario is about; any when absent. */
  since?: readonly [major: number, minor: number];
  /** The sources that can see it; all of them when absent. */
  sources?: readonly SourceName[];
  /** How far the kernel itself may differ from `free`; 0 when absent. */
  tolerance?: number;
  /** What the snapshot's `portSpace` must say; not compared when absent. */
  portSpace?: { reserved?: number; held?: number };
};

/** In milliseconds; since Linux 6.14, a constant 1000 before. */
export const REUSE_DELAY = 'net.ipv4.tcp_tw_reuse_delay';

/** Destinations; what listens there is up to the test. */
export const LOOPBACK = { address: '127.0.0.1', port: 8080 };
export const OTHER = { address: '127.0.0.1', port: 8081 };
export const LOOPBACK6 = { address: '::1', port: 8080 };
export const MAPPED = { address: '::ffff:127.0.0.1', port: 8080 };
/** On lo in every scenario, and yet not loopback for tcp_tw_reuse 2. */
export const REMOTE_LIKE = { address: '10.9.9.1', port: 8080 };

/** The ids of connections. */
export const ids = (connections: readonly Connection[]) => connections.map(({ id }) => id);

/** `count` connections that stay open. */
export const live = (destination: Endpoint, count: number) => (namespace: Namespace) =>
  namespace.connect({ destination, count });

/** `count` connections that are closed, and one that is not. */
export function closed(destination: Endpoint, count: number, order: CloseOrder = 'client-first') {
  return async (namespace: Namespace): Promise<void> => {
    const { connections } = await namespace.connect({ destination, count: count + 1 });
    await namespace.close(ids(connections.slice(1)), order);
  };
}

/** One expected group: 127.0.0.1 to its port 8080. */
export const loopback = (free: number, reusable?: number): Expected[] => [
  group('127.0.0.1', LOOPBACK, free, reusable),
];
/** One expected group. */
export function group(
  source: string,
  destination: Endpoint,
  free: number,
  reusable?: number,
): Expected {
  return { source, destination, free, ...(reusable === undefined ? {} : { reusable }) };
}
