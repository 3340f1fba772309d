import { Box, Text } from 'ink';
import { foldTitle } from '../../format/fold.ts';
import type { VisibleGroup } from '../../model/query/fold.ts';
import type { GroupOrder } from '../../model/query/order.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { sparkScale, sparkTop } from '../../format/sparkline.ts';
import { formatCount } from '../../format/units.ts';
import {
  DRAIN_WIDTH,
  MARKS_WIDTH,
  TABLE_COLUMNS,
  type TableColumn,
  type TableLayout,
} from '../layout.ts';
import { SORTED_COLUMN } from '../sorted-column.ts';
import { tableView, type TableViewProps } from '../table-view.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { GroupRow } from './group-row.tsx';
import { Line } from './line.tsx';

export interface GroupTableProps extends TableViewProps {
  readonly order: GroupOrder;
  /** Those of the groups that have gone. */
  readonly fading: readonly GroupModel[];
  /** Shown instead of rows when there are none. */
  readonly whenEmpty: string;
}

/** The groups, one line each, under a row of titles. */
export function GroupTable(props: GroupTableProps) {
  const { groups, selectedIndex, order, fading, rows, glyphs, names, whenEmpty, others } = props;
  const { layout, first, shown } = tableView(props);
  const screen = { columns: props.columns, glyphs };
  // One scale for all rows on the screen.
  const drainTop =
    layout.drain === undefined
      ? 0
      : sparkTop(
          shown.map(({ drainSchedule }) => drainSchedule),
          layout.drain,
        );
  return (
    <Box flexDirection="column" height={rows + 1} overflowY="hidden">
      <Text wrap="truncate" bold>
        {titleRow(titlesFor(groups, drainTop, glyphs), layout, order, glyphs)}
      </Text>
      {groups.length === 0 && <Line {...screen}>{`   ${whenEmpty}`}</Line>}
      {shown.map((group, index) => (
        <GroupRow
          key={group.key}
          group={group}
          selected={first + index === selectedIndex}
          fading={fading.includes(group)}
          layout={layout}
          glyphs={glyphs}
          names={names}
          drainTop={drainTop}
        />
      ))}
      {others.groups > 0 && (
        <Line {...screen}>
          {`   and ${formatCount(others.groups)} smaller groups with ${formatCount(others.sockets)} sockets`}
        </Line>
      )}
    </Box>
  );
}

const TITLES: Readonly<Record<TableColumn, string>> = {
  group: 'SOURCE → DESTINATION',
  owner: 'OWNER',
  bar: 'USED OF USABLE',
  headroom: 'HEADROOM',
  refused: 'REFUSED/S',
  live: 'LIVE',
  tw: 'TW',
  closes: 'CLOSE/S',
  drain: 'DRAIN NEXT 60 s',
  eta: 'EMPTY IN',
};

function titlesFor(
  [first]: readonly VisibleGroup[],
  drainTop: number,
  glyphs: Glyphs,
): typeof TITLES {
  const folding = first?.fold?.by;
  const seconds = first?.drainSchedule.length ?? 60;
  return {
    ...TITLES,
    drain: drainTitle(seconds, drainTop, glyphs),
    ...(folding && { group: foldTitle(folding) }),
    // Shows the demand if refusals cannot be seen.
    ...(first?.connectFailures === undefined && { refused: 'WANTED/S' }),
  };
}

/** The title of the sparklines, with their scale; the longest that its column has room for. */
function drainTitle(seconds: number, top: number, glyphs: Glyphs): string {
  if (top === 0) return `DRAIN ${seconds < 100 ? 'NEXT' : 'IN'} ${seconds} s`;
  const short = `DRAIN ${sparkScale(top)}`;
  const whole = `DRAIN ${seconds}s ${sparkScale(top)}`;
  return withGlyphs(whole, glyphs).length <= DRAIN_WIDTH ? whole : short;
}

function titleRow(
  titles: typeof TITLES,
  layout: TableLayout,
  order: GroupOrder,
  glyphs: Glyphs,
): string {
  const cells = TABLE_COLUMNS.map((column) => {
    const width = layout[column];
    if (width === undefined) return '';
    const mark =
      SORTED_COLUMN[order.column] === column && column !== 'headroom'
        ? order.inverted
          ? '^'
          : 'v'
        : '';
    const words = withGlyphs(titles[column], glyphs);
    // A narrow column has the first word of its title.
    const isWhole = words.length < width || (column === 'drain' && words.length <= width);
    const title = mark + (isWhole ? words : (words.split(' ')[0] ?? ''));
    if (column === 'group') return title.padEnd(width);
    if (column === 'owner') return ` ${title.padEnd(width - 1)}`;
    if (column === 'bar') return ` ${withCliff(title, width, glyphs)} `;
    return column === 'drain' ? ` ${title.padEnd(width)} ` : title.padStart(width);
  });
  return ' '.repeat(MARKS_WIDTH) + cells.join('');
}

/** Marks the half in the bar's title, if there is room. */
function withCliff(title: string, width: number, glyphs: Glyphs): string {
  const half = Math.floor(width / 2);
  const mark = `${glyphs.cliff}50%`;
  return title.length <= half - 1 && half + mark.length <= width
    ? title.padEnd(half) + mark.padEnd(width - half)
    : title.padEnd(width);
}
