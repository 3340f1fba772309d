import { stringWidth } from '../format/string-width.ts';
import { isUnderPressure } from '../format/headroom.ts';
import { foldTitle, labelText } from '../format/fold.ts';
import type { VisibleGroup } from '../model/query/fold.ts';
import type { HostNames } from '../model/host-name.ts';
import type { Remainder } from '../model/sample/remainder.ts';
import { firstVisibleRow, type TableLayout, tableLayout } from './layout.ts';
import { type Glyphs, withGlyphs } from './theme.ts';

export interface TableViewProps {
  /** Filtered and in order. */
  readonly groups: readonly VisibleGroup[];
  readonly selectedIndex: number;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows for groups, the title row not counted. */
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** Shown instead of destination addresses. */
  readonly names: HostNames;
  /** Groups that are not among them, in sum. */
  readonly others: Pick<Remainder, 'groups' | 'sockets'>;
}

/** The part of the group table that is on the screen. */
export interface TableView {
  readonly layout: TableLayout;
  /** Where the first of `shown` stands among all groups. */
  readonly first: number;
  readonly shown: readonly VisibleGroup[];
}

/** Width of the title that names the fold; 0 without folds. */
function titleWidth(group: VisibleGroup | undefined): number {
  // The mark of the order, and a blank.
  return group?.fold === undefined ? 0 : foldTitle(group.fold.by).length + 2;
}

/** Chooses the columns and rows of the group table that are drawn. */
export function tableView(props: TableViewProps): TableView {
  const { groups, selectedIndex, columns, rows, glyphs, others, names } = props;
  const longest = Math.max(
    titleWidth(groups[0]),
    ...groups.map((group) => stringWidth(withGlyphs(labelText(group, names), glyphs))),
  );
  const groupRows = others.groups === 0 ? rows : Math.max(1, rows - 1);
  const first = firstVisibleRow(selectedIndex, groupRows, groups.length);
  return {
    layout: tableLayout(columns, longest, groups.some(isUnderPressure)),
    first,
    shown: groups.slice(first, first + groupRows),
  };
}
