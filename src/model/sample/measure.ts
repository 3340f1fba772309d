import type { TcpCounters } from '../../kernel/counters.ts';
import type { KernelReading } from '../../kernel/reading.ts';
import { NO_OWNERS, type SocketOwners } from '../../kernel/socket-owners.ts';
import {
  CLOSE_WAIT,
  ESTABLISHED,
  namedStateCounts,
  type StateCounts,
  TIME_WAIT,
} from '../../kernel/tcp-state.ts';
import { wheelStepSeconds } from '../timer-wheel.ts';
import type { BoundMemory } from './bound-ports/bound-memory.ts';
import { NONE_KNOWN } from './bound-ports/rows.ts';
import type { WitnessMemory } from './bound-ports/witness-memory.ts';
import { type Classified, classify } from './classify.ts';
import { doubted, doubtsOf } from './doubts.ts';
import { FULL_RANGE } from './full-range.ts';
import { countByParity, measurePortSpace, RESERVED } from './port-space.ts';
import type { OwnerFiles, Sample } from './sample.ts';
import { reuseRule } from './time-wait.ts';
import { groupTuples } from './group-tuples.ts';
import type { TimestampMemory } from './peer-timestamps.ts';
import type { RefusalMemory } from './refusal-memory.ts';
import { ReuseMemory } from './reuse-memory.ts';
import type { TupleGroup } from './tuple-group.ts';

/** What is known besides the reading. */
export interface Known {
  /** Who holds the outgoing connections; not known by default. */
  readonly owners?: SocketOwners;
  /** Refused connect() calls; undefined: they cannot be seen. */
  readonly refusals?: RefusalMemory | undefined;
  /** What earlier samples saw of bound ports. */
  readonly witnesses?: WitnessMemory | undefined;
  /** Which sockets' ports were surely bound at earlier looks. */
  readonly boundMemory?: BoundMemory | undefined;
  /** What earlier samples say about TIME_WAIT that is not taken over. */
  readonly reuseMemory?: ReuseMemory | undefined;
  /** Which peers' live connections have TCP timestamps. */
  readonly timestamps?: TimestampMemory | undefined;
  /** Number of groups to measure one by one; smaller ones are summed up. Unlimited by default. */
  readonly mostGroups?: number | undefined;
  /** False if nobody draws the ports of the groups. */
  readonly isDrawn?: boolean | undefined;
}

