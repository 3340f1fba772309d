import type { GroupModel } from '../model.ts';
import { headroomPercent } from '../tuple-group.ts';
import { type Situation, type Suggestion } from './advice.ts';
import { groupDigits } from '../group-digits.ts';

/** Share of the usable ports that should be in use at the most once a suggestion is followed. */
const COMFORTABLE_SHARE = 0.5;

/** Share of requests that find an open connection under a keep-alive that works, as a plain assumption. */
const KEEP_ALIVE_SHARE = 0.9;

/** Suggests connection reuse where most ports are held by connections that were closed. */
export function keepAlive({ group }: Situation): Suggestion | undefined {
  if (group.timeWaitUsed <= group.liveUsed || group.closeRate === 0) return undefined;
  const used = group.liveUsed + group.timeWaitUsed * (1 - KEEP_ALIVE_SHARE);
  return {
    id: 'keep-alive',
    title: `Keep connections to ${group.remoteAddress} port ${group.remotePort} open and use them again`,
    why:
      `${groupDigits(group.closeRate)} connections a second are closed after use, and each holds its port for 60 s more. ` +
      `If 9 of 10 requests go over a connection that is open already, only a tenth of those ports is held.`,
    commands: [],
    caution:
      'Set in the client (HTTP keep-alive, a connection pool). The upstream must not close idle connections earlier than the client.',
    headroomAfter: headroomPercent(used, group.usable),
    risk: 2,
  };
}

/** Suggests more (address, port) pairs to connect to: each has all usable ports for itself. */
export function moreDestinations({ group }: Situation): Suggestion | undefined {
  const enough = addressesEnough(group);
  if (enough < 2) return undefined;
  return {
    id: 'more-destinations',
    title: `Spread the connections over ${enough} destination addresses or ports`,
    why:
      `Every (destination address, destination port) has ${groupDigits(group.usable)} source ports of its own. At the present rate ` +
      `${groupDigits(demand(group))} are needed: ${enough} destinations are enough, with half of each to spare.`,
    commands: [],
    caution:
      'The upstream has to listen there: further ports, or further addresses on the same machine.',
    headroomAfter: headroomPercent(demand(group) / enough, group.usable),
    risk: 2,
  };
}

/** Suggests more source addresses: each has all usable ports for itself. */
export function moreSources({ group }: Situation): Suggestion | undefined {
  const enough = addressesEnough(group);
  if (enough < 2) return undefined;
  return {
    id: 'more-sources',
    title: `Connect from ${enough} source addresses`,
    why:
      `Every source address has ${groupDigits(group.usable)} ports of its own to each destination. At the present rate ` +
      `${groupDigits(demand(group))} are needed: ${enough} addresses are enough, with half of each to spare.`,
    commands: [],
    caution:
      'A program that binds a source address must set IP_BIND_ADDRESS_NO_PORT, or all its connections share one pool of ports.',
    headroomAfter: headroomPercent(demand(group) / enough, group.usable),
    risk: 3,
  };
}

/** Ports that the group needs: what it holds, or what it will hold if the present rates go on. */
function demand(group: GroupModel): number {
  return Math.max(group.used, group.steadyStateUsed);
}

function addressesEnough(group: GroupModel): number {
  return group.usable === 0 ? 0 : Math.ceil(demand(group) / (COMFORTABLE_SHARE * group.usable));
}
