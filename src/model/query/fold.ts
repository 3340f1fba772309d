import { type FilterTest, type FilterWord, NO_OWNER } from './filter-words.ts';
import type { GroupModel } from '../group-model.ts';
import { type GroupOwner, mainOwner } from '../sample/owners.ts';
import { SEVERITIES } from '../severity.ts';
import { sumSchedules } from '../sample/remainder.ts';
import { fullestFirst } from '../sample/tuple-group.ts';
import { endpoint } from '../sample/tuple-label.ts';

/** What groups can be folded by, in the order of the key that cycles through them. */
export const FOLDINGS = ['destination', 'owner', 'source'] as const;

export type Folding = (typeof FOLDINGS)[number];

/** Several groups with something in common. */
export interface Fold {
  readonly by: Folding;
  /** Number of groups in it. */
  readonly members: number;
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
};

function foldOf(members: readonly GroupModel[], by: Folding): VisibleGroup {
  const [first, ...others] = members.toSorted(fullestFirst);
  if (first === undefined) throw new RangeError('a fold has at least one member');
  const { label, tests } = COMMON[by](first);
  const key = `${by} ${label}`;
  const words = tests.map((test) => ({ ...test, negated: false }));
  const fold = { by, members: members.length, worst: first, words };
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
  const byPid = new Map<number, GroupOwner>();
  for (const owner of members.flatMap(({ owners }) => owners)) {
    const sockets = (byPid.get(owner.pid)?.sockets ?? 0) + owner.sockets;
    byPid.set(owner.pid, { ...owner, sockets });
  }
  return [...byPid.values()].toSorted((a, b) => b.sockets - a.sockets || a.pid - b.pid);
}
