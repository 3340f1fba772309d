import { printable } from '../../kernel/foreign-text.ts';
import { type FilterTest, type FilterWord, NO_OWNER } from './filter-words.ts';
import type { GroupModel } from '../group-model.ts';
import { type GroupOwner, mainOwner } from '../sample/owners.ts';
import { SEVERITIES } from '../severity.ts';
import { sumSchedules } from '../sample/remainder.ts';
import { fullestFirst } from '../sample/tuple-group.ts';
import { endpoint } from '../sample/tuple-label.ts';

/** What groups can be folded by, in the order of the key that cycles through them. */
export const FOLDINGS = ['destination', 'owner', 'source', 'place'] as const;

export type Folding = (typeof FOLDINGS)[number];

/** Several groups with something in common. */
export interface Fold {
  readonly by: Folding;
  /** Number of groups in it. */
  readonly members: number;
  /** Number of places that they are in. */
  readonly places: number;
  /** Its fullest group. */
  readonly worst: GroupModel;
  /** Filter words that select its members. */
  readonly words: readonly FilterWord[];
}

/**
 * A group, or a fold of several. A fold has the ports and the headroom of its worst member, because each source has its
 * own ports. Connections, closes and the drain schedule are sums. `etaSeconds` is the earliest. The label is what the
 * members have in common.
 */
export type VisibleGroup = GroupModel & { readonly fold?: Fold };

/** Folds groups. Folds are in the order of their first groups. */
export function foldGroups(groups: readonly GroupModel[], by: Folding): VisibleGroup[] {
  const folds = Map.groupBy(groups, (group) => COMMON[by](group).label);
  return Array.from(folds.values(), (members) => foldOf(members, by));
}

/** A fold's label, and the filter tests that select its members. */
const COMMON: Readonly<
  Record<Folding, (group: GroupModel) => { label: string; tests: FilterTest[] }>
> = {
  destination: ({ remoteAddress, remotePort }) => ({
    label: endpoint(remoteAddress, remotePort),
    tests: [
      { kind: 'address', end: 'dst', exact: true, text: remoteAddress },
      { kind: 'port', from: remotePort, to: remotePort },
    ],
  }),
  owner: (group) => {
    const name = mainOwner(group);
    return {
      label: name ?? 'owner not known',
      tests: [{ kind: 'owner', exact: true, text: name ?? NO_OWNER }],
    };
  },
  source: ({ localAddress }) => ({
    label: localAddress,
    tests: [{ kind: 'address', end: 'src', exact: true, text: localAddress }],
  }),
  place: ({ place }) => ({
    label: printable(place.name),
    tests: [{ kind: 'place', exact: true, text: printable(place.name) }],
  }),
};

function foldOf(members: readonly GroupModel[], by: Folding): VisibleGroup {
  const [first, ...others] = members.toSorted(fullestFirst);
  if (first === undefined) throw new RangeError('a fold has at least one member');
  const { label, tests } = COMMON[by](first);
  const key = `${by} ${label}`;
  const words = tests.map((test) => ({ ...test, negated: false }));
  const places = new Set(members.map(({ place }) => place.id)).size;
  const fold = { by, members: members.length, places, worst: first, words };
  return others.length === 0
    ? { ...first, key, label, fold }
    : { ...first, key, label, fold, ...sumsOf(members) };
}

/** The fields in which a fold differs from its worst member. */
function sumsOf(members: readonly GroupModel[]): Partial<GroupModel> {
  const sum = (value: (group: GroupModel) => number) =>
    members.reduce((total, group) => total + value(group), 0);
  const etas = members.flatMap(({ etaSeconds }) => (etaSeconds === null ? [] : [etaSeconds]));
  return {
    liveUsed: sum((group) => group.liveUsed),
    timeWaitUsed: sum((group) => group.timeWaitUsed),
    reusable: sum((group) => group.reusable),
    closeRate: sum((group) => group.closeRate),
    drainSchedule: sumSchedules(members),
    etaSeconds: etas.length === 0 ? null : Math.min(...etas),
    severity:
      SEVERITIES.findLast((level) => members.some(({ severity }) => severity === level)) ?? 'info',
    owners: sumOwners(members),
    unownedSockets: sum((group) => group.unownedSockets),
  };
}

function sumOwners(members: readonly GroupModel[]): GroupOwner[] {
  // A pid is that of one process in one place only.
  const byProcess = new Map<string, GroupOwner>();
  for (const { owners, place } of members) {
    for (const owner of owners) {
      const process = `${owner.pid} ${place.id}`;
      const sockets = (byProcess.get(process)?.sockets ?? 0) + owner.sockets;
      byProcess.set(process, { ...owner, sockets });
    }
  }
  return [...byProcess.values()].toSorted((a, b) => b.sockets - a.sockets || a.pid - b.pid);
}
