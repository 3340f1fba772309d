import { stringWidth } from '../format/string-width.ts';
import { isUnderPressure } from '../format/headroom.ts';
import { foldTitle, labelText } from '../format/fold.ts';
import type { VisibleGroup } from '../model/query/fold.ts';
import type { GroupOrder } from '../model/query/order.ts';
import type { HostNames } from '../model/host-name.ts';
import type { Remainder } from '../model/sample/remainder.ts';
import { firstVisibleRow, type ListWindow } from '../store/list-window.ts';
import { type TableLayout, tableLayout } from './layout.ts';
import { SORTED_COLUMN } from './sorted-column.ts';
import { type Glyphs, withGlyphs } from './theme.ts';

export interface TableViewProps {
  /** Filtered and in order. */
  readonly groups: readonly VisibleGroup[];
  readonly selectedIndex: number;
  /** The first that is shown, unless the selected one would be out of sight. */
  readonly firstRow?: number;
  /** True where keys are not for the selected row: if there is one row only, it is the worst group's. */
  readonly isWorstFirst?: boolean;
  /** Key of the row that is on the screen whatever the order and the selection; undefined: none. */
  readonly worstKey?: string | undefined;
  readonly order: GroupOrder;
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

/** The worst group's row at the edge of the table behind which its place in the order is. */
export type Pinned = 'above' | 'below';

/** The part of the group table that is on the screen. */
export interface TableView {
  readonly layout: TableLayout;
  /** The rows from the top; a pinned one is the first or the last of them. */
  readonly shown: readonly VisibleGroup[];
  /** Where the place of the worst group's row is, if that is not among the rows around the selected one. */
  readonly pinned: Pinned | undefined;
  /** The rows around the selected one, without a pinned one. */
  readonly window: ListWindow;
  /** The source of all rows, which the title has in their place; undefined: rows have their own. */
  readonly sharedSource: string | undefined;
  /** Some label has no room. */
  readonly isCut: boolean;
}

/** On a narrower screen the rows leave out what they share. */
const SHARED_SOURCE_COLUMNS = 80;

/** Chooses the columns and rows of the group table that are drawn. */
export function tableView(props: TableViewProps): TableView {
  const { groups, columns, glyphs, names, order } = props;
  // Once there were some, their column stays.
  const hasRefusals = groups.some(
    (group) => isUnderPressure(group) || (group.connectFailures?.total ?? 0) > 0,
  );
  const layoutFor = (longest: number) =>
    tableLayout(columns, longest, hasRefusals, SORTED_COLUMN[order.column]);
  const source = sourceOfAll(groups);
  const widest = (labels: readonly string[]) =>
    Math.max(
      titleWidth(groups[0]),
      ...labels.map((label) => stringWidth(withGlyphs(label, glyphs))),
    );
  const longest = widest(groups.map((group) => labelText(group, names)));
  const whole = layoutFor(longest);
  const isTight = columns < SHARED_SOURCE_COLUMNS || whole.group < longest;
  const sharedSource = isTight ? source : undefined;
  return {
    layout:
      sharedSource === undefined
        ? whole
        : layoutFor(widest(groups.map((group) => labelText(group, names).slice(source?.length)))),
    sharedSource,
    isCut: sharedSource === undefined && whole.group < longest,
    ...shownRows(props),
  };
}

/** Width of the title that names the fold; 0 without folds. */
function titleWidth(group: VisibleGroup | undefined): number {
  // The mark of the order, and a blank.
  return group?.fold === undefined ? 0 : foldTitle(group.fold.by).length + 2;
}

/** The source that all groups have; undefined: they differ, or are folded. */
function sourceOfAll(groups: readonly VisibleGroup[]): string | undefined {
  const source = groups[0]?.localAddress;
  return groups.every(({ localAddress, fold }) => localAddress === source && fold === undefined)
    ? source
    : undefined;
}

/** The rows around the selected one, and the worst group's at the edge if it is not among them. */
export function shownRows({
  groups,
  selectedIndex,
  firstRow = 0,
  worstKey,
  isWorstFirst = false,
  rows,
  others,
}: TableViewProps): Pick<TableView, 'shown' | 'pinned' | 'window'> {
  const groupRows = others.groups === 0 ? rows : Math.max(1, rows - 1);
  const around = (count: number) => {
    const before = { first: firstRow, shown: count };
    const first = firstVisibleRow(selectedIndex, before, groups.length);
    return { window: { first, shown: count }, shown: groups.slice(first, first + count) };
  };
  const at = groups.findIndex(({ key }) => key === worstKey);
  const worst = groups[at];
  const all = around(groupRows);
  if (isWorstFirst && worst !== undefined && groupRows < 2)
    return { window: { first: at, shown: 1 }, shown: [worst], pinned: undefined };
  // The only row is that of the selected group, which the keys are for.
  if (worst === undefined || groupRows < 2 || all.shown.includes(worst))
    return { ...all, pinned: undefined };
  const { window, shown } = around(groupRows - 1);
  return at < window.first
    ? { window, shown: [worst, ...shown], pinned: 'above' }
    : { window, shown: [...shown, worst], pinned: 'below' };
}
