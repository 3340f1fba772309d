import {
  formatPortList,
  HIGHEST_PORT,
  type PortRange,
  portRangeSize,
} from '../../kernel/port-range.ts';
import { groupDigits } from '../group-digits.ts';
import { canReserve, reservePorts } from '../reserve-command.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { fullRange, hasNodePorts, LONGEST_PORT_LIST, NODE_PORTS } from '../sample/full-range.ts';
import { atMost, rangeCommands, type Rule, sysctlCommands } from './advice.ts';

/** Share of the range above which reserved ports are worth questioning. */
const RELEVANT_SHARE = 0.1;

/** Suggests giving back reserved ports that nobody listens on, if they take much of the range. */
export const reservedPorts: Rule = {
  id: 'reserved-ports',
  sysctls: ['net.ipv4.ip_local_reserved_ports'],
  suggest({ sample, group }) {
    const { size, reserved } = sample.portSpace;
    if (reserved < RELEVANT_SHARE * size) return undefined;
    const { kept, freed, inUse } = splitReserved(sample);
    if (freed === 0 || inUse > freed || kept.length > LONGEST_PORT_LIST) return undefined;
    // A recording of before does not tell them.
    const used = group.used + (sample.reservedInUse === undefined ? group.reservedUsed : 0);
    return {
      title: `Give back ${groupDigits(freed)} reserved ports that nobody listens on`,
      why:
        `net.ipv4.ip_local_reserved_ports keeps ${groupDigits(reserved)} of the ${groupDigits(size)} ports of the range from connect(). ` +
        `Nobody listens on ${groupDigits(freed)} of them${inUse === 0 ? '' : ' or has a connection there'}.`,
      ...sysctlCommands([['net.ipv4.ip_local_reserved_ports', kept]]),
      caution:
        'Whoever reserved them had a reason: ask first. A service that is down now may find its port taken when it comes back.' +
        (inUse === 0 ? '' : ` ${inUseText(inUse)}`),
      headroomAfter: headroomPercent(used, group.usable + freed),
      risk: 2,
    };
  },
};

function inUseText(count: number): string {
  return count === 1
    ? 'A connection has 1 more of them and it stays reserved: a program may take such ports by number.'
    : `Connections have ${groupDigits(count)} more of them, which stay reserved: a program may take such ports by number.`;
}

/**
 * Splits the reserved ports. Ports outside the range, of listeners or enabled services, those that connections have, and
 * NodePorts are kept.
 */
function splitReserved(sample: Sample) {
  const { sysctls, listeningPorts, configuredPorts = [], heldPorts, reservedInUse = [] } = sample;
  const { range, reserved } = portSettings(sysctls);
  const listening = new Set([...listeningPorts, ...configuredPorts.map(({ port }) => port)]);
  const held = new Set(heldPorts);
  const inUse = new Set(reservedInUse);
  const nodePorts = hasNodePorts(listeningPorts);
  const kept = new Set<number>();
  const freed = new Set<number>();
  for (const { low, high } of reserved) {
    for (let port = low; port <= high; port++) {
      const isFree = isIn(range, port) && !listening.has(port) && !inUse.has(port);
      if (!isFree || (nodePorts && isIn(NODE_PORTS, port))) kept.add(port);
      // A port held by a bind() becomes free for connect() only later.
      else if (!held.has(port)) freed.add(port);
    }
  }
  return { kept: formatPortList(kept), freed: freed.size, inUse: inUse.size };
}

function isIn({ low, high }: PortRange, port: number): boolean {
  return port >= low && port <= high;
}

/** Suggests an even-sized range. In an odd-sized one, connect() finds the last port only by luck. */
export const oddRange: Rule = {
  id: 'odd-range',
  sysctls: ['net.ipv4.ip_local_port_range'],
  suggest({ sample, group }) {
    const { range, reserved } = portSettings(sample.sysctls);
    const even = evenRange(range, fullRange(sample.sysctls).low);
    if (portRangeSize(range) % 2 === 0 || even === undefined) return undefined;
    const added = even.low < range.low ? even.low : even.high;
    const isNeeded = sample.listeningPorts.includes(added);
    if (isNeeded && !canReserve(sample.sysctls)) return undefined;
    const reservation = isNeeded
      ? reservePorts(reserved, [{ low: added, high: added }])
      : undefined;
    return {
      title: `Make the range even-sized: ${even.low}–${even.high}`,
      why:
        `${range.low}–${range.high} has ${groupDigits(portRangeSize(range))} ports, an odd number. connect() searches in steps of two over an even ` +
        'number of ports, and finds the last one only by luck. The effect is a single port.',
      ...rangeCommands(even, reservation),
      ...(isUsable(sample, added)
        ? { headroomAfter: headroomPercent(group.used, group.usable + 1) }
        : {}),
      severity: 'info',
      risk: 0,
    };
  },
};

function isUsable({ sysctls, heldPorts }: Sample, port: number): boolean {
  const isReserved = portSettings(sysctls).reserved.some((range) => isIn(range, port));
  return !isReserved && !heldPorts.includes(port);
}

/** The even-sized range next to this one: one port larger, if a port can be added. */
function evenRange({ low, high }: PortRange, lowest: number): PortRange | undefined {
  // With a low end below this, an even size alone does not make the range sensible or acceptable to the kernel.
  if (low < lowest) return undefined;
  if (high < HIGHEST_PORT) return { low, high: high + 1 };
  return low > lowest ? { low: low - 1, high } : undefined;
}

/** Says why connect() gets slower once the first half of the ports is used up. */
export const portSearchCliff: Rule = {
  id: 'port-search-cliff',
  suggest({ group }) {
    const { first } = group.parity;
    if (group.usable <= 0 || group.used < group.usable / 2 || first.used < first.usable * 0.9)
      return undefined;
    return {
      title: 'With over half of the range in use, connect() is slower and costs CPU',
      why:
        `connect() tries every second port first, and ${groupDigits(first.used)} of those ${groupDigits(first.usable)} are taken: each call goes ` +
        'through them before it tries the others. It stays fast while less than half of the range is in use.',
      commands: [],
      severity: atMost('warning', group.severity),
      risk: 0,
    };
  },
};
