import { printable } from '../kernel/foreign-text.ts';
import type { GroupOwner, GroupOwners } from '../model/sample/owners.ts';
import type { Sample } from '../model/sample/sample.ts';
import { shortenEnd } from './shorten.ts';
import { formatCount } from './units.ts';

/** Number of owners that the detail of a group names; the others are only counted. */
const NAMED_OWNERS = 8;

/**
 * The owner of a group in at most `width` columns: `haproxy`; with others, `haproxy +2`; `?` if no owner is known; empty
 * if there are no live connections.
 */
export function ownerText(group: GroupOwners, width: number, ellipsis: string): string {
  const [first, ...others] = group.owners;
  if (first === undefined) return group.unownedSockets > 0 ? '?' : '';
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return shortenEnd(nameOf(first), width - more.length, ellipsis) + more;
}

/** What keeps owners from being known; see Sample. */
export type Unseen = Pick<Sample['sampling'], 'ownersUnseen' | 'ownersHidden'>;

/** All owners of a group with their pids and sockets, and why some are not known. */
export function ownersText(group: GroupOwners, unseen: Unseen): string {
  const { owners, unownedSockets } = group;
  const named = owners
    .slice(0, NAMED_OWNERS)
    .map((owner) => `${nameOf(owner)} (${owner.pid}) ${socketsText(owner, group)}`);
  const others = owners.slice(NAMED_OWNERS);
  const pieces = [
    ...named,
    ...(others.length > 0 ? [`${formatCount(others.length)} more processes`] : []),
    ...(unownedSockets > 0 ? [`not known ${formatCount(unownedSockets)}`] : []),
  ];
  if (pieces.length === 0) return 'none: TIME_WAIT belongs to no process';
  const reason = unownedSockets > 0 ? ` — ${unknownReason(group, unseen)}` : '';
  return `${pieces.join(', ')}${reason}`;
}

function nameOf({ command, pid }: GroupOwner): string {
  const name = printable(command);
  return name.trim() === '' ? `pid ${pid}` : name;
}

/** A process whose connections have all closed may hold those whose owner is not known: it did not stop connecting. */
function socketsText({ sockets }: GroupOwner, { unownedSockets }: GroupOwners): string {
  if (sockets > 0) return formatCount(sockets);
  return unownedSockets > 0 ? 'in the last minute' : 'all closed';
}

/**
 * Owners are looked up every few seconds, and shorter connections are known of no process. A process that cannot be read
 * comes first only where no owner is known, as one that is known makes more connections most likely.
 */
function unknownReason(
  { owners }: GroupOwners,
  { ownersHidden, ownersUnseen: unseen }: Unseen,
): string {
  if (ownersHidden !== undefined) return ownersHidden;
  if (unseen === 0)
    return "just opened, the kernel's own, or held by a process that is invisible here";
  const process = unseen === 1 ? 'a process' : `one of ${formatCount(unseen)} processes`;
  const held = `held by ${process} that cannot be read`;
  const remedy = '(root can, in a container with CAP_SYS_PTRACE)';
  return owners.length === 0
    ? `${held} ${remedy}, or just opened`
    : `just opened, or ${held} ${remedy}`;
}
