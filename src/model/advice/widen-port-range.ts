import { formatPortList, portRangeSize, type PortRange } from '../../kernel/port-range.ts';
import { mapPorts, measurePortSpace, portSettings } from '../port-space.ts';
import { headroomPercent } from '../tuple-group.ts';
import { persistSysctls, type Situation, type Suggestion } from './advice.ts';
import { groupDigits } from '../group-digits.ts';

/** All unprivileged ports. Even-sized, and from an even port on, as connect()'s two-step search wants it. */
const WIDEST: PortRange = { low: 1024, high: 65535 };

/** Kubernetes' default NodePorts: kube-proxy answers them without a socket, so no listener shows them. */
const NODE_PORTS: PortRange = { low: 30000, high: 32767 };
const KUBELET_PORTS = [10250, 10256];

/** Suggests the widest range, with the ports that services listen on kept out of it. */
export function widenPortRange({ sample, group }: Situation): Suggestion | undefined {
  const { range, reserved } = portSettings(sample.sysctls);
  if (range.low <= WIDEST.low && range.high >= WIDEST.high) return undefined;
  const listening = sample.listeningPorts.filter((port) => port >= WIDEST.low);
  const toReserve = new Set(listening);
  if (KUBELET_PORTS.some((port) => listening.includes(port))) addRange(toReserve, NODE_PORTS);
  for (const old of reserved) addRange(toReserve, old);

  const reservedText = formatPortList(toReserve);
  const settings = [
    ...(toReserve.size === 0 ? [] : [`net.ipv4.ip_local_reserved_ports=${reservedText}`]),
    `net.ipv4.ip_local_port_range=${WIDEST.low} ${WIDEST.high}`,
  ];
  const reservedRanges = [...toReserve].map((port) => ({ low: port, high: port }));
  const portMap = mapPorts(
    { range: WIDEST, reserved: reservedRanges, warnings: [] },
    sample.listeningPorts,
  );
  const lostToBind = sample.inferredHeld - group.bindBeforeConnect.ports;
  const usable = measurePortSpace(WIDEST, portMap).usable - lostToBind;
  return {
    id: 'widen-port-range',
    title: `Widen the ephemeral range to ${WIDEST.low}–${WIDEST.high}`,
    why:
      `connect() takes source ports from ${range.low}–${range.high}, ${groupDigits(portRangeSize(range))} for each destination; ` +
      `${groupDigits(usable)} would be usable. It takes effect at once, for new connections.`,
    commands: settings.map((setting) => `sysctl -w ${setting.replace('=', '="')}"`),
    persist: persistSysctls(settings),
    caution:
      listening.length === 0
        ? 'A service that starts later on a port of the wider range may find it taken: reserve such ports in net.ipv4.ip_local_reserved_ports.'
        : `Services listen inside the wider range (${formatPortList(listening)}): the first command keeps their ports for them when they restart.`,
    headroomAfter: headroomPercent(group.used, usable),
    risk: 1,
  };
}

function addRange(ports: Set<number>, { low, high }: PortRange): void {
  for (let port = low; port <= high; port++) ports.add(port);
}
