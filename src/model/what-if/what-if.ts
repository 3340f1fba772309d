import type { GroupModel } from '../group-model.ts';
import { type GroupPast, NO_PAST } from '../group-past.ts';
import { forecastFrom, type Model } from '../model.ts';
import { sumSchedules } from '../sample/remainder.ts';
import type { Sample } from '../sample/sample.ts';
import { closesPerSecond } from '../sample/time-wait.ts';
import { fullestFirst, type TupleGroup } from '../sample/tuple-group.ts';
import { changedPorts, type GroupChange } from './changed-group.ts';
import {
  type Scale,
  scaled,
  scaledCount,
  scaledSchedule,
  scaleOf,
  type WhatIf,
} from './changes.ts';
import { presentValue, WHAT_IF_PARAMETERS, type WhatIfValue } from './choices.ts';
import { type GroupAfter, groupAfter, growthAfter, scaledDemand } from './group-after.ts';
import { ruleUnder } from './in-a-minute.ts';

/**
 * The model of a minute after the changes, if present rates go on: the same figures as `headroomInAMinute` and the
 * effects of suggestions have. A group that runs out of ports earlier is as it is right after the changes, with the time
 * that it has left from then on. What the kernel decides is computed as for a real sample:
 *
 * - range: usable ports, without the reserved and held ones in the new range. If a wider range includes ports that
 *   services listen on, these are reserved (`whatIfCommands` says how).
 * - tcp_tw_reuse: TIME_WAIT older than tcp_tw_reuse_delay is reusable if the mode covers the group. Without TCP
 *   timestamps nothing is. Ports that bind() before connect() seems to hold never are.
 *
 * The rest rests on assumptions:
 *
 * - A new range changes which ports connections have, not how many: a group uses as many ports as now, as long as
 *   there are enough. bind() seems to hold as many ports as now. Connections on ports outside the present range count
 *   only in the widest range, as live ones; for other ranges it is not known whether they are inside.
 * - n destinations, or n sources: each group's connections and rates are spread evenly over n groups. A group of the
 *   result is one of those n. The machine's totals (drain schedule, closes, TIME_WAIT) are of all n.
 * - keep-alive k %: closes, opens and TIME_WAIT are (100 - k) % of the present ones. The number of live connections
 *   stays, because as many requests are in progress at a time.
 * - rate × f: closes, opens, TIME_WAIT, live connections and their growth are f times the present ones.
 * - A group that is out of ports holds what its demand needs: refused connections count like those made.
 * - If that exceeds the usable ports, all are taken, and the group is out of ports.
 *
 * Counts are rounded up. The result has no advice.
 */
export function applyWhatIf(model: Model, changes: WhatIf): Model {
  if (isPresent(changes, model.sample)) return model;
  const scale = scaleOf(changes);
  const ports = changedPorts(model.sample, changes.range);
  const change = { ...ports, rule: ruleUnder(changes, model.sample), scale };
  const seen = new Map(model.sample.groups.map((group) => [group.key, group]));
  const after = new Map(
    model.groups.map((group) => [
      group.key,
      groupAfter(seen.get(group.key) ?? group, group, change, model.wheel),
    ]),
  );
  const sample = changedSample(model, changes, change, after);
  const pasts = new Map(
    model.groups.map((group) => [group.key, pastAfter(group, scale, after.get(group.key))]),
  );
  const pastOf = ({ key }: TupleGroup) => pasts.get(key) ?? NO_PAST;
  const opens =
    model.opensPerSecond === undefined
      ? undefined
      : scaled(model.opensPerSecond, scale.allTimeWait);
  const outcome = forecastFrom(sample, pastOf, opens);
  const drainSchedule = sumSchedules([
    ...outcome.groups.map((group) => ({
      drainSchedule: group.drainSchedule.map((count) => count * groupsOfOne(changes)),
    })),
    sample.remainder,
  ]);
  return {
    ...outcome,
    // A group of the result is one of several.
    drainSchedule,
    closeRate: closesPerSecond(drainSchedule),
    advice: [],
    followed: [],
  };
}

/** Groups that come of each: one for each source and destination. */
function groupsOfOne({ destinations = 1, sources = 1 }: WhatIf): number {
  return destinations * sources;
}

/** TIME_WAIT that there will be more of than now; the remainder is scaled. */
function moreTimeWait(
  sample: Sample,
  changes: WhatIf,
  after: ReadonlyMap<string, GroupAfter>,
  remainder: number,
): number {
  const timeWaitOf = ({ timeWaitUsed, reusable }: TupleGroup) => timeWaitUsed + reusable;
  return sample.groups.reduce((more, group) => {
    const then = after.get(group.key)?.group ?? group;
    return more + groupsOfOne(changes) * timeWaitOf(then) - timeWaitOf(group);
  }, remainder - sample.remainder.timeWait);
}

/** True if all values are the present ones. */
function isPresent(changes: WhatIf, sample: Sample): boolean {
  return WHAT_IF_PARAMETERS.every(
    (parameter) =>
      changes[parameter] === undefined ||
      isSame(changes[parameter], presentValue(parameter, sample)),
  );
}

function isSame(a: WhatIfValue | undefined, b: WhatIfValue | undefined): boolean {
  return typeof a === 'object' && typeof b === 'object'
    ? a.low === b.low && a.high === b.high
    : a === b;
}

/** A group's past after the changes: its whole demand is met, and it has not been out of ports. */
function pastAfter(group: GroupModel, scale: Scale, after: GroupAfter | undefined): GroupPast {
  const { mostDemandPerSecond, past } = group;
  const refused = after?.group.connectFailures?.perSecond ?? 0;
  const made = mostDemandPerSecond === null ? undefined : scaledDemand(group, scale) - refused;
  const live = past.recentLive;
  const recentLive = live && { ...live, mean: scaled(live.mean, scale.live) };
  return {
    ...past,
    growth: growthAfter(group, scale),
    madePerSecond: made,
    calls: undefined,
    recentLive,
    limit: undefined,
    // What it turns to counts at once.
    severity: undefined,
    forecast: after?.forecast,
  };
}

function changedSample(
  { sample }: Model,
  changes: WhatIf,
  { space, scale }: GroupChange,
  after: ReadonlyMap<string, GroupAfter>,
): Sample {
  const sysctls = {
    ...sample.sysctls,
    ...(changes.range && {
      'net.ipv4.ip_local_port_range': `${changes.range.low} ${changes.range.high}`,
    }),
    ...(changes.reuse !== undefined && { 'net.ipv4.tcp_tw_reuse': `${changes.reuse}` }),
  };
  const { timeWaitNow } = sample.counters;
  const remainder = scaledCount(sample.remainder.timeWait, scale.allTimeWait);
  const more = moreTimeWait(sample, changes, after, remainder);
  const timeWait = sample.byState.TIME_WAIT;
  return {
    ...sample,
    sysctls,
    portSpace: space,
    groups: sample.groups
      .map((group) => after.get(group.key)?.group ?? group)
      .toSorted(fullestFirst),
    remainder: {
      ...sample.remainder,
      timeWait: remainder,
      drainSchedule: scaledSchedule(sample.remainder.drainSchedule, scale.allTimeWait),
    },
    byState: {
      ...sample.byState,
      ...(timeWait !== undefined && { TIME_WAIT: Math.max(0, timeWait + more) }),
    },
    counters: {
      ...sample.counters,
      ...(timeWaitNow !== undefined && {
        timeWaitNow: Math.max(0, timeWaitNow + more),
      }),
    },
  };
}
