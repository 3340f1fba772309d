import { HIGHEST_PORT } from '../kernel/port-range.ts';
import { SYSCTL_NAMES, type SysctlName, type SysctlValues } from '../kernel/sysctl.ts';
import { TCP_STATES, type TcpState } from '../kernel/tcp-state.ts';
import { headroomPercent } from '../model/sample/headroom.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
import { MOST_SLICES, type PortUse, portUseBytes } from '../model/sample/port-use.ts';
import { fullestFirst, type TupleGroup } from '../model/sample/tuple-group.ts';
import { groupKey, groupLabel } from '../model/sample/tuple-label.ts';
import type { Sample } from '../model/sample/sample.ts';
import {
  listOf,
  matching,
  number,
  object,
  oneOf,
  optional,
  refuse,
  type Schema,
  text,
  truth,
  valuesOf,
  whole,
} from './schema.ts';
import { LONGEST_TIME_WAIT_SECONDS } from '../model/sample/time-wait.ts';
import type { Plain, PlainObject } from './delta.ts';

/**
 * A sample as it is written: its groups by key, so that a change of one does not touch the others. Fields are
 * listed one by one: what a sample is in memory is not the format. What follows from the rest is left out.
 */
export function toRecorded(sample: Sample): Plain {
  const groups: Record<string, PlainObject> = {};
  for (const each of sample.groups) groups[each.key] = writtenGroupOf(each);
  const { sampling, limits } = sample;
  const written: Written<Sample> = {
    takenAtMs: sample.takenAtMs,
    place: { kind: sample.place.kind, id: sample.place.id, name: sample.place.name },
    host: { hostname: sample.host.hostname, kernel: sample.host.kernel },
    sampling: {
      source: sampling.source,
      replayOf: sampling.replayOf,
      durationMs: sampling.durationMs,
      sockets: sampling.sockets,
      leftOut: sampling.leftOut,
      ownersUnseen: sampling.ownersUnseen,
      ownersHidden: sampling.ownersHidden,
      isPartial: sampling.isPartial,
      warnings: sampling.warnings,
      fallback: sampling.fallback,
      refusalsUnseen: sampling.refusalsUnseen,
      pacing: sampling.pacing && { ...sampling.pacing },
    },
    portSpace: { ...sample.portSpace },
    sysctls: { ...sample.sysctls },
    counters: { ...sample.counters },
    timeWaitSeconds: sample.timeWaitSeconds,
    byState: { ...sample.byState },
    groups,
    remainder: { ...sample.remainder },
    inferredHeld: sample.inferredHeld,
    listeningPorts: sample.listeningPorts,
    configuredPorts: sample.configuredPorts?.map((each) => ({ ...each })),
    heldPorts: sample.heldPorts,
    fullRangeUsable: sample.fullRangeUsable,
    timerStepSeconds: sample.timerStepSeconds,
    limits: {
      conntrack: limits.conntrack && { ...limits.conntrack },
      openFiles: limits.openFiles.map((files) => ({ ...files })),
    },
  };
  return written;
}

/** Every field of a value, each as plain data. */
type Written<Value> = { readonly [Key in keyof Value]-?: Plain };

