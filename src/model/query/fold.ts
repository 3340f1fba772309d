import { type FilterTest, type FilterWord, NO_OWNER } from './filter-words.ts';
import type { GroupModel } from '../group-model.ts';
import { type GroupOwner, mainOwner } from '../sample/owners.ts';
import { SEVERITIES } from '../severity.ts';
import { sumSchedules } from '../sample/remainder.ts';
import { fullestFirst } from '../sample/tuple-group.ts';
import { endpoint } from '../sample/tuple-label.ts';

/** What groups can be folded by, in the order in which a key goes through them. */
export const FOLDINGS = ['destination', 'owner', 'source'] as const;

export type Folding = (typeof FOLDINGS)[number];

/** What several groups have in common. */
export interface Fold {
  readonly by: Folding;
  /** How many groups it holds. */
  readonly members: number;
  /** Its fullest group. */
  readonly worst: GroupModel;
  /** The words of a filter that leaves its members. */
  readonly words: readonly FilterWord[];
}

/**
 * A group, or a fold of several. A fold has the ports and the headroom of its worst member, since each source
 * has its own; connections, closes and the drain schedule are sums, `etaSeconds` is the earliest, and its
 * label is what its members have in common, whatever their number.
 */
export type VisibleGroup = GroupModel & { readonly fold?: Fold };

/** Folds groups by what they have in common, in the order of the first of each. */
export function foldGroups(groups: readonly GroupModel[], by: Folding): VisibleGroup[] {
  const folds = Map.groupBy(groups, (group) => COMMON[by](group).label);
  return Array.from(folds.values(), (members) => foldOf(members, by));
}

/** What the label of a fold is, and how a filter asks for it. */
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

/** What a fold has more of than its worst member, or earlier. */
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
