import {
  type GroupOrder,
  isWordColumn,
  type SortColumn,
  sortGroups,
  sortValue,
  type WordColumn,
} from './order.ts';
import type { GroupModel } from '../group-model.ts';

/** Difference from which on a row may pass another: in the column's unit, and as a share of the greater value. */
interface RealDifference {
  readonly absolute: number;
  readonly share: number;
}

const SHARE = 0.1;

const REAL_DIFFERENCE: Readonly<Record<Exclude<SortColumn, WordColumn>, RealDifference>> = {
  // Percent of the usable ports.
  headroom: { absolute: 2, share: 0 },
  used: { absolute: 0, share: SHARE },
  live: { absolute: 0, share: SHARE },
  tw: { absolute: 0, share: SHARE },
  closes: { absolute: 0.5, share: SHARE },
  eta: { absolute: 1, share: SHARE },
};

/** Columns whose first row is always the worst group. */
const WORST_FIRST: ReadonlySet<SortColumn> = new Set(['headroom', 'eta']);

/** A group and its sort value: the smaller, the further up. */
interface Row<Group> {
  readonly group: Group;
  readonly value: number;
}

/**
 * Sorts groups so that rows do not jump. A row passes another of the previous order (`previousKeys`, from the top) only
 * if they clearly differ. Two rows that clearly differ are in the order of a plain sort. By headroom and by time, the
 * worst group is always first. Without a previous order it is a plain sort.
 */
export function stableOrder<Group extends GroupModel>(
  previousKeys: readonly string[],
  groups: readonly Group[],
  order: GroupOrder,
): Group[] {
  const { column, inverted } = order;
  const sorted = sortGroups(groups, order);
  if (previousKeys.length === 0 || isWordColumn(column)) return sorted;
  const rank = new Map(previousKeys.map((key, index) => [key, index]));
  // New groups start last, and are then placed. The sort is stable.
  const rankOf = ({ key }: GroupModel) => rank.get(key) ?? previousKeys.length;
  const rows = sorted
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .map((group): Row<Group> => ({ group, value: sortValue(group, column) * (inverted ? -1 : 1) }));
  const worst = !inverted && WORST_FIRST.has(column) ? worstOf(rows) : undefined;
  const placed = placeAll(
    rows.filter((row) => row !== worst),
    REAL_DIFFERENCE[column],
  );
  return (worst === undefined ? placed : [worst, ...placed]).map(({ group }) => group);
}

function worstOf<Group>(rows: readonly Row<Group>[]): Row<Group> | undefined {
  return rows.reduce<Row<Group> | undefined>(
    (worst, row) => (worst === undefined || row.value < worst.value ? row : worst),
    undefined,
  );
}

/** Puts each row before the first one that is clearly after it. Since that relation is transitive, the order is right. */
function placeAll<Group>(rows: readonly Row<Group>[], difference: RealDifference): Row<Group>[] {
  const placed: Row<Group>[] = [];
  let last = -Infinity;
  for (const row of rows) {
    const isBefore = (value: number) => isClearlyBefore(row.value, value, difference);
    // Fast path: most rows stay where they are and need no comparison with those above.
    const at = isBefore(last) ? placed.findIndex(({ value }) => isBefore(value)) : placed.length;
    placed.splice(at, 0, row);
    last = Math.max(last, row.value);
  }
  return placed;
}

function isClearlyBefore(a: number, b: number, { absolute, share }: RealDifference): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a < b;
  return b - a > Math.max(absolute, share * Math.max(Math.abs(a), Math.abs(b)));
}
