import { groupDigits } from '../group-digits.ts';
import type { GroupModel } from '../group-model.ts';
import { heldSeconds } from '../forecast.ts';
import { headroomPercent } from '../sample/headroom.ts';
import type { Rule } from './advice.ts';
import { type WantedPorts, wantedPorts } from '../wanted-ports.ts';
import { losesToBind } from './cause.ts';
import { keepAliveConfig } from './client-config.ts';

/** Assumed share of requests that find an open connection when keep-alive works. */
const KEEP_ALIVE_SHARE = 0.9;

/** Why there is no promise: the ports that others bind do not come back, and they go on binding. */
const SHARED =
  ' How many ports that leaves cannot be told: bind() takes them for other destinations as well, and goes on.';

/** What keep-alive costs. */
export const KEEP_ALIVE_CAUTION =
  'This is set in the client (HTTP keep-alive, a connection pool). The upstream must not close idle connections earlier than the client.';

/** Suggests connection reuse if most ports are held by closed connections. */
export const keepAlive: Rule = {
  id: 'keep-alive',
  cures: ['TIME_WAIT'],
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ sample, group }) {
    if (group.timeWaitUsed <= group.liveUsed) return undefined;
    const { live, timeWait } = needOf(group);
    const headroomAfter = headroomPercent(live + timeWait * (1 - KEEP_ALIVE_SHARE), group.usable);
    const held = heldSeconds(group);
    const isShared = losesToBind(sample, group);
    const seconds = held < 10 ? Math.round(held * 10) / 10 : Math.round(held);
    return {
      title: `Keep connections to ${group.remoteAddress} port ${group.remotePort} open and reuse them`,
      why:
        `${closedText(group)}, and each holds its port for ${seconds} s more. ` +
        `If 9 of 10 requests use a connection that is already open, only a tenth of ${timeWait > group.timeWaitUsed ? `the ${groupDigits(timeWait)} ports that the demand of this outage takes` : 'those ports'} is held.` +
        (isShared ? SHARED : ''),
      commands: [],
      caution: KEEP_ALIVE_CAUTION,
      config: keepAliveConfig(group),
      ...(isShared || headroomAfter <= 0 ? {} : { headroomAfter, isGradual: true }),
      risk: 2,
    };
  },
};

/** The ports that it holds, or in an outage would hold if its demand were met, whichever is more. */
function needOf(group: GroupModel): WantedPorts {
  const { liveUsed, timeWaitUsed, limit, mostDemandPerSecond: most } = group;
  if (limit?.stage !== 'dry' || most === null) return { live: liveUsed, timeWait: timeWaitUsed };
  const wanted = wantedPorts(group, most, group.past);
  return {
    live: Math.max(liveUsed, wanted.live),
    timeWait: Math.max(timeWaitUsed, wanted.timeWait),
  };
}

/** What is closed: at the limit no more a second than ports come back, whatever is wanted. */
function closedText({ limit, closeRate, timeWaitUsed, drainSchedule }: GroupModel): string {
  if (limit?.stage === 'dry')
    return `${groupDigits(timeWaitUsed)} connections of the last minute were closed after use`;
  // A pile may be left of closes that have stopped.
  const closes = Math.max(closeRate, timeWaitUsed / drainSchedule.length);
  return `${groupDigits(closes)} connections a second are closed after use`;
}
