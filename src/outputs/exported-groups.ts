import { printable } from '../kernel/foreign-text.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import { closesPerSecond } from '../model/sample/time-wait.ts';

/** Ports of one group, or of several taken together: used and free add up to usable. */
export interface PortSums {
  readonly usable: number;
  readonly used: number;
  readonly free: number;
  readonly freeAtLeast: number;
  readonly reusable: number;
  readonly closeRate: number;
}

/** Which groups have series of their own. */
interface ExportedGroups {
  readonly shown: readonly GroupModel[];
  readonly others: readonly GroupModel[];
  /** The others and what the sample has summed up already; undefined: there are none. */
  readonly otherSums: PortSums | undefined;
}

/** Splits the groups, which are the fullest first, behind the first `maxGroups`. */
export function exportedGroups({ groups, sample }: Model, maxGroups: number): ExportedGroups {
  const others = groups.slice(maxGroups);
  const sums = others.map(sumsOf);
  if (sample.remainder.groups > 0) sums.push(remainderSums(sample));
  const otherSums = sums.length === 0 ? undefined : sums.reduce(added);
  return { shown: groups.slice(0, maxGroups), others, otherSums };
}

/** A group's ports. Where no port is usable, none is free either, and none is less than none. */
export function sumsOf(group: GroupModel): PortSums {
  const { usable, used, free, freeAtLeast, reusable, closeRate } = group;
  return { usable, used, free, freeAtLeast: Math.max(0, freeAtLeast), reusable, closeRate };
}

/** Groups that were not measured one by one: each connection counts as a port in use. */
function remainderSums({ remainder, portSpace }: Model['sample']): PortSums {
  const usable = remainder.groups * portSpace.usable;
  const used = Math.min(usable, remainder.sockets);
  return {
    usable,
    used,
    free: usable - used,
    freeAtLeast: usable - used,
    reusable: 0,
    closeRate: closesPerSecond(remainder.drainSchedule),
  };
}

function added(a: PortSums, b: PortSums): PortSums {
  return {
    usable: a.usable + b.usable,
    used: a.used + b.used,
    free: a.free + b.free,
    freeAtLeast: a.freeAtLeast + b.freeAtLeast,
    reusable: a.reusable + b.reusable,
    closeRate: a.closeRate + b.closeRate,
  };
}

/** Names for a group; a user who renames processes may not make series without end. */
const MOST_COMMANDS = 10;

/**
 * Live connections by the name of their process, most first. The rest, and connections whose process is unknown, have
 * the empty name. All of them together are the groups' live connections.
 */
export function ownersByCommand(
  groups: readonly GroupModel[],
): [command: string, sockets: number][] {
  const byCommand = new Map<string, number>();
  const count = (command: string, sockets: number) =>
    byCommand.set(command, (byCommand.get(command) ?? 0) + sockets);
  for (const { owners, unownedSockets } of groups) {
    count('', unownedSockets);
    for (const { command, sockets } of owners) count(printable(command).trim(), sockets);
  }
  const unnamed = byCommand.get('') ?? 0;
  byCommand.delete('');
  const named = [...byCommand]
    .filter(([, sockets]) => sockets > 0)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const rest = named.slice(MOST_COMMANDS).reduce((sum, [, sockets]) => sum + sockets, unnamed);
  return [...named.slice(0, MOST_COMMANDS), ...(rest > 0 ? [['', rest] as [string, number]] : [])];
}
