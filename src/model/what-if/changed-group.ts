import type { PortRange } from '../../kernel/port-range.ts';
import { isLoopbackGroup } from '../sample/addresses.ts';
import { fullRange } from '../sample/full-range.ts';
import { headroomPercent } from '../sample/headroom.ts';
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
import { reusableFromAgeMs, type ReuseRule } from '../sample/time-wait.ts';
import type { ParityUse, TupleGroup } from '../sample/tuple-group.ts';
import { type Scale, scaled, scaledCount, scaledSchedule } from './changes.ts';
import { reservedUnder } from './reservation.ts';

/** The port space after a change. */
export interface ChangedPorts {
  /** True if the range becomes the widest one. */
  readonly isFullRange: boolean;
  readonly space: PortSpace;
  /** Usable ports by half, before the ports that bind() before connect() seems to hold are subtracted. */
  readonly byParity: PortsByParity;
  /** The same total in the present range. */
  readonly usableBefore: number;
}

/** Measures the port space of a sample in another range. */
export function changedPorts(sample: Sample, range: PortRange | undefined): ChangedPorts {
  const { inferredHeld, heldPorts } = sample;
  const usableBefore = sample.portSpace.usable + inferredHeld;
  const settings: PortSettings =
    range === undefined
      ? portSettings(sample.sysctls)
      : { range, reserved: reservedPortsIn(sample, range), warnings: [] };
  const map = mapPorts(settings, heldPorts);
  const full = fullRange(sample.sysctls);
  return {
    isFullRange: range?.low === full.low && range.high === full.high,
    space: measurePortSpace(settings.range, map, inferredHeld),
    byParity: countByParity(settings.range, map),
    usableBefore,
  };
}

function reservedPortsIn(sample: Sample, range: PortRange): PortRange[] {
  const { reserved, added } = reservedUnder(sample, range);
  return [...reserved, ...added];
}

/** What changes for a group. */
export interface GroupChange extends ChangedPorts {
  readonly rule: ReuseRule;
  readonly scale: Scale;
}

/** A group with its present connections under another port space, rule and scale. */
export function changedGroup(group: TupleGroup, change: GroupChange): TupleGroup {
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
    // The doubtful ports stay doubtful.
    freeAtLeast: usable - used - (group.free - group.freeAtLeast),
    reusable: Math.min(usable - used, scaledCount(timeWait.reusable, scale.timeWait)),
    headroomPercent: headroomPercent(used, usable),
    parity: changedParity(group, used, usable, Math.max(0, byParity.second - lost)),
    byState: scaledStates(group.byState, scale),
    closeRate: scaled(group.closeRate, scale.timeWait),
    drainSchedule: scaledSchedule(group.drainSchedule, scale.timeWait),
    overdueTimeWait: scaled(group.overdueTimeWait, scale.timeWait),
    reusableFromAgeMs: timeWait.reusableFromAgeMs,
    // Unknown: which ports it would hold.
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
  const isCounted = parity.first.used + parity.second.used === before;
  const isSame =
    isCounted &&
    used === before &&
    firstUsable === parity.first.usable &&
    secondUsable === parity.second.usable;
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

/** A group's TIME_WAIT under another reuse rule. */
function changedTimeWait(group: TupleGroup, rule: ReuseRule): TimeWaitUse {
  const fromAgeMs = reusableFromAgeMs(rule, isLoopbackGroup(group));
  const age = Number.isFinite(fromAgeMs) ? fromAgeMs : undefined;
  if (age === group.reusableFromAgeMs) return group;
  const all = group.timeWaitUsed + group.reusable;
  const reusable = age === undefined ? 0 : group.reusable + group.freedByReuse;
  const timeWaitUsed = all - reusable;
  return { timeWaitUsed, reusable, reusableFromAgeMs: age };
}

function scaledStates(byState: TupleGroup['byState'], scale: Scale): TupleGroup['byState'] {
  return Object.fromEntries(
    Object.entries(byState).map(([state, count]) => [
      state,
      scaledCount(count, state === 'TIME_WAIT' ? scale.timeWait : scale.live),
    ]),
  );
}
