import type { PortRange } from '../../kernel/port-range.ts';
import { isLoopbackText } from '../sample/addresses.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { forecastFrom, type Model } from '../model.ts';
import type { GroupModel } from '../group-model.ts';
import {
  countByParity,
  mapPorts,
  measurePortSpace,
  type PortsByParity,
  type PortSettings,
  type PortSpace,
  portSettings,
} from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import { reusableFromAgeMs, type ReuseRule, reuseRule } from '../sample/time-wait.ts';
import { fullestFirst, type ParityUse, type TupleGroup } from '../sample/tuple-group.ts';
import { reservedUnder } from './reservation.ts';
import { FULL_RANGE } from '../sample/full-range.ts';

/** Changes to look at before they are made; what is left out stays as it is. */
export interface WhatIf {
  /** net.ipv4.ip_local_port_range. */
  readonly range?: PortRange;
  /** net.ipv4.tcp_tw_reuse. */
  readonly reuse?: number;
  /** So many (destination address, port) pairs for each one of now. */
  readonly destinations?: number;
  /** So many source addresses for each one of now. */
  readonly sources?: number;
  /** Of 100 connections opened now, so many are saved as their requests find an open one; 0 … 99. */
  readonly keepAlivePercent?: number;
  /** So many times the requests, and with them the connections, of now. */
  readonly rateFactor?: number;
}

/** True where nothing is changed. */
export function isAsItIs(changes: WhatIf): boolean {
  return Object.keys(changes).length === 0;
}

/**
 * The model as it would be if the changes had been made more than a minute ago, so that all TIME_WAIT
 * sockets of now had come under them. What the kernel decides is computed as for a real sample:
 *
 * - range: usable ports, with the reserved and the held ones that lie in the new range. Where a wider range
 *   would take in ports that services listen on, they are reserved (`whatIfCommands` says how).
 * - tcp_tw_reuse: TIME_WAIT older than tcp_tw_reuse_delay is reusable, where the mode covers the group; without
 *   TCP timestamps nothing is, and ports that a bind() before connect() seems to hold never are.
 *
 * The rest is assumed, plainly:
 *
 * - A new range changes which ports connections have and not how many: what a group uses it would use there
 *   as well, as long as there are ports. Ports that a bind() seems to hold are as many. Connections on ports
 *   outside the range of now count in the widest range only, as live ones; elsewhere it is not known whether
 *   they are in it.
 * - n destinations, or n sources: each group's connections and rates are spread evenly over n groups; a group
 *   of the result is one of those n. The totals of the machine (drain schedule, closes, opens) stay.
 * - keep-alive k %: closes, opens and TIME_WAIT are (100 - k) % of those of now; as many connections as now
 *   are live, since as many requests are under way at a time.
 * - rate × f: closes, opens, TIME_WAIT, live connections and their growth are f times those of now.
 * - Where that is more than there are ports, all are taken: the group is out of ports.
 *
 * Counts are rounded up. There is no advice on a machine that does not exist.
 */
export function applyWhatIf(model: Model, changes: WhatIf): Model {
  if (isAsItIs(changes)) return model;
  const scale = scaleOf(changes);
  const sample = changedSample(model, changes, scale);
  const growth = new Map(model.groups.map((group) => [group.label, group.growthPerSecond]));
  const growthOf = ({ label }: TupleGroup) => scaled(growth.get(label) ?? 0, scale.live);
  const opens =
    model.opensPerSecond === undefined
      ? undefined
      : scaled(model.opensPerSecond, scale.allTimeWait);
  return {
    ...forecastFrom(sample, growthOf, opens),
    drainSchedule: scaledSchedule(model.drainSchedule, scale.allTimeWait),
    closeRate: scaled(model.closeRate, scale.allTimeWait),
    advice: [],
  };
}

/** A factor as a fraction of whole or half numbers, so that a result that is whole comes out whole. */
interface Factor {
  readonly times: number;
  readonly by: number;
}

interface Scale {
  /** Live connections of one group. */
  readonly live: Factor;
  /** TIME_WAIT and rates of one group. */
  readonly timeWait: Factor;
  /** TIME_WAIT and rates of the machine. */
  readonly allTimeWait: Factor;
}

function scaleOf(changes: WhatIf): Scale {
  const { destinations = 1, sources = 1, keepAlivePercent = 0, rateFactor = 1 } = changes;
  const groups = destinations * sources;
  const opened = 100 - keepAlivePercent;
  return {
    live: { times: rateFactor, by: groups },
    timeWait: { times: rateFactor * opened, by: groups * 100 },
    allTimeWait: { times: rateFactor * opened, by: 100 },
  };
}

function scaled(amount: number, { times, by }: Factor): number {
  return (amount * times) / by;
}

function scaledCount(count: number, factor: Factor): number {
  return Math.ceil(scaled(count, factor));
}

/** Rounds the running total and not each second, so that few sockets a second do not become many. */
function scaledSchedule(schedule: readonly number[], factor: Factor): number[] {
  let total = 0;
  let before = 0;
  return schedule.map((count) => {
    total += count;
    const after = scaledCount(total, factor);
    const here = after - before;
    before = after;
    return here;
  });
}

