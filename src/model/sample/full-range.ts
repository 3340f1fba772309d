import type { ConfiguredPort } from '../../kernel/configured-port.ts';
import {
  formatPortRanges,
  HIGHEST_PORT,
  joinPortRanges,
  type PortRange,
} from '../../kernel/port-range.ts';
import { sysctlNumber, type SysctlValues } from '../../kernel/sysctl.ts';
import { mapPorts, type PortMap } from './port-space.ts';

/** All unprivileged ports. The size and the first port are even, which suits connect()'s search by parity. */
export const FULL_RANGE: PortRange = { low: 1024, high: 65535 };

/** Kubernetes' default NodePorts. kube-proxy serves them without a socket, so no listener shows them. */
export const NODE_PORTS: PortRange = { low: 30000, high: 32767 };
const KUBELET_PORTS = [10250, 10256];

/** True if a kubelet or a kube-proxy listens. */
export function hasNodePorts(listeningPorts: readonly number[]): boolean {
  return KUBELET_PORTS.some((port) => listeningPorts.includes(port));
}

/** Ports needed for listening. */
export interface Services {
  readonly listeningPorts: readonly number[];
  /** Ports of enabled services; undefined: not known. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
}

/**
 * The widest range that this kernel accepts. It begins at an even port, and not below
 * net.ipv4.ip_unprivileged_port_start (ipv4_local_port_range in net/ipv4/sysctl_net_ipv4.c returns EINVAL). Its size
 * is 0 if there is none.
 */
export function fullRange(sysctls: SysctlValues): PortRange {
  const start = sysctlNumber(sysctls, 'net.ipv4.ip_unprivileged_port_start') ?? 0;
  return { low: Math.max(FULL_RANGE.low, start + (start & 1)), high: FULL_RANGE.high };
}

/** Ports that the widest range must leave out: the reserved ones, and those that `portsToReserve` adds. */
export function neededByOthers(reserved: readonly PortRange[], services: Services): PortRange[] {
  return joinPortRanges([...reserved, ...portsToReserve(reserved, services)]);
}

/** The ports of `endangeredPorts`; if their list is too long to write, also the ports between them. */
export function portsToReserve(...given: Parameters<typeof endangeredPorts>): PortRange[] {
  return shortened(endangeredPorts(...given));
}

/** Kept, as there are several samples a second. */
const isReserved = new Uint8Array(HIGHEST_PORT + 1);

/**
 * Ports that the widest range endangers because they are not reserved: those of listeners, of enabled services (which
 * may be down now), and NodePorts.
 */
export function endangeredPorts(reserved: readonly PortRange[], services: Services): PortRange[] {
  isReserved.fill(0);
  for (const { low, high } of reserved) isReserved.fill(1, low, high + 1);
  const { listeningPorts, configuredPorts = [] } = services;
  const ports = [...listeningPorts, ...configuredPorts.map(({ port }) => port)];
  const ranges = ports.map((port) => ({ low: port, high: port }));
  if (hasNodePorts(listeningPorts)) ranges.push(NODE_PORTS);
  const added: PortRange[] = [];
  for (const { low, high } of joinPortRanges(ranges))
    for (let port = Math.max(low, FULL_RANGE.low); port <= high; port++)
      if (isReserved[port] === 0) added.push({ low: port, high: port });
  return joinPortRanges(added);
}

/**
 * Longest list of ports to write, in characters. The kernel takes one page per write (proc_do_large_bitmap in
 * kernel/sysctl.c). sysctl(8) silently drops the rest, which would leave ports unprotected.
 */
export const LONGEST_PORT_LIST = 4000;

/** Joins ranges across the smallest gaps until their list is short enough to write. */
export function shortened(ranges: readonly PortRange[]): PortRange[] {
  const gapBefore = (index: number) =>
    (ranges[index]?.low ?? 0) - (ranges[index - 1]?.high ?? -Infinity);
  let result = [...ranges];
  if (formatPortRanges(result).length <= LONGEST_PORT_LIST) return result;
  const smallestFirst = ranges.map((_, index) => index).slice(1);
  smallestFirst.sort((a, b) => gapBefore(a) - gapBefore(b) || a - b);
  const step = Math.max(8, Math.ceil(ranges.length / 64));
  for (let count = step; formatPortRanges(result).length > LONGEST_PORT_LIST; count += step) {
    const bridges = smallestFirst.slice(0, count).map((index) => ({
      low: ranges[index - 1]?.high ?? 0,
      high: ranges[index]?.low ?? 0,
    }));
    result = joinPortRanges([...ranges, ...bridges]);
  }
  return result;
}

/** The port map for the widest range. */
export function mapFullRange(
  range: PortRange,
  reserved: readonly PortRange[],
  heldPorts: Iterable<number>,
): PortMap {
  return mapPorts({ range, reserved, warnings: [] }, heldPorts);
}
