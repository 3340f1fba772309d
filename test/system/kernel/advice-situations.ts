/**
 * Situations in which ephtop advises sysctls. The group in question is almost full in each, so that
 * there is advice; nearly all of the wider range is reserved, so that it can be filled within a second.
 */
import type { Namespace } from '../../helpers/namespace.ts';
import {
  closed,
  ids,
  live,
  LOOPBACK,
  LOOPBACK6,
  OTHER,
  REMOTE_LIKE,
  REUSE_DELAY,
} from './scenario.ts';

/** A situation, and which suggestions it must bring. */
export type AdviceSituation = {
  name: string;
  /** `ip_local_port_range`; 40000 40099 when absent. */
  range?: string;
  /** Set before anything is opened; `ip_local_reserved_ports` is FEW_LEFT when absent. */
  sysctls?: Record<string, string>;
  /** Builds it; REMOTE_LIKE, LOOPBACK, OTHER and LOOPBACK6 are listened on by then. */
  arrange: (namespace: Namespace) => Promise<unknown>;
  /** Ids of suggestions that must be there, with commands. */
  advised: readonly string[];
  /** True: what the snapshot says of the other groups afterwards is of interest, too. */
  hasSeveralGroups?: true;
  /** The first Linux that has what it is about; any when absent. */
  since?: readonly [major: number, minor: number];
};

const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';
const REUSE = 'net.ipv4.tcp_tw_reuse';
const START = 'net.ipv4.ip_unprivileged_port_start';
const TIMESTAMPS = 'net.ipv4.tcp_timestamps';

/** Leaves 40000–40999 of the widest range. */
export const FEW_LEFT = '1024-39999,41000-65535';

/** A list of scattered ports, which no range sums up. */
function everyThird(low: number, high: number): string {
  const count = Math.floor((high - low) / 3) + 1;
  return Array.from({ length: count }, (_, index) => low + 3 * index).join(',');
}

/** Older than any reuse delay that is not set here, also where it is counted in whole seconds. */
const OLD_MS = 2_100;

/** `steps`, one after the other. */
const inTurn =
  (...steps: ((namespace: Namespace) => Promise<unknown>)[]) =>
  async (namespace: Namespace): Promise<void> => {
    for (const step of steps) await step(namespace);
  };

const listen = (address: string, port: number) => (namespace: Namespace) =>
  namespace.listen({ address, port });

const older = (ageMs: number) => (namespace: Namespace) => namespace.timeWaitsOlderThan(ageMs);

const setRange = (range: string) => (namespace: Namespace) => namespace.setSysctl(RANGE, range);

const pileUp = inTurn(closed(REMOTE_LIKE, 90), older(OLD_MS));

