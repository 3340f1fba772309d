import { Box, Text } from 'ink';
import { stringWidth } from '../../format/string-width.ts';
import type { GroupOrder, SortColumn } from '../../model/group-order.ts';
import type { GroupModel } from '../../model/model.ts';
import type { OtherGroups } from '../../model/other-groups.ts';
import { formatCount } from '../../format/units.ts';
import {
  firstVisibleRow,
  MARKS_WIDTH,
  TABLE_COLUMNS,
  type TableColumn,
  type TableLayout,
  tableLayout,
} from '../layout.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { GroupRow } from './group-row.tsx';

export interface GroupTableProps {
  /** Filtered and in order. */
  readonly groups: readonly GroupModel[];
  readonly selectedIndex: number;
  readonly order: GroupOrder;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows for groups, the title row not counted. */
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** Stands in place of the rows where there are none. */
  readonly whenEmpty: string;
  /** Groups that are not among them, in sum. */
  readonly others: OtherGroups;
}

/** The groups, one line each, under a row of titles. */
export function GroupTable({
  groups,
  selectedIndex,
  order,
  columns,
  rows,
  glyphs,
  whenEmpty,
  others,
}: GroupTableProps) {
  const longest = Math.max(0, ...groups.map(({ label }) => stringWidth(withGlyphs(label, glyphs))));
  const layout = tableLayout(columns, longest);
  const groupRows = others.groups === 0 ? rows : Math.max(1, rows - 1);
  const first = firstVisibleRow(selectedIndex, groupRows, groups.length);
  return (
    <Box flexDirection="column" height={rows + 1} overflowY="hidden">
      <Text wrap="truncate" bold>
        {titleRow(layout, order, glyphs)}
      </Text>
      {groups.length === 0 && <Text wrap="truncate">{`   ${whenEmpty}`}</Text>}
      {groups.slice(first, first + groupRows).map((group, index) => (
        <GroupRow
          key={group.label}
          group={group}
          selected={first + index === selectedIndex}
          layout={layout}
          glyphs={glyphs}
        />
      ))}
      {others.groups > 0 && (
        <Text wrap="truncate">
          {`   and ${formatCount(others.groups)} smaller groups with ${formatCount(others.sockets)} sockets`}
        </Text>
      )}
    </Box>
  );
}

const TITLES: Readonly<Record<TableColumn, string>> = {
  group: 'SOURCE → DESTINATION',
  owner: 'OWNER',
  bar: 'USED OF USABLE',
  headroom: 'HEADROOM',
  live: 'LIVE',
  tw: 'TW',
  closes: 'CLOSE/S',
  drain: 'DRAIN NEXT 60 s',
  eta: 'EMPTY IN',
};

/** Which column's title carries the mark of the order. */
const SORTED_COLUMN: Readonly<Record<SortColumn, TableColumn>> = {
  group: 'group',
  used: 'bar',
  headroom: 'headroom',
  live: 'live',
  tw: 'tw',
  closes: 'closes',
  eta: 'eta',
};

function titleRow(layout: TableLayout, order: GroupOrder, glyphs: Glyphs): string {
  const cells = TABLE_COLUMNS.map((column) => {
    const width = layout[column];
    if (width === undefined) return '';
    const mark =
      SORTED_COLUMN[order.column] === column && column !== 'headroom'
        ? order.inverted
          ? '^'
          : 'v'
        : '';
    const words = withGlyphs(TITLES[column], glyphs);
    // A narrow column has the first word of its title.
    const title = mark + (words.length < width ? words : (words.split(' ')[0] ?? ''));
    if (column === 'group') return title.padEnd(width);
    if (column === 'owner') return ` ${title.padEnd(width - 1)}`;
    if (column === 'bar') return ` ${withCliff(title, width, glyphs)} `;
    return column === 'drain' ? ` ${title.padEnd(width)} ` : title.padStart(width);
  });
  return ' '.repeat(MARKS_WIDTH) + cells.join('');
}

/** Marks half-way in the bar's title, where the title leaves room. */
function withCliff(title: string, width: number, glyphs: Glyphs): string {
  const half = Math.floor(width / 2);
  const mark = `${glyphs.cliff}50%`;
  return title.length <= half - 1 && half + mark.length <= width
    ? title.padEnd(half) + mark.padEnd(width - half)
    : title.padEnd(width);
}
