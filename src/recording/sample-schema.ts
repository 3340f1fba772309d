import { namespaceFile } from '../kernel/namespace-names.ts';
import { HIGHEST_PORT } from '../kernel/port-range.ts';
import { SYSCTL_NAMES, type SysctlName, type SysctlValues } from '../kernel/sysctl.ts';
import type { Sample } from '../model/sample/sample.ts';
import { LONGEST_TIME_WAIT_SECONDS } from '../model/sample/time-wait.ts';
import { fullestFirst } from '../model/sample/tuple-group.ts';
import type { Plain, PlainObject } from './delta.ts';
import {
  count,
  MOST,
  MOST_OWNERS,
  port,
  ports,
  schedule,
  words,
  some,
  states,
  time,
  usablePorts,
  type Written,
} from './fields.ts';
import { groupFrom, type WrittenGroup, writtenGroup, writtenGroupOf } from './group-schema.ts';
import {
  listOf,
  number,
  object,
  oneOf,
  optional,
  refuse,
  type Schema,
  sentence,
  text,
  truth,
  valuesOf,
  whole,
} from './schema.ts';

/**
 * A sample as plain data. Groups are keyed, so that a change of one does not touch the others. Fields are listed one by
 * one: the memory layout is not the format. Fields that can be computed from others are left out.
 */
export function toRecorded(sample: Sample): Plain {
  const groups: Record<string, PlainObject> = {};
  for (const each of sample.groups) groups[each.key] = writtenGroupOf(each);
  const { sampling, limits } = sample;
  const written: Written<Sample> = {
    takenAtMs: sample.takenAtMs,
    place: {
      kind: sample.place.kind,
      id: sample.place.id,
      name: sample.place.name,
      file: sample.place.file,
    },
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
    reservedInUse: sample.reservedInUse,
    fullRangeUsable: sample.fullRangeUsable,
    timerStepSeconds: sample.timerStepSeconds,
    limits: {
      conntrack: limits.conntrack && { ...limits.conntrack },
      openFiles: limits.openFiles.map((files) => ({ ...files })),
    },
  };
  return written;
}

/** Restores a written sample. Trusts nothing: values out of bounds throw ParseError. */
export function fromRecorded(value: Plain): Sample {
  const sample = SAMPLE(value, 'a sample');
  const { source, replayOf = source } = sample.sampling;
  const schedules = [...sample.groups, sample.remainder].map((each) => each.drainSchedule);
  const uneven = schedules.find(({ length }) => length !== sample.timeWaitSeconds);
  if (uneven !== undefined) refuse(uneven.length, 'a sample.drainSchedule');
  const { low, high } = sample.portSpace;
  if (low > high) refuse(low, 'a sample.portSpace');
  return {
    ...sample,
    sampling: { ...sample.sampling, source: 'replay', replayOf },
    groups: sample.groups
      .map((written) => groupFrom(written, sample.place.id))
      .toSorted(fullestFirst),
  };
}

const MOST_GROUPS = 20_000;
const MOST_WARNINGS = 100;

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
  // Counters have 64 bits. Beyond 2^53 the last digits are lost, as in the live view.
  number(-(2 ** 64), 2 ** 64),
);

/**
 * Sysctl values become part of commands that somebody runs as root. They are numbers, or lists or ranges of numbers;
 * anything else becomes null, not known.
 */
const sysctls: Schema<SysctlValues> = (value, at) => {
  const texts = some<SysctlName, unknown>(SYSCTL_NAMES, (item) => item)(value, at);
  const isSafe = (item: unknown) => typeof item === 'string' && /^[\d ,-]{0,400000}$/.test(item);
  return Object.fromEntries(
    SYSCTL_NAMES.map((name) => [name, isSafe(texts[name]) ? texts[name] : null]),
  ) as SysctlValues;
};

/** Part of commands as well. A path that is not plain becomes undefined, not known. */
const namespacePath: Schema<string | undefined> = (value) =>
  typeof value === 'string' ? namespaceFile([value]) : undefined;

type WrittenSample = Omit<Sample, 'groups'> & { readonly groups: readonly WrittenGroup[] };

const SAMPLE = object<WrittenSample>({
  takenAtMs: time,
  place: object({
    kind: oneOf(['here', 'namespace', 'via']),
    id: sentence(4096),
    name: text(300),
    file: optional(namespacePath),
  }),
  host: object({ hostname: text(300), kernel: text(300) }),
  sampling: object<Sample['sampling']>({
    source: oneOf(['netlink', 'procfs', 'replay']),
    replayOf: optional(oneOf(['netlink', 'procfs', 'replay'])),
    durationMs: number(0, MOST),
    sockets: count,
    leftOut: count,
    ownersUnseen: count,
    ownersHidden: optional(words),
    isPartial: optional(truth),
    warnings: listOf(words, MOST_WARNINGS),
    fallback: optional(words),
    refusalsUnseen: optional(words),
    pacing: optional(
      object({
        intervalMs: number(0, MOST),
        cpuShare: optional(number(0, MOST)),
        lagMs: optional(number(0, MOST)),
      }),
    ),
  }),
  portSpace: object<Sample['portSpace']>({
    low: port,
    high: port,
    size: count,
    reserved: count,
    held: count,
    usable: usablePorts,
    usableAtLeast: optional(usablePorts),
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
  reservedInUse: optional(ports),
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
