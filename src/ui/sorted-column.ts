import type { SortColumn } from '../model/query/order.ts';
import type { TableColumn } from './layout.ts';

/** Which column's title carries the mark of the order, and sorts by it when it is clicked. */
export const SORTED_COLUMN: Readonly<Record<SortColumn, TableColumn>> = {
  group: 'group',
  used: 'bar',
  headroom: 'headroom',
  live: 'live',
  tw: 'tw',
  closes: 'closes',
  eta: 'eta',
};

/** The order that a column's title selects; undefined if none. */
export function sortColumnOf(shown: TableColumn): SortColumn | undefined {
  return (Object.keys(SORTED_COLUMN) as SortColumn[]).find(
    (column) => SORTED_COLUMN[column] === shown,
  );
}
