import { groupDigits } from '../group-digits.ts';
import type { GroupModel } from '../group-model.ts';
import { isRefusedLately } from '../recent-refusals.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { isMoreWanted, portsNeeded, wantedBefore } from '../wanted-ports.ts';
import type { Rule } from './advice.ts';
import { sourceAddressConfig } from './client-config.ts';

/** Highest share of usable ports in use after a suggestion is followed. */
const COMFORTABLE_SHARE = 0.5;

/** What more destinations cost. */
export const MORE_DESTINATIONS_CAUTION =
  'The upstream has to listen there: further ports, or further addresses on the same machine.';
/** What more source addresses risk. */
export const MORE_SOURCES_CAUTION =
  'A program that binds a source address must set IP_BIND_ADDRESS_NO_PORT, or all its connections share one pool of ports.';

/** Suggests more (address, port) pairs to connect to: each has all usable ports for itself. */
export const moreDestinations: Rule = {
  id: 'more-destinations',
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ group }) {
    const enough = timesEnough(group);
    // If the program binds before it connects, all destinations share one pool of ports.
    if (enough < 2 || group.bindBeforeConnect.ports > group.used / 2) return undefined;
    return {
      title: `Spread the connections over ${howMany(group)} destination addresses or ports`,
      why:
        `Every (destination address, destination port) has ${groupDigits(group.usable)} source ports of its own. ` +
        `${needText(group)}: ${enough} destinations are enough, with half of the ports to spare.`,
      commands: [],
      caution: MORE_DESTINATIONS_CAUTION,
      headroomAfter: headroomPercent(portsNeeded(group) / enough, group.usable),
      changes: { destinations: enough },
      isGradual: waitsFirst(group),
      risk: 2,
    };
  },
};

/** Suggests more source addresses: each has all usable ports for itself. */
export const moreSources: Rule = {
  id: 'more-sources',
  helps: ['TIME_WAIT', 'live', 'bind'],
  // Without IP_BIND_ADDRESS_NO_PORT a bound source address makes it worse.
  sinceLinux: [4, 2],
  suggest({ group }) {
    const enough = timesEnough(group);
    if (enough < 2) return undefined;
    return {
      title: `Connect from ${howMany(group)} source addresses`,
      why:
        `Every source address has ${groupDigits(group.usable)} ports of its own to each destination. ` +
        `${needText(group)}: ${enough} addresses are enough, with half of the ports to spare.`,
      commands: [],
      caution: MORE_SOURCES_CAUTION,
      config: sourceAddressConfig(group),
      headroomAfter: headroomPercent(portsNeeded(group) / enough, group.usable),
      changes: { sources: enough },
      isGradual: waitsFirst(group),
      risk: 3,
    };
  },
};

/** Suggests more machines, or containers with addresses of their own, to share the connections. */
export const moreProxies: Rule = {
  id: 'more-proxies',
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ group }) {
    const enough = timesEnough(group);
    if (enough < 2) return undefined;
    return {
      title: `Share the connections among ${howMany(group)} machines, this one included`,
      why:
        `Every machine, and every container with an address of its own, has ${groupDigits(group.usable)} ports to each destination. ` +
        `${needText(group)}: ${enough} are enough, with half of the ports to spare.`,
      commands: [],
      caution:
        'Containers behind one NAT address do not count as several: the NAT runs out of ports in their place.',
      headroomAfter: headroomPercent(portsNeeded(group) / enough, group.usable),
      changes: { sources: enough },
      isGradual: waitsFirst(group),
      // The most expensive way to spread, so it comes last.
      risk: 3.5,
    };
  },
};

/** True where the ports are in TIME_WAIT, which new connections elsewhere do not end. */
function waitsFirst({ timeWaitUsed, liveUsed }: GroupModel): boolean {
  return timeWaitUsed > liveUsed;
}

/** `At the present rate 18,000 are needed`, or the demand if connections are refused. */
function needText(group: GroupModel): string {
  const { mostDemandPerSecond: wanted, isDemandLowerBound, limit } = group;
  const needed = groupDigits(portsNeeded(group));
  if (limit?.stage !== 'dry' || wanted === null) return `At the present rate ${needed} are needed`;
  const rate = `${groupDigits(Math.round(wanted))} connections a second are wanted`;
  if (isDemandLowerBound) return `At least ${rate}, for which ${needed} are needed`;
  // A program that tries again at once is refused several times for one connection.
  const retries = isRefused(group) ? ' if no refused call is a retry' : '';
  return `${withoutRetries(group)}${rate}${retries}, for which ${needed} are needed`;
}

/** What was wanted before anything was refused, as a sentence; '' where that is not known. */
function withoutRetries(group: GroupModel): string {
  const [before, enough] = [wantedBefore(group), timesBefore(group)];
  if (before === undefined || enough === undefined) return '';
  const { perSecond, ports } = before;
  return `${groupDigits(Math.round(perSecond))} a second were made before the ports ran out, which need ${groupDigits(ports)} ports, so ${enough} of them. In the outage up to `;
}

/** `4 to 13`: enough without retries, and enough if each refused call is a connection of its own. */
function howMany(group: GroupModel): string {
  const [before, enough] = [timesBefore(group), timesEnough(group)];
  if (before !== undefined && before < enough) return `${before} to ${enough}`;
  const mayRetry = before === undefined && isRefused(group) && !isMoreWanted(group);
  return `${mayRetry ? 'up to ' : least(group)}${enough}`;
}

/** True where calls that were tried again may be part of the demand. */
function isRefused(group: GroupModel): boolean {
  return group.limit?.stage === 'dry' && isRefusedLately(group);
}

/** How many are enough for what was wanted before the outage; undefined: not known. */
function timesBefore(group: GroupModel): number | undefined {
  const before = wantedBefore(group);
  if (before === undefined || group.usable <= 0) return undefined;
  // The ports ran out, so one is not enough.
  return Math.max(2, timesFor(before.ports, group));
}

/** Before a number that is for what is seen of the demand, if there may be more. */
function least(group: GroupModel): string {
  return isMoreWanted(group) ? 'at least ' : '';
}

/** How many are enough for what is seen of the demand. */
function timesEnough(group: GroupModel): number {
  return timesFor(portsNeeded(group), group);
}

/** How many are enough for so many ports. */
function timesFor(ports: number, { usable }: GroupModel): number {
  return usable <= 0 ? 0 : Math.ceil(ports / (COMFORTABLE_SHARE * usable));
}
