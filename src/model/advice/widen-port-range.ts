import { printable } from '../../kernel/foreign-text.ts';
import type { ConfiguredPort } from '../../kernel/configured-port.ts';
import { formatPortList, type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { groupDigits } from '../group-digits.ts';
import { canReserve, type Reservation, reservePorts } from '../reserve-command.ts';
import {
  endangeredPorts,
  FULL_RANGE,
  fullRange,
  hasNodePorts,
  NODE_PORTS,
  portsToReserve,
} from '../sample/full-range.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { portSettings } from '../sample/port-space.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import { rangeCommands, type Rule, type Situation, type Suggestion } from './advice.ts';
import { portsLostToBind } from './cause.ts';
import { isBoundByNumber } from './explicit-source-ports.ts';

/** Suggests the widest range, with the ports that services listen on reserved. */
export const widenPortRange: Rule = {
  id: 'widen-port-range',
  sysctls: ['net.ipv4.ip_local_port_range'],
  suggest: suggestWidest,
};

function suggestWidest(situation: Situation): Suggestion | undefined {
  const { sample, group } = situation;
  const { range, reserved } = portSettings(sample.sysctls);
  const widest = fullRange(sample.sysctls);
  if (portRangeSize(range) >= portRangeSize(widest) || choosesItsPorts(group)) return undefined;
  const added = portsToReserve(reserved, sample);
  // The services' ports could not be protected.
  if (added.length > 0 && !canReserve(sample.sysctls)) return undefined;
  const reservation = added.length === 0 ? undefined : reservePorts(reserved, added);
  const usable = sample.fullRangeUsable - portsLostToBind(sample, group) - group.fullRangeLost;
  return {
    title: `Widen the ephemeral range to ${widest.low}–${widest.high}`,
    why:
      `connect() takes source ports from ${range.low}–${range.high}, ${groupDigits(portRangeSize(range))} for each destination; ` +
      `the wider range has ${groupDigits(usable)} usable ones. It takes effect at once, for new connections.` +
      lowEnd(widest),
    ...rangeCommands(widest, reservation),
    caution: wideningCaution(situation, widest, added, reservation),
    headroomAfter: headroomPercent(group.fullRangeUsed, usable),
    changes: { range: widest },
    risk: 1,
  };
}

/** True if a group takes no port of a wider range: a program numbers its ports, or has a range of its own. */
function choosesItsPorts(group: TupleGroup): boolean {
  return (
    isBoundByNumber(group) ||
    group.bindBeforeConnect.byNumber === true ||
    group.ownHeadroomPercent !== undefined
  );
}

/** What a wider range risks. `added`: ports that are reserved for it, by `reservation`. */
export function wideningCaution(
  situation: Situation,
  range: PortRange,
  added: readonly PortRange[],
  reservation: Reservation | undefined,
): string {
  return [
    ...stopgap(situation),
    ...protection(situation, range),
    ...longList(situation, added, reservation),
  ].join(' ');
}

function lowEnd({ low }: PortRange): string {
  return low === FULL_RANGE.low
    ? ''
    : ` The kernel accepts no lower end: net.ipv4.ip_unprivileged_port_start is above ${FULL_RANGE.low}.`;
}

/** Says that a wider range is no cure if the cause keeps taking ports. */
function stopgap({ pressure }: Situation): string[] {
  switch (pressure.cause) {
    case 'CLOSE_WAIT':
      return ['A stopgap: the leak continues, and this only delays the end.'];
    case 'SYN_SENT':
      return ['A stopgap: it only delays the end for as long as the upstream does not answer.'];
    case 'FIN_WAIT2':
      return ['A stopgap: it only delays the end for as long as the peers do not close.'];
    case 'unacknowledged':
      return ['A stopgap: it only delays the end for as long as the peer does not answer.'];
    case 'bind':
    case 'TIME_WAIT':
    case 'live':
      return [];
  }
}

function protection({ sample }: Situation, { low, high }: PortRange): string[] {
  const isListening = new Set(sample.listeningPorts);
  const isInside = (port: number) => port >= low && port <= high;
  const listening = sample.listeningPorts.filter(isInside);
  const down = (sample.configuredPorts ?? []).filter(
    ({ port }) => isInside(port) && !isListening.has(port),
  );
  const sentences = [
    'A service that starts later on a port of the wider range may find it taken: reserve such ports in net.ipv4.ip_local_reserved_ports.',
    'Firewalls that only allow the old range must allow the new one.',
  ];
  if (hasNodePorts(sample.listeningPorts))
    sentences.unshift(
      `A kubelet runs here: the NodePorts ${NODE_PORTS.low}-${NODE_PORTS.high} are reserved too, since no listener shows them.`,
    );
  if (down.length > 0)
    sentences.unshift(
      `Services that are enabled but not listening now have ports in it (${shortUnitList(down)}): those are reserved too.`,
    );
  if (listening.length > 0)
    sentences.unshift(
      `Services listen inside the wider range (${shortPortList(listening)}): their ports are reserved, so that they can restart.`,
    );
  return sentences;
}

/** Cautions for a list of reserved ports that is too long for sysctl(8). */
function longList(
  { sample }: Situation,
  added: readonly PortRange[],
  reservation: Reservation | undefined,
): string[] {
  const count = (ranges: readonly PortRange[]) =>
    ranges.reduce((sum, range) => sum + portRangeSize(range), 0);
  const { reserved } = portSettings(sample.sysctls);
  const more = count(added) - count(endangeredPorts(reserved, sample));
  const sentences: string[] = [];
  if (more > 0)
    sentences.push(
      `The list of ports to reserve would be too long to write at once, so ${groupDigits(more)} free ports between them are reserved as well.`,
    );
  if (reservation !== undefined && reservation.list === undefined)
    sentences.push(
      'The list of reserved ports is too long for sysctl -w and sysctl -p, which write its first 4,095 bytes and drop the rest: the first command adds to it instead. ' +
        'Add the same ports where that list is kept; systemd-sysctl writes all of it.',
    );
  return sentences;
}

/** How many units are named; the others are only counted. */
const NAMED_UNITS = 5;

function shortUnitList(ports: readonly ConfiguredPort[]): string {
  const named = ports.slice(0, NAMED_UNITS).map(({ port, unit }) => `${port} ${printable(unit)}`);
  const others = ports.length - named.length;
  return named.join(', ') + (others > 0 ? ` and ${groupDigits(others)} more` : '');
}

/** Longest list to show; the command has the full one. */
const LONGEST_LIST = 60;

function shortPortList(ports: readonly number[]): string {
  const list = formatPortList(ports);
  if (list.length <= LONGEST_LIST) return list;
  return `${list.slice(0, list.lastIndexOf(',', LONGEST_LIST))} and others, ${groupDigits(ports.length)} in all`;
}