function changedSample({ sample }: Model, changes: WhatIf, scale: Scale): Sample {
  const sysctls = {
    ...sample.sysctls,
    ...(changes.range && {
      'net.ipv4.ip_local_port_range': `${changes.range.low} ${changes.range.high}`,
    }),
    ...(changes.reuse !== undefined && { 'net.ipv4.tcp_tw_reuse': `${changes.reuse}` }),
  };
  const ports = changedPorts(sample, changes.range);
  const rule = reuseRule(sysctls);
  const { timeWaitNow } = sample.counters;
  const timeWait = sample.byState.TIME_WAIT;
  return {
    ...sample,
    sysctls,
    portSpace: ports.space,
    groups: sample.groups
      .map((group) => changedGroup(group, { ...ports, rule, scale }))
      .toSorted(fullestFirst),
    remainder: {
      ...sample.remainder,
      timeWait: scaledCount(sample.remainder.timeWait, scale.allTimeWait),
      drainSchedule: scaledSchedule(sample.remainder.drainSchedule, scale.allTimeWait),
    },
    byState: {
      ...sample.byState,
      ...(timeWait !== undefined && { TIME_WAIT: scaledCount(timeWait, scale.allTimeWait) }),
    },
    counters: {
      ...sample.counters,
      ...(timeWaitNow !== undefined && {
        timeWaitNow: scaledCount(timeWaitNow, scale.allTimeWait),
      }),
    },
  };
}

interface ChangedPorts {
  /** True where the range becomes the widest one. */
  readonly isFullRange: boolean;
  readonly space: PortSpace;
  /** Without the ports that bind() before connect() seems to hold, as is `usableBefore`. */
  readonly byParity: PortsByParity;
  readonly usableBefore: number;
}

function changedPorts(sample: Sample, range: PortRange | undefined): ChangedPorts {
  const { inferredHeld, heldPorts } = sample;
  const usableBefore = sample.portSpace.usable + inferredHeld;
  const settings: PortSettings =
    range === undefined
      ? portSettings(sample.sysctls)
      : { range, reserved: reservedUnder(sample, range).reserved, warnings: [] };
  const map = mapPorts(settings, heldPorts);
  return {
    isFullRange: range?.low === FULL_RANGE.low && range.high === FULL_RANGE.high,
    space: measurePortSpace(settings.range, map, inferredHeld),
    byParity: countByParity(settings.range, map),
    usableBefore,
  };
}

interface GroupChange extends ChangedPorts {
  readonly rule: ReuseRule;
  readonly scale: Scale;
}

function changedGroup(group: TupleGroup, change: GroupChange): TupleGroup {
  const { scale, byParity, usableBefore } = change;
  const lost = usableBefore - group.usable;
  const usable = Math.max(0, byParity.first + byParity.second - lost);
  const timeWait = changedTimeWait(group, change.rule);
  const outside = change.isFullRange ? Math.max(0, group.fullRangeUsed - group.used) : 0;
  const liveUsed = Math.min(usable, scaledCount(group.liveUsed + outside, scale.live));
  const timeWaitUsed = Math.min(
    usable - liveUsed,
    scaledCount(timeWait.timeWaitUsed, scale.timeWait),
  );
  const used = liveUsed + timeWaitUsed;
  return {
    ...group,
    usable,
    used,
    liveUsed,
    timeWaitUsed,
    free: usable - used,
    // What is in doubt stays so.
    freeAtLeast: usable - used - (group.free - group.freeAtLeast),
    reusable: Math.min(usable - used, scaledCount(timeWait.reusable, scale.timeWait)),
    headroomPercent: headroomPercent(used, usable),
    parity: changedParity(group, used, usable, Math.max(0, byParity.second - lost)),
    byState: scaledStates(group.byState, scale),
    closeRate: scaled(group.closeRate, scale.timeWait),
    drainSchedule: scaledSchedule(group.drainSchedule, scale.timeWait),
    overdueTimeWait: scaled(group.overdueTimeWait, scale.timeWait),
    reusableFromAgeMs: timeWait.reusableFromAgeMs,
    // Which ports it would have nobody knows.
    portUse: undefined,
  };
}

/** connect() fills the first half before the second; ports that a bind() holds are in the second. */
function changedParity(
  { used: before, parity, bindBeforeConnect }: TupleGroup,
  used: number,
  usable: number,
  secondUsable: number,
): { first: ParityUse; second: ParityUse } {
  const firstUsable = usable - secondUsable;
  const isSame =
    used === before && firstUsable === parity.first.usable && secondUsable === parity.second.usable;
  const first = isSame
    ? parity.first.used
    : Math.max(
        used - secondUsable,
        Math.min(firstUsable, used - Math.min(used, bindBeforeConnect.ports)),
      );
  return {
    first: { usable: firstUsable, used: first },
    second: { usable: secondUsable, used: used - first },
  };
}

type TimeWaitUse = Pick<TupleGroup, 'timeWaitUsed' | 'reusable' | 'reusableFromAgeMs'>;

/** A group's TIME_WAIT, blocking or not by another rule. */
function changedTimeWait(group: TupleGroup, rule: ReuseRule): TimeWaitUse {
  const isLoopback = [group.localAddress, group.remoteAddress].some(isLoopbackText);
  const fromAgeMs = reusableFromAgeMs(rule, isLoopback);
  const age = Number.isFinite(fromAgeMs) ? fromAgeMs : undefined;
  if (age === group.reusableFromAgeMs) return group;
  const all = group.timeWaitUsed + group.reusable;
  const reusable = age === undefined ? 0 : group.reusable + group.freedByReuse;
  const timeWaitUsed = all - reusable;
  return { timeWaitUsed, reusable, reusableFromAgeMs: age };
}

function scaledStates(byState: GroupModel['byState'], scale: Scale): GroupModel['byState'] {
  return Object.fromEntries(
    Object.entries(byState).map(([state, count]) => [
      state,
      scaledCount(count, state === 'TIME_WAIT' ? scale.timeWait : scale.live),
    ]),
  );
}
