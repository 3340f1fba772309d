import type { Folding, VisibleGroup } from '../model/query/fold.ts';
import { endpoint, groupLabel } from '../model/sample/tuple-label.ts';
import type { HostNames } from '../model/host-name.ts';
import { formatCounted } from './units.ts';

/** What the members of a fold differ in, or are. */
const MEMBERS: Readonly<Record<Folding, string>> = {
  destination: 'source',
  owner: 'group',
  source: 'destination',
  place: 'group',
};

/** The title of the labels: `folded by destination`. */
export function foldTitle(by: Folding): string {
  return `folded by ${by}`;
}

/** The label of a group, or of a fold with the number of its members: `10.0.9.21:8080 (3 sources)`. */
export function labelText(group: VisibleGroup, names: HostNames): string {
  const { localAddress, remoteAddress, remotePort, device, fold } = group;
  return fold === undefined
    ? groupLabel(localAddress, names.get(remoteAddress) ?? remoteAddress, remotePort, device)
    : foldLabel(group, names) + membersText(fold.by, fold.members);
}

/** What the members of a fold have in common. */
export function foldLabel(group: VisibleGroup, names: HostNames): string {
  const name = group.fold?.by === 'destination' ? names.get(group.remoteAddress) : undefined;
  return name === undefined ? group.label : endpoint(name, group.remotePort);
}

/** How many members a fold has: ` (3 sources)`. */
export function membersText(by: Folding, members: number): string {
  return ` (${formatCounted(members, MEMBERS[by])})`;
}
