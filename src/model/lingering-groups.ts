import { groupDigits } from './group-digits.ts';
import { headroomPercent } from './sample/headroom.ts';
import { NO_FAILURES } from './sample/refusal-memory.ts';
import type { PortSpace } from './sample/port-space.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** A group without sockets is kept for so long. */
const LINGERS_MS = 15_000;

interface Seen {
  readonly group: TupleGroup;
  /** When it had sockets last, Unix ms. */
  readonly atMs: number;
}

/**
 * Keeps a group whose last socket has gone, for 15 s, without a port in use: one of a few short connections a second comes and
 * goes with each look, and all that is said of it would.
 */
export class LingeringGroups {
  #before: Sample | undefined;
  #lingering: readonly Seen[] = [];

  /** Takes the newest sample; returns it with the groups that linger, of those that matter: by key. */
  push(sample: Sample, matters: (key: string) => boolean): Sample {
    const { takenAtMs, groups } = sample;
    const lately = this.#seenLately(sample).filter(({ group }) => matters(group.key));
    this.#before = sample;
    this.#lingering = [];
    if (lately.length === 0) return sample;
    const present = new Set(groups.map(({ key }) => key));
    this.#lingering = lately.filter(
      ({ group, atMs }) =>
        !present.has(group.key) && atMs <= takenAtMs && takenAtMs - atMs < LINGERS_MS,
    );
    const lingering = this.#lingering.map(({ group }) => withoutSockets(group, sample));
    return lingering.length === 0 ? sample : { ...sample, groups: [...groups, ...lingering] };
  }

  /** The groups of the sample before, and those that lingered in it; none of another range. */
  #seenLately({ portSpace: { low, high } }: Sample): readonly Seen[] {
    const before = this.#before;
    if (before?.portSpace.low !== low || before.portSpace.high !== high) return [];
    const { takenAtMs: atMs, groups } = before;
    return [...groups.map((group) => ({ group, atMs })), ...this.#lingering];
  }
}

/** The group as it is without a socket: it has what the sample leaves to a new destination. */
function withoutSockets(group: TupleGroup, sample: Sample): TupleGroup {
  const { parity, connectFailures, drainSchedule } = group;
  const { usable, usableAtLeast } = leftTo(group, sample);
  const doubtful = usable - usableAtLeast;
  // bind() before connect() holds ports of the second half first.
  const first = Math.min(parity.first.usable, usable);
  const unused = { used: 0, reusable: 0 };
  return {
    ...group,
    usable,
    used: 0,
    liveUsed: 0,
    timeWaitUsed: 0,
    free: usable,
    freeAtLeast: usableAtLeast,
    uncertain: doubtful === 0 ? undefined : doubtText(doubtful),
    passingDoubt: undefined,
    // Those that hold the ports raise the alarm, if there is one.
    unsupportedDoubt: doubtful === 0 ? undefined : doubtful,
    isAssumed: undefined,
    ownHeadroomPercent: undefined,
    reusable: 0,
    headroomPercent: headroomPercent(0, usable),
    parity: { first: { usable: first, ...unused }, second: { usable: usable - first, ...unused } },
    outsideRange: { count: 0, low: undefined, high: undefined },
    fullRangeUsed: 0,
    reservedUsed: 0,
    freedByReuse: 0,
    orphanedFinWait2: 0,
    bindBeforeConnect: { suspected: false, ports: 0, certain: false },
    reuse: undefined,
    connectFailures: connectFailures && { ...NO_FAILURES, total: connectFailures.total },
    byState: {},
    unownedSockets: 0,
    closeRate: 0,
    drainSchedule: drainSchedule.map(() => 0),
    overdueTimeWait: 0,
    portUse: undefined,
  };
}

function doubtText(ports: number): string {
  const count = ports === 1 ? '1 port' : `${groupDigits(ports)} ports`;
  return `${count} may be held: by bind() before connect(), or by sockets that could not be read.`;
}

/** Ports that a group without sockets can use. To those of a device, sockets without one are in the way. */
function leftTo(
  { device, localAddress, remoteAddress, remotePort }: TupleGroup,
  { portSpace, groups }: Sample,
): Required<Pick<PortSpace, 'usable' | 'usableAtLeast'>> {
  const unbound = groups.find(
    (group) =>
      device !== undefined &&
      group.device === undefined &&
      group.localAddress === localAddress &&
      group.remoteAddress === remoteAddress &&
      group.remotePort === remotePort,
  );
  const { usable, usableAtLeast = usable } = portSpace;
  // Of theirs, those that were surely bound are held already.
  const held = unbound?.bindBeforeConnect.certain === true ? unbound.bindBeforeConnect.ports : 0;
  const lost = Math.max(0, (unbound?.used ?? 0) - held);
  return { usable: usable - lost, usableAtLeast: Math.max(0, usableAtLeast - lost) };
}
