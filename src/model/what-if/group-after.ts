import type { CloseTrend } from '../close-trend.ts';
import { type Forecast, forecastGroup, heldSeconds } from '../forecast.ts';
import type { GroupModel } from '../group-model.ts';
import { drainPerSecond } from '../group-outlook.ts';
import type { GroupPast } from '../group-past.ts';
import { sum } from '../line-fit.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { NO_FAILURES } from '../sample/refusal-memory.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import type { TimerWheel } from '../timer-wheel.ts';
import { portsInAMinute } from '../wanted-ports.ts';
import { changedGroup, type GroupChange } from './changed-group.ts';
import { type Scale, scaled, scaledCount, scaledSchedule, scaleOf } from './changes.ts';

/** What becomes of a group after a change. */
export interface GroupAfter {
  /** A minute after it; right after it where the ports run out within that minute. */
  readonly group: TupleGroup;
  /** From now on. */
  readonly forecast: Forecast;
}

/** What runs out within this time is shown while it has ports left. */
const MINUTE_SECONDS = 60;

/**
 * A group after a change. Range and reuse rule change at once, and present TIME_WAIT runs out by its timers; what
 * programs do differently shows in what they open and close from now on. A group that is out of ports makes as many
 * connections as it wants, and nothing is refused. `seen`: the group as the sample has it.
 */
export function groupAfter(
  seen: TupleGroup,
  group: GroupModel,
  change: GroupChange,
  wheel: TimerWheel | undefined,
): GroupAfter {
  // Where refusals can be seen, it is seen that there are none.
  const met = { ...seen, connectFailures: seen.connectFailures && NO_FAILURES };
  const atOnce = changedGroup(met, { ...change, scale: scaleOf({}) });
  const inAMinute = changedGroup({ ...met, ...portsInAMinute(group) }, change);
  const forecast = forecastAfter(group, atOnce, change.scale, wheel);
  const { etaSeconds } = forecast;
  const isSoon = etaSeconds !== null && etaSeconds <= MINUTE_SECONDS;
  const isDry = group.limit?.stage === 'dry';
  // Of a group that is out of ports, those that come free in batches are no room.
  const room = atOnce.free - (isDry ? group.free : 0);
  if (isSoon && etaSeconds > 0 && room > 0 && !(isDry && inAMinute.free > 0))
    return { group: atOnce, forecast };
  const needed = scaledUse(portsInAMinute(group), change.scale);
  return {
    group: withRefusals(inAMinute, needed, scaledDemand(group, change.scale)),
    forecast: isSoon ? { ...forecast, etaSeconds: null, etaRangeSeconds: null } : forecast,
  };
}

/** The demand after a change, in connections per second; 0 if it is not known. */
export function scaledDemand(
  { mostDemandPerSecond }: Pick<GroupModel, 'mostDemandPerSecond'>,
  { timeWait }: Scale,
): number {
  return scaled(mostDemandPerSecond ?? 0, timeWait);
}

function scaledUse(
  { liveUsed, timeWaitUsed }: ReturnType<typeof portsInAMinute>,
  { live, timeWait }: Scale,
): number {
  return scaledCount(liveUsed, live) + scaledCount(timeWaitUsed, timeWait);
}

/** A group that needs more ports than there are: what finds none is refused, and not closed. `demand`: connections per second. */
function withRefusals(group: TupleGroup, needed: number, demand: number): TupleGroup {
  const { usable, free, connectFailures, drainSchedule, timeWaitUsed, reusable } = group;
  if (free > 0 || needed <= usable) return group;
  const perSecond = demand * (1 - usable / needed);
  const lastMinute = Math.round(60 * perSecond);
  const all = Math.max(1, sum(drainSchedule));
  const made = { times: Math.min(all, timeWaitUsed + reusable), by: all };
  return {
    ...group,
    closeRate: scaled(group.closeRate, made),
    drainSchedule: scaledSchedule(drainSchedule, made),
    ...(connectFailures && {
      connectFailures: { ...connectFailures, perSecond, lastMinute, total: lastMinute },
    }),
  };
}

/** The growth of a group's live connections after a change; undefined: not known. */
export function growthAfter(group: GroupModel, { live }: Scale): GroupPast['growth'] {
  const { limit, growthPerSecond, growthSeenSeconds: seenSeconds } = group;
  if (growthPerSecond === undefined) return undefined;
  // What ports in batches let it grow by says nothing of a group with enough of them.
  const perSecond = limit?.stage === 'dry' ? 0 : scaled(growthPerSecond, live);
  return { perSecond, seenSeconds };
}

function forecastAfter(
  group: GroupModel,
  atOnce: TupleGroup,
  scale: Scale,
  wheel: TimerWheel | undefined,
): Forecast {
  const trend = trendAfter(group, scale);
  const growth = growthAfter(group, scale);
  const past = { growth, openedShare: group.past.openedShare };
  const draining = drainPerSecond({ closesPerSecond: trend.perSecond }, past);
  return forecastGroup(
    withLiveAfter(group, atOnce, scale),
    draining ?? growth?.perSecond ?? 0,
    wheel,
    trend,
  );
}

/** Closes from now on. */
function trendAfter(group: GroupModel, { timeWait }: Scale): CloseTrend {
  const trend =
    group.limit?.stage === 'dry'
      ? steadyTrend(portsInAMinute(group).timeWaitUsed / Math.max(heldSeconds(group, 0), 0.001))
      : group.trend;
  const { bursts, ...rates } = trend;
  return {
    ...rates,
    perSecond: scaled(rates.perSecond, timeWait),
    perSecondSquared: scaled(rates.perSecondSquared, timeWait),
    standardError: scaled(rates.standardError, timeWait),
    ...(bursts && { bursts: { ...bursts, size: scaled(bursts.size, timeWait) } }),
  };
}

function steadyTrend(perSecond: number): CloseTrend {
  return {
    perSecond,
    perSecondSquared: 0,
    trendSeconds: 0,
    standardError: 0,
    seenSeconds: MINUTE_SECONDS,
  };
}

/** The group right after a change, with the live connections that it has soon. */
function withLiveAfter(group: GroupModel, atOnce: TupleGroup, { live }: Scale): TupleGroup {
  const soon = group.limit?.stage === 'dry' ? portsInAMinute(group).liveUsed : atOnce.liveUsed;
  const liveUsed = Math.min(atOnce.usable - atOnce.timeWaitUsed, scaledCount(soon, live));
  const used = liveUsed + atOnce.timeWaitUsed;
  const headroom = headroomPercent(used, atOnce.usable);
  return { ...atOnce, liveUsed, used, free: atOnce.usable - used, headroomPercent: headroom };
}
