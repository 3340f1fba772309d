import { HIGHEST_PORT } from '../kernel/port-range.ts';
import { headroomPercent } from '../model/sample/headroom.ts';
import { MOST_SLICES, type PortUse, portUseBytes } from '../model/sample/port-use.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
import type { TupleGroup } from '../model/sample/tuple-group.ts';
import { groupKey, groupLabel } from '../model/sample/tuple-label.ts';
import type { PlainObject } from './delta.ts';
import {
  address,
  connectionCount,
  count,
  MOST,
  MOST_OWNERS,
  port,
  schedule,
  words,
  states,
  time,
  usablePorts,
  type Written,
} from './fields.ts';
import {
  listOf,
  number,
  object,
  oneOf,
  optional,
  refuse,
  type Schema,
  text,
  truth,
  whole,
} from './schema.ts';

/** A group as it is written: without the fields that can be computed from the others. */
export type WrittenGroup = Omit<TupleGroup, 'key' | 'label' | 'headroomPercent'>;

/** The fields to write of a group. They are listed one by one: the memory layout is not the format. */
export function writtenGroupOf(group: TupleGroup): PlainObject {
  const { connectFailures: failures, parity, portUse } = group;
  const written: Written<WrittenGroup> = {
    localAddress: group.localAddress,
    remoteAddress: group.remoteAddress,
    remotePort: group.remotePort,
    family: group.family,
    device: group.device,
    portRange: { low: group.portRange.low, high: group.portRange.high },
    usable: group.usable,
    used: group.used,
    liveUsed: group.liveUsed,
    timeWaitUsed: group.timeWaitUsed,
    free: group.free,
    freeAtLeast: group.freeAtLeast,
    uncertain: group.uncertain,
    passingDoubt: group.passingDoubt,
    unsupportedDoubt: group.unsupportedDoubt,
    isAssumed: group.isAssumed,
    ownHeadroomPercent: group.ownHeadroomPercent,
    reusable: group.reusable,
    parity: { first: { ...parity.first }, second: { ...parity.second } },
    outsideRange: { ...group.outsideRange },
    fullRangeUsed: group.fullRangeUsed,
    fullRangeLost: group.fullRangeLost,
    reservedUsed: group.reservedUsed,
    freedByReuse: group.freedByReuse,
    orphanedFinWait2: group.orphanedFinWait2,
    bindBeforeConnect: { ...group.bindBeforeConnect },
    reuse: group.reuse && { ...group.reuse },
    connectFailures: failures && {
      perSecond: failures.perSecond,
      lastMinute: failures.lastMinute,
      total: failures.total,
      sinceMs: failures.sinceMs,
      lastAtMs: failures.lastAtMs,
      processes: failures.processes.map((each) => ({ ...each })),
    },
    byState: { ...group.byState },
    owners: group.owners.map((each) => ({ ...each })),
    unownedSockets: group.unownedSockets,
    closeRate: group.closeRate,
    drainSchedule: group.drainSchedule,
    overdueTimeWait: group.overdueTimeWait,
    reusableFromAgeMs: group.reusableFromAgeMs,
    portUse: portUse && { slices: portUse.slices, counts: portUse.counts },
  };
  return written;
}

const half = object<TupleGroup['parity']['first']>({
  usable: usablePorts,
  used: whole(-HIGHEST_PORT, MOST),
  reusable: optional(count),
});

const owner = object<TupleGroup['owners'][number]>({
  pid: count,
  command: text(200),
  sockets: count,
});

const failures = object<ConnectFailures>({
  perSecond: number(0, MOST),
  lastMinute: count,
  total: count,
  sinceMs: optional(time),
  lastAtMs: optional(time),
  processes: listOf(
    object({ pid: optional(count), command: text(200), refusals: count }),
    MOST_OWNERS,
  ),
});

const portUse: Schema<PortUse> = (value, at) => {
  const use = object<PortUse>({
    slices: whole(1, MOST_SLICES),
    counts: (item, place) => (item instanceof Uint8Array ? item : refuse(item, place)),
  })(value, at);
  return use.counts.length === portUseBytes(use.slices) ? use : refuse(use.counts.length, at);
};

const reuseCheck = object<NonNullable<TupleGroup['reuse']>>({
  works: optional(truth),
  evidence: oneOf(['counter', 'timestamps']),
  expected: count,
  seen: count,
});

/** The schema of a written group. */
export const writtenGroup = object<WrittenGroup>({
  localAddress: address,
  remoteAddress: address,
  remotePort: port,
  family: (value, at) => (whole(4, 6)(value, at) === 6 ? 6 : 4),
  device: optional(text(100)),
  portRange: object({ low: port, high: port }),
  usable: usablePorts,
  used: connectionCount,
  liveUsed: connectionCount,
  timeWaitUsed: connectionCount,
  free: whole(-MOST, MOST),
  freeAtLeast: whole(-MOST, MOST),
  uncertain: optional(words),
  passingDoubt: optional(connectionCount),
  unsupportedDoubt: optional(connectionCount),
  isAssumed: optional(truth),
  ownHeadroomPercent: optional(number(0, 100)),
  reusable: connectionCount,
  parity: object({ first: half, second: half }),
  outsideRange: object({ count, low: optional(port), high: optional(port) }),
  fullRangeUsed: count,
  fullRangeLost: count,
  reservedUsed: count,
  freedByReuse: count,
  orphanedFinWait2: count,
  bindBeforeConnect: object({
    suspected: truth,
    ports: count,
    certain: truth,
    byNumber: optional(truth),
    evidence: optional(words),
  }),
  reuse: optional(reuseCheck),
  connectFailures: optional(failures),
  byState: states,
  owners: listOf(owner, MOST_OWNERS),
  unownedSockets: count,
  closeRate: number(0, MOST),
  drainSchedule: schedule,
  overdueTimeWait: count,
  reusableFromAgeMs: optional(number(0, MOST)),
  portUse: optional(portUse),
});

/** Restores a written group of a place. Throws ParseError if its figures contradict each other. */
export function groupFrom(written: WrittenGroup, placeId: string): TupleGroup {
  const { localAddress, remoteAddress, remotePort, device, used, usable } = written;
  const { liveUsed, timeWaitUsed, free, portRange } = written;
  if (used !== liveUsed + timeWaitUsed) refuse(used, 'a group.used');
  if (free !== usable - used) refuse(free, 'a group.free');
  if (portRange.low > portRange.high) refuse(portRange.low, 'a group.portRange');
  return {
    ...written,
    key: groupKey(placeId, localAddress, remoteAddress, remotePort, device),
    label: groupLabel(localAddress, remoteAddress, remotePort, device),
    headroomPercent: headroomPercent(used, usable),
  };
}
