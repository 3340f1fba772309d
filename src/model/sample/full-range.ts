import { formatPortRanges, joinPortRanges, type PortRange } from '../../kernel/port-range.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { type BoundPorts, inferBoundPorts } from './bind-before-connect.ts';
import { countByParity, mapPorts, type PortMap, type PortSettings } from './port-space.ts';
import type { TupleRows } from './tuple-rows.ts';

/** All unprivileged ports. Even-sized, and from an even port on, as connect()'s two-step search wants it. */
export const FULL_RANGE: PortRange = { low: 1024, high: 65535 };

/** Kubernetes' default NodePorts: kube-proxy answers them without a socket, so no listener shows them. */
export const NODE_PORTS: PortRange = { low: 30000, high: 32767 };
const KUBELET_PORTS = [10250, 10256];

/** True where a kubelet or a kube-proxy listens. */
export function hasNodePorts(listeningPorts: readonly number[]): boolean {
  return KUBELET_PORTS.some((port) => listeningPorts.includes(port));
}

/** What the widest range has to leave out: what is reserved already, listeners, and NodePorts. */
export function neededByOthers(
  reserved: readonly PortRange[],
  listeningPorts: readonly number[],
): PortRange[] {
  const listening = listeningPorts
    .filter((port) => port >= FULL_RANGE.low)
    .map((port) => ({ low: port, high: port }));
  const nodePorts = hasNodePorts(listeningPorts) ? [NODE_PORTS] : [];
  return joinPortRanges([...reserved, ...listening, ...nodePorts]);
}

/** The same, with free ports between them where the list would be longer than one write of it may be. */
export function reservedInFullRange(...given: Parameters<typeof neededByOthers>): PortRange[] {
  return shortened(neededByOthers(...given));
}

/**
 * sysctl(8) writes a value once, and the kernel takes a page of it at a time (proc_do_large_bitmap in
 * kernel/sysctl.c): what is beyond would be left unprotected without a word.
 */
export const LONGEST_PORT_LIST = 4000;

/** Joins ranges over the smallest gaps, until their list is short enough. */
function shortened(ranges: readonly PortRange[]): PortRange[] {
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

/** The map of ports as it would be if the range were the widest. */
export function mapFullRange(
  { reserved }: PortSettings,
  listeningPorts: readonly number[],
  heldPorts: Iterable<number>,
): PortMap {
  const kept = reservedInFullRange(reserved, listeningPorts);
  return mapPorts({ range: FULL_RANGE, reserved: kept, warnings: [] }, heldPorts);
}

/**
 * Ports outside the range that bind() before connect() seems to hold: they would be lost in the widest
 * one. Undefined where there are no sockets out there, which is the ordinary case.
 */
export function boundOutside(
  sockets: SocketTable,
  tuples: TupleRows,
  range: PortRange,
  fullRangeMap: PortMap,
): BoundPorts | undefined {
  const isOutside = (port: number) =>
    fullRangeMap[port] === 0 && (port < range.low || port > range.high);
  let row = 0;
  while (row < sockets.length && !isOutside(sockets.localPort[row] ?? 0)) row++;
  if (row === sockets.length) return undefined;
  const portMap = fullRangeMap.slice().fill(1, range.low, range.high + 1);
  const byParity = countByParity(FULL_RANGE, fullRangeMap);
  return inferBoundPorts({ sockets, tuples, portMap, byParity, firstParity: FULL_RANGE.low & 1 });
}
