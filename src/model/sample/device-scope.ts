import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { type BoundPorts, SURELY_BOUND } from './bound-ports/findings.ts';
import { headroomPercent } from './headroom.ts';
import type { PortMap } from './port-space.ts';
import { timeWaitAgeMs } from './time-wait.ts';
import type { TupleGroup } from './tuple-group.ts';
import { LIVE, type TupleRows } from './tuple-rows.ts';

/*
 * Sockets bound to a device (SO_BINDTODEVICE, link-local addresses) have their own ports: the port search compares
 * the device. A socket without a device blocks its port for the sockets of every device, and not the other way
 * round (inet_match in include/net/inet_hashtables.h: inet_sk_bound_dev_eq).
 */

/**
 * The group of several devices, of which nobody can tell whose the ports are: some are taken more than once. /proc/net/tcp does
 * not show the device, sock_diag does (idiag_if).
 */
export function ofSeveralDevices(group: TupleGroup): TupleGroup {
  const { usable, used, reusable, uncertain } = group;
  const text =
    'Sockets of several devices (SO_BINDTODEVICE, VRF) are one group here, since some ports are taken more than once and /proc/net/tcp does not show the device: each device may have more ports free.';
  return {
    ...group,
    free: usable,
    // The other row of a port that connect() takes over may be live.
    freeAtLeast: Math.min(group.freeAtLeast, usable - used - reusable),
    uncertain: [uncertain, text].filter(Boolean).join(' '),
  };
}

/** The index of lo in every network namespace: LOOPBACK_IFINDEX in include/net/flow.h. */
export const LOOPBACK_DEVICE = 1;

/** The name of a row's device, or else its index; undefined if the socket has none. */
export function deviceOf(
  sockets: SocketTable,
  row: number,
  names: ReadonlyMap<number, ForeignText> | undefined,
): ForeignText | undefined {
  const index = sockets.deviceIndexOf(row);
  return index === 0 ? undefined : (names?.get(index) ?? String(index));
}

/** What the comparison of two tuples needs. */
interface Comparison {
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  readonly timeWaitSeconds: number;
  readonly bound: BoundPorts;
  /** Age in ms above which connect() takes over a tuple's TIME_WAIT; Infinity: never. */
  readonly reusableFrom: (tuple: number) => number;
}

/** Ports that connections without a device keep from a tuple with one, without its own ports and surely bound ones. */
export function portsLostToUnbound(comparison: Comparison, tuple: number): ReadonlySet<number> {
  const unbound = comparison.tuples.unboundOf(tuple);
  if (unbound < 0) return new Set();
  const own = takenPorts(comparison, tuple);
  const theirs = takenPorts(comparison, unbound);
  const isLostAnyway = (port: number) => comparison.bound.marks[port] === SURELY_BOUND;
  return new Set([...theirs].filter((port) => !own.has(port) && !isLostAnyway(port)));
}

function takenPorts(
  { tuples, portMap, timeWaitSeconds, bound, reusableFrom }: Comparison,
  tuple: number,
): Set<number> {
  const reusableFromMs = reusableFrom(tuple);
  const taken = new Set<number>();
  const { starts, localPort, timeWaitLeftMs } = tuples;
  const end = starts[tuple + 1] ?? 0;
  for (let at = starts[tuple] ?? 0; at < end; at++) {
    const port = localPort[at] ?? 0;
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    const isReusable =
      leftMs !== LIVE &&
      bound.marks[port] !== SURELY_BOUND &&
      timeWaitAgeMs(leftMs, timeWaitSeconds) > reusableFromMs;
    if (portMap[port] === 0 && !isReusable) taken.add(port);
  }
  return taken;
}

/** The group with the lost ports taken off its usable and free ones. `firstParity`: that of the range's first port. */
export function withoutPorts(
  group: TupleGroup,
  lost: ReadonlySet<number>,
  firstParity: number,
): TupleGroup {
  if (lost.size === 0) return group;
  const { first, second } = group.parity;
  const lostOfFirst = [...lost].filter((port) => (port & 1) === firstParity).length;
  const usable = group.usable - lost.size;
  return {
    ...group,
    usable,
    free: group.free - lost.size,
    freeAtLeast: group.freeAtLeast - lost.size,
    headroomPercent: headroomPercent(group.used, usable),
    parity: {
      first: { ...first, usable: first.usable - lostOfFirst },
      second: { ...second, usable: second.usable - (lost.size - lostOfFirst) },
    },
  };
}
