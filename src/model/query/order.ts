import { printable } from '../../kernel/foreign-text.ts';
import type { GroupModel } from '../group-model.ts';
import { fullestFirst } from '../sample/tuple-group.ts';

/** Sort values, negated for descending columns, so that the first row is the one to worry about. */
const SORT_VALUES = {
  place: ({ place }: GroupModel) => printable(place.name),
  group: (group: GroupModel) => group.label,
  headroom: ({ uncertain, headroomPercent, headroomPercentAtLeast }: GroupModel) =>
    uncertain === undefined ? headroomPercent : headroomPercentAtLeast,
  used: (group: GroupModel) => -group.used,
  live: (group: GroupModel) => -group.liveUsed,
  tw: (group: GroupModel) => -(group.timeWaitUsed + group.reusable),
  closes: (group: GroupModel) => -group.closeRate,
  eta: (group: GroupModel) => group.etaSeconds ?? Infinity,
} as const satisfies Record<string, (group: GroupModel) => number | string>;

/** What groups can be sorted by. */
export type SortColumn = keyof typeof SORT_VALUES;

export const SORT_COLUMNS = Object.keys(SORT_VALUES) as SortColumn[];

/** Columns of words, which do not fluctuate. */
export type WordColumn = 'place' | 'group';

export function isWordColumn(column: SortColumn): column is WordColumn {
  return column === 'place' || column === 'group';
}

export interface GroupOrder {
  readonly column: SortColumn;
  readonly inverted: boolean;
}

/** Fullest first. */
export const DEFAULT_ORDER: GroupOrder = { column: 'headroom', inverted: false };

/** Sorts groups into a new array. Equal groups are fullest first. */
export function sortGroups<Group extends GroupModel>(
  groups: readonly Group[],
  { column, inverted }: GroupOrder,
): Group[] {
  const value = SORT_VALUES[column];
  const direction = inverted ? -1 : 1;
  return groups.toSorted((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === second) return fullestFirst(a, b);
    return first < second ? -direction : direction;
  });
}

/** The value that a group is sorted by: the smaller, the further up, unless the order is inverted. */
export function sortValue(group: GroupModel, column: Exclude<SortColumn, WordColumn>): number {
  return SORT_VALUES[column](group);
}
