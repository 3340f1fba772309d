import { formatPortRanges, joinPortRanges, type PortRange } from '../../kernel/port-range.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { mapPorts, type PortMap, type PortSettings } from './port-space.ts';
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
 * Ports outside the range that connections have, and connect() could have in the widest one. They were bound by
 * number, as it is taken here, and would be lost there to all groups but their own.
 */
export function countOutside(
  sockets: SocketTable,
  tuples: TupleRows,
  { low, high }: PortRange,
  fullRangeMap: PortMap,
): number {
  let seen: Uint8Array | undefined;
  let count = 0;
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const rows = tuples.rowsOf(tuple);
    for (let index = 0; index < rows.length; index++) {
      const port = sockets.localPort[rows[index] ?? 0] ?? 0;
      if (fullRangeMap[port] !== 0 || (port >= low && port <= high)) continue;
      seen ??= new Uint8Array(65536);
      if (seen[port] === 0) count++;
      seen[port] = 1;
    }
  }
  return count;
}
