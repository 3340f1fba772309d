import { headroomPercent } from './sample/headroom.ts';
import { NO_FAILURES } from './sample/refusal-memory.ts';
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
    const lingering = this.#lingering.map(({ group }) => withoutSockets(group));
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

/** The group as it is without a socket. What others take from it is as it was. */
function withoutSockets(group: TupleGroup): TupleGroup {
  const { usable, parity, connectFailures, drainSchedule } = group;
  const unused = { used: 0, reusable: 0 };
  return {
    ...group,
    used: 0,
    liveUsed: 0,
    timeWaitUsed: 0,
    free: usable,
    freeAtLeast: usable,
    uncertain: undefined,
    passingDoubt: undefined,
    unsupportedDoubt: undefined,
    isAssumed: undefined,
    ownHeadroomPercent: undefined,
    reusable: 0,
    headroomPercent: headroomPercent(0, usable),
    parity: { first: { ...parity.first, ...unused }, second: { ...parity.second, ...unused } },
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
