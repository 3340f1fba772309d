import type { GroupOrder, SortColumn } from '../model/query/order.ts';
import type { TableColumn } from './layout.ts';
import { arrows } from './text-scroll.ts';
import { type Glyphs, glyphsFor } from './theme.ts';

/** Which column's title carries the mark of the order, and sorts by it when it is clicked. */
export const SORTED_COLUMN: Readonly<Record<SortColumn, TableColumn>> = {
  place: 'place',
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

/** The mark of the order: downwards is the column's own order, with the row to worry about first. */
export function sortMark({ inverted }: GroupOrder, glyphs: Glyphs): string {
  const [down, up] = glyphs === glyphsFor(true) ? ['v', '^'] : ['▾', '▴'];
  return inverted ? up : down;
}

/** The mark of a row that stands at the edge of the table, short of its place in the order. */
export function pinMark(pinned: 'above' | 'below', glyphs: Glyphs): string {
  const [above, below] = arrows(glyphs);
  return pinned === 'above' ? above : below;
}