function writtenGroupOf(group: TupleGroup): PlainObject {
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
    isAssumed: group.isAssumed,
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
      nowPerSecond: failures.nowPerSecond,
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

/**
 * The sample that was written. Nothing of it is believed: what is out of its limits throws a ParseError, and
 * text is safe to print.
 */
export function fromRecorded(value: Plain): Sample {
  const sample = SAMPLE(value, 'a sample');
  const { source, replayOf = source } = sample.sampling;
  const schedules = [...sample.groups, sample.remainder].map((each) => each.drainSchedule);
  const uneven = schedules.find(({ length }) => length !== sample.timeWaitSeconds);
  if (uneven !== undefined) refuse(uneven.length, 'a sample.drainSchedule');
  return {
    ...sample,
    sampling: { ...sample.sampling, source: 'replay', replayOf },
    groups: sample.groups
      .map((written) => groupFrom(written, sample.place.id))
      .toSorted(fullestFirst),
  };
}

/** More than any machine has; what is computed from it is still exact. */
const MOST = 1e12;
const count = whole(0, MOST);
const port = whole(0, HIGHEST_PORT);
const ports = listOf(port, HIGHEST_PORT + 1);
/** Dates end there. */
const time = number(0, 8.64e15);
const sentence = text(2000);
const address = matching(/^[\da-f.:]+$/i, 45);

const MOST_GROUPS = 20_000;
const MOST_OWNERS = 10_000;
const MOST_WARNINGS = 100;

const schedule = listOf(count, LONGEST_TIME_WAIT_SECONDS);

/** The values of some keys, each of which may be missing. */
function some<Key extends string, Value>(
  keys: readonly Key[],
  shape: Schema<Value>,
): Schema<Partial<Record<Key, Value>>> {
  const shapes = Object.fromEntries(keys.map((key) => [key, optional(shape)]));
  return object(shapes as never);
}

const states = some(
  TCP_STATES.filter((state): state is TcpState => state !== undefined),
  count,
);

const counters = some(
  [
    'activeOpens',
    'attemptFails',
    'timeWaitReused',
    'timeWaitOverflow',
    'timeWaitNow',
    'passiveOpens',
    'resets',
    'establishedNow',
    'inUseNow',
    'orphansNow',
    'allocatedNow',
  ] as const satisfies readonly (keyof Sample['counters'])[],
  // They are 64 bits wide; beyond 2^53 their last digits are lost, here as in the live view.
  number(-(2 ** 64), 2 ** 64),
);

/**
 * They become part of commands that somebody will run as root, and all of them are numbers, lists or
 * ranges of them. What is not is as good as not known.
 */
const sysctls: Schema<SysctlValues> = (value, at) => {
  const texts = some<SysctlName, unknown>(SYSCTL_NAMES, (item) => item)(value, at);
  const isSafe = (item: unknown) => typeof item === 'string' && /^[\d ,-]{0,400000}$/.test(item);
  return Object.fromEntries(
    SYSCTL_NAMES.map((name) => [name, isSafe(texts[name]) ? texts[name] : null]),
  ) as SysctlValues;
};

// bind() in other groups may have taken more than there is.
const usablePorts = whole(-HIGHEST_PORT, HIGHEST_PORT + 1);
const half = object<TupleGroup['parity']['first']>({
  usable: usablePorts,
  used: whole(-HIGHEST_PORT, MOST),
});

const owner = object<TupleGroup['owners'][number]>({
  pid: count,
  command: text(200),
  sockets: count,
});

const failures = object<ConnectFailures>({
  perSecond: number(0, MOST),
  nowPerSecond: optional(number(0, MOST)),
  lastMinute: count,
  total: count,
  sinceMs: optional(time),
  lastAtMs: optional(time),
  processes: listOf(
    object({ pid: optional(count), command: text(200), refusals: count }),
    MOST_OWNERS,
  ),
});

type WrittenGroup = Omit<TupleGroup, 'key' | 'label' | 'headroomPercent'>;

const portUse: Schema<PortUse> = (value, at) => {
  const use = object<PortUse>({
    slices: whole(1, MOST_SLICES),
    counts: (item, place) => (item instanceof Uint8Array ? item : refuse(item, place)),
  })(value, at);
  return use.counts.length === portUseBytes(use.slices) ? use : refuse(use.counts.length, at);
};

const writtenGroup = object<WrittenGroup>({
  localAddress: address,
  remoteAddress: address,
  remotePort: port,
  family: (value, at) => (whole(4, 6)(value, at) === 6 ? 6 : 4),
  device: optional(text(100)),
  portRange: object({ low: port, high: port }),
  usable: usablePorts,
  used: count,
  liveUsed: count,
  timeWaitUsed: count,
  free: whole(-MOST, MOST),
  freeAtLeast: whole(-MOST, MOST),
  uncertain: optional(sentence),
  isAssumed: optional(truth),
  reusable: count,
  parity: object({ first: half, second: half }),
  outsideRange: object({ count, low: optional(port), high: optional(port) }),
  fullRangeUsed: count,
  fullRangeLost: count,
  reservedUsed: count,
  freedByReuse: count,
  orphanedFinWait2: count,
  bindBeforeConnect: object({ suspected: truth, ports: count, certain: truth }),
  reuse: optional(object({ works: optional(truth), expected: count, seen: count })),
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

function groupFrom(written: WrittenGroup, placeId: string): TupleGroup {
  const { localAddress, remoteAddress, remotePort, device, used, usable } = written;
  return {
    ...written,
    key: groupKey(placeId, localAddress, remoteAddress, remotePort, device),
    label: groupLabel(localAddress, remoteAddress, remotePort, device),
    headroomPercent: headroomPercent(used, usable),
  };
}

type WrittenSample = Omit<Sample, 'groups'> & { readonly groups: readonly WrittenGroup[] };

const SAMPLE = object<WrittenSample>({
  takenAtMs: time,
  place: object({
    kind: oneOf(['here', 'namespace', 'via']),
    id: text(4096),
    name: text(300),
  }),
  host: object({ hostname: text(300), kernel: text(300) }),
  sampling: object<Sample['sampling']>({
    source: oneOf(['netlink', 'procfs', 'replay']),
    replayOf: optional(oneOf(['netlink', 'procfs', 'replay'])),
    durationMs: number(0, MOST),
    sockets: count,
    leftOut: count,
    ownersUnseen: count,
    ownersHidden: optional(sentence),
    isPartial: optional(truth),
    warnings: listOf(sentence, MOST_WARNINGS),
    fallback: optional(sentence),
    refusalsUnseen: optional(sentence),
    pacing: optional(object({ intervalMs: number(0, MOST), cpuShare: optional(number(0, MOST)) })),
  }),
  portSpace: object({
    low: port,
    high: port,
    size: count,
    reserved: count,
    held: count,
    usable: usablePorts,
  }),
  sysctls,
  counters,
  timeWaitSeconds: whole(1, LONGEST_TIME_WAIT_SECONDS),
  byState: states,
  groups: valuesOf(writtenGroup, MOST_GROUPS),
  remainder: object({ groups: count, sockets: count, timeWait: count, drainSchedule: schedule }),
  inferredHeld: count,
  listeningPorts: ports,
  configuredPorts: optional(listOf(object({ port, unit: text(300) }), HIGHEST_PORT + 1)),
  heldPorts: ports,
  fullRangeUsable: usablePorts,
  timerStepSeconds: optional(number(0.1, 10)),
  limits: object<Sample['limits']>({
    conntrack: optional(
      object({ entries: count, maxEntries: count, timeWaitSeconds: optional(count) }),
    ),
    openFiles: listOf(
      object({
        pid: count,
        command: text(200),
        open: count,
        limit: number(0, Infinity),
        hardLimit: number(0, Infinity),
      }),
      MOST_OWNERS,
    ),
  }),
});
