import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { GroupOwner } from './owners.ts';
import type { Sample } from './sample.ts';
import type { TupleGroup } from './tuple-group.ts';

/** A process that held sockets of a group. */
interface FormerOwner {
  readonly command: ForeignText;
  readonly seenAtMs: number;
}

/**
 * Remembers the owners of each group for as long as TIME_WAIT lasts. Short connections are mostly closed by the time
 * owners are searched, and TIME_WAIT has no owner; the memory still tells who makes them.
 */
export class OwnerMemory {
  #byGroup = new Map<string, Map<number, FormerOwner>>();

  /** Appends the former owners of each group, with 0 sockets, for as long as TIME_WAIT lasts. */
  recall(sample: Sample): Sample {
    const byGroup = new Map<string, Map<number, FormerOwner>>();
    const groups = sample.groups.map((group) => {
      const seen = this.#update(group, sample);
      if (seen.size === 0) return group;
      byGroup.set(group.key, seen);
      if (seen.size === group.owners.length) return group;
      return { ...group, owners: [...group.owners, ...formerOwners(seen, group.owners)] };
    });
    this.#byGroup = byGroup;
    return { ...sample, groups };
  }

  #update(
    { key, owners, connectFailures }: TupleGroup,
    { takenAtMs, timeWaitSeconds }: Sample,
  ): Map<number, FormerOwner> {
    const seen = this.#byGroup.get(key) ?? new Map<number, FormerOwner>();
    // Whoever was refused wants connections of this group, and connections too short to be found have no other owner.
    for (const { pid, command } of connectFailures?.processes ?? []) {
      const seenAtMs = connectFailures?.lastAtMs ?? takenAtMs;
      if (pid !== undefined && !seen.has(pid)) seen.set(pid, { command, seenAtMs });
    }
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

/** The processes in `seen` that are not among the present owners, last seen first. */
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