/** Groups a classified reading and measures the port space. `sampling.durationMs` is 0: the caller fills it in. */
export function measure(
  classified: Classified,
  {
    owners = NO_OWNERS,
    refusals,
    witnesses,
    boundMemory,
    reuseMemory = new ReuseMemory(),
    timestamps,
    mostGroups = Infinity,
    isDrawn = true,
  }: Known = {},
): Sample {
  const { reading, settings, listeners, outgoing, heldPorts, portMap, fullRangeMap } = classified;
  const { sockets, sysctls } = reading;
  const { range } = settings;
  const fullRange = countByParity(FULL_RANGE, fullRangeMap);
  const doubts = doubtsOf(reading, settings);
  const grouping = groupTuples(sockets, {
    placeId: reading.place.id,
    tuples: outgoing,
    texts: classified.texts,
    range,
    portMap,
    fullRangeMap,
    maybeAccepted: classified.maybeAccepted,
    counters: reading.counters,
    witnesses,
    knownBound: boundMemory?.recall(classified) ?? NONE_KNOWN,
    reuseMemory,
    timestamps,
    byParity: countByParity(range, portMap),
    reuse: reuseRule(sysctls),
    sysctls,
    timeWaitSeconds: classified.timeWaitSeconds,
    showsDevices: reading.source === 'netlink',
    owners,
    refusals,
    takenAtMs: reading.takenAtMs,
    mostGroups,
    isDrawn,
  });
  boundMemory?.keep(classified, grouping.bound);
  witnesses?.heed(keysOf(grouping.bound.unlikeRush, classified));
  const { remainder, boundPorts, maybeBoundPorts } = grouping;
  // Where the sockets or the range are not known, nothing is sure.
  const maybeHeld = doubts.length === 0 ? maybeBoundPorts : Infinity;
  const groups = grouping.groups.map((group) => doubted(group, doubts));
  return {
    takenAtMs: reading.takenAtMs,
    place: reading.place,
    host: { hostname: reading.hostname, kernel: reading.kernelRelease },
    sampling: {
      source: reading.source,
      sockets: sockets.length,
      leftOut: reading.leftOut,
      ownersUnseen: owners.unseenProcesses,
      warnings: [
        ...reading.warnings,
        ...settings.warnings,
        ...(reading.sysctlsElsewhere === undefined ? [] : [reading.sysctlsElsewhere]),
      ],
      ...(reading.unreadSockets !== undefined && { isPartial: true }),
      durationMs: 0,
    },
    portSpace: measurePortSpace(range, portMap, boundPorts, maybeHeld),
    sysctls,
    counters: reading.counters,
    timeWaitSeconds: classified.timeWaitSeconds,
    byState: countStates(classified),
    groups,
    remainder,
    inferredHeld: boundPorts,
    listeningPorts: listeners.ports,
    configuredPorts: reading.configuredPorts,
    heldPorts: [...heldPorts].toSorted((a, b) => a - b),
    reservedInUse: reservedInUse(classified),
    fullRangeUsable: fullRange.first + fullRange.second,
    // procfs rounds timers to 1/100 s, which hides the wheel's step.
    timerStepSeconds:
      reading.source === 'netlink'
        ? wheelStepSeconds(sockets, classified.timeWaitSeconds)
        : undefined,
    limits: { conntrack: reading.conntrack, openFiles: openFilesOf(groups, owners) },
  };
}

function keysOf(tuples: ReadonlySet<number>, { texts }: Classified): ReadonlySet<string> {
  return new Set(Array.from(tuples, (tuple) => texts.keyOf(tuple)));
}

/** Makes a sample of a reading in one step, for callers with nothing to do between `classify` and `measure`. */
export function sampleOf(reading: KernelReading, known?: Known): Sample {
  return measure(classify(reading), known);
}

/** Reserved ports of the range that connections have: most were bound by number, which needs no ephemeral port. */
function reservedInUse({ outgoing, portMap }: Classified): number[] | undefined {
  const used: number[] = [];
  for (let port = portMap.indexOf(RESERVED); port >= 0; port = portMap.indexOf(RESERVED, port + 1))
    if (outgoing.isTaken[port] === 1) used.push(port);
  return used.length === 0 ? undefined : used;
}

function openFilesOf(groups: readonly TupleGroup[], owners: SocketOwners): OwnerFiles[] {
  const commands = new Map(
    groups.flatMap((group) => group.owners.map(({ pid, command }) => [pid, command] as const)),
  );
  return [...commands].flatMap(([pid, command]) => {
    const files = owners.filesOf(pid);
    return files === undefined ? [] : [{ pid, command, ...files }];
  });
}

function countStates({ reading: { counters, leftOut }, survey }: Classified): StateCounts {
  const counts = survey.byState.slice();
  if (leftOut > 0) addUnread(counts, counters, survey.finWait2WithoutInode);
  return namedStateCounts(counts);
}

/** Raises the counts of rows to the kernel's own totals (sockstat tw, Tcp CurrEstab). */
function addUnread(
  counts: Uint32Array,
  { timeWaitNow = 0, establishedNow = 0 }: TcpCounters,
  finWait2WithoutInode: number,
): void {
  const raise = (state: number, total: number) =>
    (counts[state] = Math.max(counts[state] ?? 0, total));
  raise(TIME_WAIT, timeWaitNow - finWait2WithoutInode);
  raise(ESTABLISHED, establishedNow - (counts[CLOSE_WAIT] ?? 0));
}
