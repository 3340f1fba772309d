import {
  formatPortList,
  formatPortRanges,
  type PortRange,
  portRangeSize,
} from '../../kernel/port-range.ts';
import { groupDigits } from '../group-digits.ts';
import { portSettings } from '../sample/port-space.ts';
import { headroomPercent } from '../sample/headroom.ts';
import {
  hasNodePorts,
  neededByOthers,
  NODE_PORTS,
  reservedInFullRange,
  FULL_RANGE,
} from '../sample/full-range.ts';
import {
  type Rule,
  type Setting,
  type Situation,
  type Suggestion,
  sysctlCommands,
} from './advice.ts';
import { portsLostToBind } from './cause.ts';

/** Suggests the widest range, with the ports that services listen on kept out of it. */
export const widenPortRange: Rule = {
  id: 'widen-port-range',
  sysctls: ['net.ipv4.ip_local_port_range'],
  suggest: suggestWidest,
};

function suggestWidest(situation: Situation): Suggestion | undefined {
  const { sample, group } = situation;
  const { range, reserved } = portSettings(sample.sysctls);
  if (range.low <= FULL_RANGE.low && range.high >= FULL_RANGE.high) return undefined;
  const toReserve = reservedInFullRange(reserved, sample.listeningPorts);
  // Nothing could keep the listeners' ports for them.
  if (toReserve.length > 0 && sample.sysctls['net.ipv4.ip_local_reserved_ports'] === null)
    return undefined;
  const settings: Setting[] = [
    ['net.ipv4.ip_local_port_range', `${FULL_RANGE.low} ${FULL_RANGE.high}`],
  ];
  // First, or else connect() could take one of these ports in between.
  if (toReserve.length > 0)
    settings.unshift(['net.ipv4.ip_local_reserved_ports', formatPortRanges(toReserve)]);
  const usable = sample.fullRangeUsable - portsLostToBind(sample, group) - group.fullRangeLost;
  return {
    title: `Widen the ephemeral range to ${FULL_RANGE.low}–${FULL_RANGE.high}`,
    why:
      `connect() takes source ports from ${range.low}–${range.high}, ${groupDigits(portRangeSize(range))} for each destination; ` +
      `${groupDigits(usable)} would be usable. It takes effect at once, for new connections.`,
    ...sysctlCommands(settings),
    caution: [
      ...stopgap(situation),
      ...protection(situation),
      ...reservedBesides(neededByOthers(reserved, sample.listeningPorts), toReserve),
    ].join(' '),
    headroomAfter: headroomPercent(group.fullRangeUsed, usable),
    changes: { range: FULL_RANGE },
    risk: 1,
  };
}

/** Where what holds the ports goes on holding more of them, a wider range is no cure. */
function stopgap({ pressure }: Situation): string[] {
  switch (pressure.cause) {
    case 'CLOSE_WAIT':
      return ['A stopgap: the leak goes on, and this only delays the end.'];
    case 'SYN_SENT':
      return ['A stopgap: it only delays the end for as long as the upstream does not answer.'];
    case 'FIN_WAIT2':
      return ['A stopgap: it only delays the end for as long as the peers do not close.'];
    case 'bind':
    case 'TIME_WAIT':
    case 'live':
      return [];
  }
}

function protection({ sample }: Situation): string[] {
  const listening = sample.listeningPorts.filter((port) => port >= FULL_RANGE.low);
  const nodePorts = hasNodePorts(sample.listeningPorts)
    ? [
        `A kubelet runs here: the NodePorts ${NODE_PORTS.low}-${NODE_PORTS.high} are reserved too, as no listener shows them.`,
      ]
    : [];
  const later =
    'A service that starts later on a port of the wider range may find it taken: reserve such ports in net.ipv4.ip_local_reserved_ports.';
  const firewall = 'Firewalls that know the old range only have to let the new one pass.';
  if (listening.length === 0) return [...nodePorts, later, firewall];
  return [
    `Services listen inside the wider range (${shortPortList(listening)}): the first command keeps their ports for them when they restart.`,
    ...nodePorts,
    later,
    firewall,
  ];
}

function reservedBesides(needed: readonly PortRange[], reserved: readonly PortRange[]): string[] {
  const count = (ranges: readonly PortRange[]) =>
    ranges.reduce((sum, range) => sum + portRangeSize(range), 0);
  const more = count(reserved) - count(needed);
  if (more === 0) return [];
  return [
    `The list of ports to reserve would be longer than sysctl can write at once: ${groupDigits(more)} free ports between them are reserved as well.`,
  ];
}

/** Longer lists are in the command anyway. */
const LONGEST_LIST = 60;

function shortPortList(ports: readonly number[]): string {
  const list = formatPortList(ports);
  if (list.length <= LONGEST_LIST) return list;
  return `${list.slice(0, list.lastIndexOf(',', LONGEST_LIST))} and others, ${groupDigits(ports.length)} in all`;
}
