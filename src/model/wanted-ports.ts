import { heldSeconds } from './forecast.ts';
import type { GroupModel } from './group-model.ts';
import type { GroupPast } from './group-past.ts';
import { headroomPercent } from './sample/headroom.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Ports that a group would hold if nothing were refused. */
export interface WantedPorts {
  readonly live: number;
  /** In TIME_WAIT that connect() cannot take over. */
  readonly timeWait: number;
}

/** If fewer of the wanted connections than this share are made, they do not tell how long the others would stay open. */
const TELLING_SHARE = 0.05;

/** From this share of closes on, the others are taken for those that a batch has not closed yet. */
const NEARLY_ALL = 0.8;

/**
 * The ports that a group would hold if it made `demandPerSecond` connections. They are assumed to stay open as long as
 * those of the last minute, so that their number grows in proportion (Little's law). They are assumed to be closed by the same
 * end: connections that the peer closes first leave no TIME_WAIT here.
 */
export function wantedPorts(
  group: TupleGroup,
  demandPerSecond: number,
  past: Pick<GroupPast, 'madePerSecond' | 'closedShare' | 'lastMinute'>,
): WantedPorts {
  // The live connections of a moment, or of some seconds, are none or all of a batch.
  const {
    live,
    madePerSecond = 0,
    closedShare = 1,
  } = past.lastMinute ?? {
    ...past,
    live: group.liveUsed,
  };
  const isTelling = madePerSecond > TELLING_SHARE * demandPerSecond;
  const times = isTelling ? Math.max(1, demandPerSecond / madePerSecond) : 1;
  const closedHere = isTelling && closedShare < NEARLY_ALL ? closedShare : 1;
  return {
    live: Math.round(live * times),
    // How late timers fire cannot be told while they come and go in batches.
    timeWait: Math.round(demandPerSecond * closedHere * heldSeconds(group, 0)),
  };
}

/** Ports that would be held, live and in TIME_WAIT. */
export function inAll({ live, timeWait }: WantedPorts): number {
  return live + timeWait;
}

/** The ports in all that a group would hold if it made `demandPerSecond` connections. */
export function wantedInAll(group: GroupModel, demandPerSecond: number): number {
  return inAll(wantedPorts(group, demandPerSecond, group.past));
}

/** Ports the group needs: what it holds now, or would hold if its demand were met, whichever is more. */
export function portsNeeded(group: GroupModel): number {
  return Math.max(group.used, group.wantedPorts);
}

/** How far ahead the effect of a change is computed. */
const MINUTE_SECONDS = 60;

/** The ports that a group will hold in a minute if growth and closes go on. */
export function portsAtThisRate(
  group: TupleGroup,
  growthPerSecond: number,
  closesPerSecond: number,
): WantedPorts {
  return {
    live: Math.max(0, Math.round(group.liveUsed + growthPerSecond * MINUTE_SECONDS)),
    timeWait: Math.round(closesPerSecond * heldSeconds(group)),
  };
}

/** The fields of a group that depend on its demand. */
type PortsInUse = Pick<
  TupleGroup,
  | 'liveUsed'
  | 'timeWaitUsed'
  | 'used'
  | 'free'
  | 'freeAtLeast'
  | 'headroomPercent'
  | 'reusable'
  | 'freedByReuse'
  | 'fullRangeUsed'
  | 'closeRate'
  | 'drainSchedule'
  | 'overdueTimeWait'
>;

/**
 * The ports of a group in a minute if the present demand continues and there were always enough ports. `used` may
 * exceed `usable`.
 */
export function portsInAMinute(group: GroupModel): PortsInUse {
  const { limit, mostDemandPerSecond, closesPerSecond, growthPerSecond = 0 } = group;
  const isLimited = limit?.stage === 'dry' && mostDemandPerSecond !== null;
  const perSecond = isLimited ? mostDemandPerSecond : closesPerSecond;
  const wanted = isLimited
    ? wantedPorts(group, mostDemandPerSecond, group.past)
    : portsAtThisRate(group, growthPerSecond, closesPerSecond);
  const used = inAll(wanted);
  const length = group.drainSchedule.length;
  const held = isLimited ? heldSeconds(group, 0) : heldSeconds(group);
  const isReusing = group.reusableFromAgeMs !== undefined;
  const reusable =
    isReusing && held > 0
      ? Math.max(0, Math.round((wanted.timeWait / held) * length) - wanted.timeWait)
      : 0;
  // What is in doubt stays so; a doubt of free ports that refusals raise ends with them.
  const doubtful = isLimited ? 0 : group.free - group.freeAtLeast;
  // Sockets closed within the last second are too young to be taken over.
  const freedByReuse = Math.round(wanted.timeWait * (1 - 1 / Math.max(1, held)));
  return {
    liveUsed: wanted.live,
    timeWaitUsed: wanted.timeWait,
    used,
    free: group.usable - used,
    freeAtLeast: group.usable - used - doubtful,
    headroomPercent: headroomPercent(used, group.usable),
    reusable,
    freedByReuse: isReusing ? 0 : freedByReuse,
    fullRangeUsed: used + Math.max(0, group.fullRangeUsed - group.used),
    closeRate: perSecond,
    drainSchedule: evenly(wanted.timeWait + reusable, length),
    overdueTimeWait: 0,
  };
}

/** A count shared evenly among so many seconds. */
function evenly(count: number, seconds: number): number[] {
  const until = (second: number) => Math.round((count * second) / seconds);
  return Array.from({ length: seconds }, (_, second) => until(second + 1) - until(second));
}

/** From this many times the rate before the outage on, retries may be the difference. */
const TELLING_TIMES = 1.25;

/**
 * The demand of a group out of ports without retries, as far as it can be told: connections made just before the ports
 * ran out, and the ports that they need. Undefined: not seen, or nothing was refused that may have been a retry.
 */
export function wantedBefore(
  group: GroupModel,
): { readonly perSecond: number; readonly ports: number } | undefined {
  const { limit, mostDemandPerSecond: most, connectFailures } = group;
  const perSecond = limit?.madeBeforePerSecond;
  if (limit?.stage !== 'dry' || perSecond === undefined || most === null) return undefined;
  if (connectFailures === undefined || perSecond <= 0) return undefined;
  if (most < TELLING_TIMES * perSecond) return undefined;
  return { perSecond, ports: wantedInAll(group, perSecond) };
}

/** True if a group is out of ports and its demand may be higher than what is seen. */
export function isMoreWanted({ isDemandLowerBound, limit }: GroupModel): boolean {
  return isDemandLowerBound && limit?.stage === 'dry';
}
