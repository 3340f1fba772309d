import { type GroupOrder, type SortColumn, sortGroups, sortValue } from './order.ts';
import type { GroupModel } from '../group-model.ts';

/** From what difference on a row may pass another: in the column's unit, and as a share of the greater value. */
interface RealDifference {
  readonly absolute: number;
  readonly share: number;
}

const SHARE = 0.1;

const REAL_DIFFERENCE: Readonly<Record<Exclude<SortColumn, 'group'>, RealDifference>> = {
  // Percent of the usable ports.
  headroom: { absolute: 2, share: 0 },
  used: { absolute: 0, share: SHARE },
  live: { absolute: 0, share: SHARE },
  tw: { absolute: 0, share: SHARE },
  closes: { absolute: 0.5, share: SHARE },
  eta: { absolute: 1, share: SHARE },
};

/** Where the first row is the one to worry about, it is the very first. */
const WORST_FIRST: ReadonlySet<SortColumn> = new Set(['headroom', 'eta']);

/** A group, and what it is sorted by: the smaller, the further up. */
interface Row<Group> {
  readonly group: Group;
  readonly value: number;
}

/**
 * Sorts groups so that rows do not jump under the eye: one passes another of the last picture
 * (`previousKeys`, from the top) only where they differ for sure. Of any two that do, the one that is
 * first in a plain sort is first here; the worst group always is, by headroom and by time. Without a last
 * picture it is a plain sort.
 */
export function stableOrder<Group extends GroupModel>(
  previousKeys: readonly string[],
  groups: readonly Group[],
  order: GroupOrder,
): Group[] {
  const { column, inverted } = order;
  const sorted = sortGroups(groups, order);
  // Labels do not swing.
  if (previousKeys.length === 0 || column === 'group') return sorted;
  const rank = new Map(previousKeys.map((key, index) => [key, index]));
  // New ones come last, and find their places; the sort is stable.
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

/** Puts each row before the first that is clearly after it; as that is transitive, no two end up the wrong way round. */
function placeAll<Group>(rows: readonly Row<Group>[], difference: RealDifference): Row<Group>[] {
  const placed: Row<Group>[] = [];
  let last = -Infinity;
  for (const row of rows) {
    const isBefore = (value: number) => isClearlyBefore(row.value, value, difference);
    // Most rows stay where they are, and need not be compared with all above.
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
