import type { GroupModel } from '../group-model.ts';
import { type GroupPast, NO_PAST } from '../group-past.ts';
import { forecastFrom, type Model } from '../model.ts';
import type { Sample } from '../sample/sample.ts';
import { reuseRule } from '../sample/time-wait.ts';
import { fullestFirst, type TupleGroup } from '../sample/tuple-group.ts';
import { portsInAMinute } from '../wanted-ports.ts';
import { changedGroup, changedPorts } from './changed-group.ts';
import {
  isAsItIs,
  type Scale,
  scaled,
  scaledCount,
  scaledSchedule,
  scaleOf,
  type WhatIf,
} from './changes.ts';

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
 * - A group that is out of ports, or was within the last minute, would hold what its demand wants: refused connections
 *   are counted with those made.
 * - Where that is more than there are ports, all are taken: the group is out of ports.
 *
 * Counts are rounded up. There is no advice on a machine that does not exist.
 */
export function applyWhatIf(model: Model, changes: WhatIf): Model {
  if (isAsItIs(changes)) return model;
  const scale = scaleOf(changes);
  const sample = changedSample(model, changes, scale);
  const pasts = new Map(model.groups.map((group) => [group.key, pastAfter(group, scale)]));
  const pastOf = ({ key }: TupleGroup) => pasts.get(key) ?? NO_PAST;
  const opens =
    model.opensPerSecond === undefined
      ? undefined
      : scaled(model.opensPerSecond, scale.allTimeWait);
  return {
    ...forecastFrom(sample, pastOf, opens),
    drainSchedule: scaledSchedule(model.drainSchedule, scale.allTimeWait),
    closeRate: scaled(model.closeRate, scale.allTimeWait),
    advice: [],
    followed: [],
  };
}

/** Whoever wanted connections gets them then, and nobody remembers that ports were out. */
function pastAfter(group: GroupModel, scale: Scale): GroupPast {
  const { growthPerSecond, growthSeenSeconds: seenSeconds, demandPerSecond } = group;
  const growth =
    growthPerSecond === undefined
      ? undefined
      : { perSecond: scaled(growthPerSecond, scale.live), seenSeconds };
  const made = demandPerSecond === null ? undefined : scaled(demandPerSecond, scale.timeWait);
  return { growth, madePerSecond: made, limit: undefined };
}

function changedSample({ sample, groups }: Model, changes: WhatIf, scale: Scale): Sample {
  const sysctls = {
    ...sample.sysctls,
    ...(changes.range && {
      'net.ipv4.ip_local_port_range': `${changes.range.low} ${changes.range.high}`,
    }),
    ...(changes.reuse !== undefined && { 'net.ipv4.tcp_tw_reuse': `${changes.reuse}` }),
  };
  const models = new Map(groups.map((group) => [group.key, group]));
  const ports = changedPorts(sample, changes.range);
  const rule = reuseRule(sysctls);
  const { timeWaitNow } = sample.counters;
  const timeWait = sample.byState.TIME_WAIT;
  return {
    ...sample,
    sysctls,
    portSpace: ports.space,
    groups: sample.groups
      .map((group) => withDemand(group, models.get(group.key)))
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

/** What a group that is out of ports holds is less than it wants; and nothing would be refused. */
function withDemand(group: TupleGroup, model: GroupModel | undefined): TupleGroup {
  const wanting = model?.limit?.isDry === true ? { ...group, ...portsInAMinute(model) } : group;
  return { ...wanting, connectFailures: undefined };
}