const timeWaits: AdviceSituation[] = [
  {
    name: 'TIME_WAIT off loopback, tcp_tw_reuse 2',
    sysctls: { [REUSE]: '2' },
    arrange: pileUp,
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT on loopback, tcp_tw_reuse 0',
    sysctls: { [REUSE]: '0' },
    arrange: inTurn(closed(LOOPBACK, 90), older(OLD_MS)),
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT on ::1, tcp_tw_reuse 0',
    sysctls: { [REUSE]: '0' },
    arrange: inTurn(closed(LOOPBACK6, 90), older(OLD_MS)),
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT half older and half younger than the reuse delay',
    since: [6, 14],
    sysctls: { [REUSE]: '2', [REUSE_DELAY]: '10000' },
    arrange: inTurn(closed(REMOTE_LIKE, 45), older(10_500), live(REMOTE_LIKE, 3), (namespace) =>
      closed(REMOTE_LIKE, 45)(namespace),
    ),
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT and FIN_WAIT2',
    sysctls: { [REUSE]: '2' },
    arrange: inTurn(closed(REMOTE_LIKE, 30, 'client-only'), closed(REMOTE_LIKE, 60), older(OLD_MS)),
    advised: ['enable-tw-reuse', 'fin-wait2-orphans', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT without timestamps, tcp_tw_reuse 1',
    sysctls: { [REUSE]: '1', [TIMESTAMPS]: '0' },
    arrange: pileUp,
    advised: ['enable-timestamps', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT without timestamps, tcp_tw_reuse 2',
    sysctls: { [REUSE]: '2', [TIMESTAMPS]: '0' },
    arrange: pileUp,
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'TIME_WAIT near tcp_max_tw_buckets',
    sysctls: { [REUSE]: '0', 'net.ipv4.tcp_max_tw_buckets': '95' },
    arrange: pileUp,
    advised: ['enable-tw-reuse', 'widen-port-range', 'tw-buckets'],
  },
];

const reservedAndHeld: AdviceSituation[] = [
  {
    name: 'listeners inside the wider range',
    arrange: inTurn(
      listen('0.0.0.0', 40_500),
      listen('127.0.0.9', 40_600),
      listen('::', 40_700),
      live(REMOTE_LIKE, 92),
    ),
    advised: ['widen-port-range'],
  },
  {
    name: 'a listener inside the range, and one on a reserved port',
    arrange: inTurn(listen('0.0.0.0', 40_050), listen('0.0.0.0', 30_000), live(REMOTE_LIKE, 92)),
    advised: ['widen-port-range'],
  },
  {
    name: "kubelet's port, and so the NodePorts, inside the wider range",
    range: '32800 32899',
    sysctls: { [RESERVED]: '1024-28999,33000-65535' },
    arrange: inTurn(listen('0.0.0.0', 10_250), live(REMOTE_LIKE, 92)),
    advised: ['widen-port-range'],
  },
  {
    name: 'reserved ports inside the range',
    sysctls: { [RESERVED]: `${FEW_LEFT},40010-40059,40500-40519` },
    arrange: live(REMOTE_LIKE, 47),
    advised: ['reserved-ports', 'widen-port-range'],
  },
  {
    name: 'reserved ports inside the widest range',
    range: '1024 65535',
    sysctls: { [RESERVED]: '1024-39999,40100-65535' },
    arrange: inTurn(listen('0.0.0.0', 50_000), live(REMOTE_LIKE, 95)),
    advised: ['reserved-ports'],
  },
  {
    name: 'nothing but reserved ports inside the range',
    sysctls: { [RESERVED]: '40010-40059' },
    arrange: live(REMOTE_LIKE, 47),
    advised: ['reserved-ports', 'widen-port-range'],
  },
  {
    name: 'a list of reserved ports longer than a page of memory',
    sysctls: { [RESERVED]: `1024-39999,${everyThird(40_100, 42_499)},42500-65535` },
    arrange: live(REMOTE_LIKE, 92),
    advised: ['widen-port-range'],
  },
  {
    name: 'a listener inside the wider range, and a list of reserved ports longer than a page of memory',
    sysctls: { [RESERVED]: `1024-39999,${everyThird(40_100, 42_499)},42500-65535` },
    arrange: inTurn(
      listen('0.0.0.0', 40_701),
      listen('0.0.0.0', 40_050),
      listen('0.0.0.0', 40_102),
      live(REMOTE_LIKE, 92),
    ),
    advised: ['widen-port-range'],
  },
  {
    name: 'ip_unprivileged_port_start above 1024',
    sysctls: { [START]: '8001', [RESERVED]: '8000-39999,41000-65535' },
    arrange: live(REMOTE_LIKE, 92),
    advised: ['widen-port-range'],
  },
  {
    name: 'ip_unprivileged_port_start in the way of an even-sized range',
    range: '40001 65535',
    sysctls: { [START]: '40001', [RESERVED]: '40101-65535' },
    arrange: live(REMOTE_LIKE, 92),
    advised: [],
  },
  {
    name: 'a socket bound and left at that, inside the wider range',
    since: [6, 8],
    arrange: inTurn(
      (namespace) => namespace.bind({ address: '127.0.0.1', port: 40_500 }, 'tcp'),
      (namespace) => namespace.bind({ address: '127.0.0.1', port: 40_502 }, 'udp'),
      live(REMOTE_LIKE, 92),
    ),
    advised: ['widen-port-range'],
  },
  {
    name: 'accepted inside the wider range, listener since closed',
    async arrange(namespace) {
      const inside = { address: '127.0.0.1', port: 40_500 };
      const listener = await namespace.listen(inside);
      await namespace.connect({ destination: inside, count: 12 });
      await namespace.release(listener);
      await namespace.connect({ destination: REMOTE_LIKE, count: 92 });
    },
    advised: ['widen-port-range'],
  },
  {
    name: 'everything is free but little: the full widest range',
    sysctls: { [RESERVED]: '' },
    arrange: inTurn(listen('0.0.0.0', 5432), live(REMOTE_LIKE, 95)),
    advised: ['widen-port-range'],
  },
];

const bindTo = { address: '127.0.0.1', port: 0 };

const takenPorts: AdviceSituation[] = [
  {
    name: 'bind-before-connect to another destination',
    hasSeveralGroups: true,
    arrange: inTurn(
      (namespace) => namespace.connect({ destination: OTHER, count: 20, bindTo }),
      live(LOOPBACK, 74),
    ),
    advised: ['widen-port-range'],
  },
  {
    name: 'bind-before-connect to the same destination',
    arrange: inTurn(
      (namespace) => namespace.connect({ destination: LOOPBACK, count: 45, bindTo }),
      live(LOOPBACK, 20),
    ),
    advised: ['widen-port-range'],
  },
  {
    name: 'live connections outside the range and inside the wider one',
    range: '40200 40299',
    arrange: inTurn(live(REMOTE_LIKE, 30), setRange('40000 40099'), live(REMOTE_LIKE, 92)),
    advised: ['widen-port-range'],
  },
  {
    name: 'connections to another destination outside the range',
    hasSeveralGroups: true,
    range: '40200 40299',
    arrange: inTurn(live(OTHER, 30), setRange('40000 40099'), live(LOOPBACK, 92)),
    advised: ['widen-port-range'],
  },
  {
    name: 'TIME_WAIT outside the range and inside the wider one',
    range: '40200 40299',
    sysctls: { [REUSE]: '2' },
    arrange: inTurn(
      closed(REMOTE_LIKE, 30),
      setRange('40000 40099'),
      closed(REMOTE_LIKE, 50),
      live(REMOTE_LIKE, 40),
      older(OLD_MS),
    ),
    advised: ['enable-tw-reuse', 'widen-port-range'],
  },
  {
    name: 'bind-before-connect outside the range and inside the wider one',
    hasSeveralGroups: true,
    range: '40200 40299',
    arrange: inTurn(
      (namespace) => namespace.connect({ destination: OTHER, count: 20, bindTo }),
      setRange('40000 40099'),
      live(LOOPBACK, 92),
    ),
    advised: ['widen-port-range'],
  },
  {
    // The connections that are there look bound in a range of the other parity: docs/design.md says so.
    name: 'a range that begins with an odd port, two destinations',
    range: '40001 40100',
    arrange: inTurn(live(OTHER, 30), live(LOOPBACK, 92)),
    advised: ['widen-port-range'],
  },
  {
    name: 'a range of odd size',
    range: '40000 40100',
    arrange: live(REMOTE_LIKE, 92),
    advised: ['odd-range', 'widen-port-range'],
  },
  {
    name: 'CLOSE_WAIT',
    async arrange(namespace) {
      const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count: 92 });
      await namespace.close(ids(connections), 'server-only');
    },
    advised: ['widen-port-range'],
  },
];

/** Every situation. */
export const adviceSituations: readonly AdviceSituation[] = [
  ...timeWaits,
  ...reservedAndHeld,
  ...takenPorts,
];
