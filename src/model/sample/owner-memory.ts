import type { GroupOwner } from './owners.ts';
import type { Sample } from './sample.ts';
import type { TupleGroup } from './tuple-group.ts';

/** A process that had sockets of a group. */
interface FormerOwner {
  readonly command: string;
  readonly seenAtMs: number;
}

/**
 * Remembers the owners of each group for as long as the connections that they closed are in TIME_WAIT.
 * Where connections are short, hardly one is there when it is looked for, and yet it is known who makes them.
 */
export class OwnerMemory {
  #byGroup = new Map<string, Map<number, FormerOwner>>();

  /** Adds to the owners of each group, at their end and with 0 sockets, those that it had within the last minute. */
  recall(sample: Sample): Sample {
    const byGroup = new Map<string, Map<number, FormerOwner>>();
    const groups = sample.groups.map((group) => {
      const seen = this.#update(group, sample);
      if (seen.size === 0) return group;
      byGroup.set(group.key, seen);
      if (seen.size === group.owners.length) return group;
      return { ...group, owners: [...group.owners, ...formerOwners(seen, group.owners)] };
    });
    // Groups that have gone are forgotten.
    this.#byGroup = byGroup;
    return { ...sample, groups };
  }

  #update(
    { key, owners }: TupleGroup,
    { takenAtMs, timeWaitSeconds }: Sample,
  ): Map<number, FormerOwner> {
    const seen = this.#byGroup.get(key) ?? new Map<number, FormerOwner>();
    for (const { pid, command } of owners) {
      // Last in the map: last seen.
      seen.delete(pid);
      seen.set(pid, { command, seenAtMs: takenAtMs });
    }
    for (const [pid, { seenAtMs }] of seen)
      if (takenAtMs - seenAtMs > timeWaitSeconds * 1000) seen.delete(pid);
    return seen;
  }
}

/** Those who are in `seen` and not among the present owners, last seen first. */
function formerOwners(
  seen: ReadonlyMap<number, FormerOwner>,
  owners: readonly GroupOwner[],
): GroupOwner[] {
  const present = new Set(owners.map(({ pid }) => pid));
  return [...seen]
    .filter(([pid]) => !present.has(pid))
    .map(([pid, { command }]) => ({ pid, command, sockets: 0 }))
    .toReversed();
}
