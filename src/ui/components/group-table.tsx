import { Box, Text } from 'ink';
import { foldTitle } from '../../format/fold.ts';
import type { VisibleGroup } from '../../model/query/fold.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { BOTH_ADDRESSES_WIDTH } from '../../format/short-label.ts';
import { shortenEnd, shortenMiddle } from '../../format/shorten.ts';
import { sparkScale, sparkTop } from '../../format/sparkline.ts';
import { stringWidth } from '../../format/string-width.ts';
import { formatCount } from '../../format/units.ts';
import { DRAIN_WIDTH, MARKS_WIDTH, TABLE_COLUMNS, type TableColumn } from '../layout.ts';
import { pinMark, SORTED_COLUMN, sortMark } from '../sorted-column.ts';
import { type TableView, tableView, type TableViewProps } from '../table-view.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { GroupRow, groupText } from './group-row.tsx';
import { Line } from './line.tsx';

export interface GroupTableProps extends TableViewProps {
  /** Those of the groups that have gone. */
  readonly fading: readonly GroupModel[];
  /** Ids of the places that no samples come from now. */
  readonly lostPlaces?: ReadonlySet<string> | undefined;
  /** When they are from, Unix time in ms. */
  readonly nowMs: number;
  /** Shown instead of rows when there are none. */
  readonly whenEmpty: string;
}

/** The groups, one line each, under a row of titles. */
export function GroupTable(props: GroupTableProps) {
  const { groups, selectedIndex, fading, rows, glyphs, names, whenEmpty, others } = props;
  const view = tableView(props);
  const { layout, shown, pinned, sharedSource } = view;
  const screen = { columns: props.columns, glyphs };
  const pinOf = (group: VisibleGroup) =>
    pinned !== undefined && group.key === props.worstKey ? pinMark(pinned, glyphs) : ' ';
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
        {titleRow(titlesFor(groups, drainTop, glyphs), view, props)}
      </Text>
      {groups.length === 0 && <Line {...screen}>{`   ${whenEmpty}`}</Line>}
      {shown.map((group) => (
        <GroupRow
          key={group.key}
          group={group}
          selected={group === groups[selectedIndex]}
          fading={fading.includes(group)}
          pin={pinOf(group)}
          hideSource={sharedSource !== undefined}
          layout={layout}
          glyphs={glyphs}
          names={names}
          drainTop={drainTop}
          isLost={isOfLost(group, props.lostPlaces)}
          nowMs={props.nowMs}
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

/** True for a group of a lost place, and for a fold of such groups alone. */
function isOfLost({ place, fold }: VisibleGroup, lost: ReadonlySet<string> | undefined): boolean {
  return lost?.has(place.id) === true && (fold?.places ?? 1) === 1;
}

const TITLES: Readonly<Record<TableColumn, string>> = {
  place: 'PLACE',
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

/** The titles over their columns; that of the sorted one has the mark of the order. */
function titleRow(titles: typeof TITLES, view: TableView, props: GroupTableProps): string {
  const { order, glyphs, groups, selectedIndex } = props;
  const { layout, shown, sharedSource } = view;
  const isWhole = shown.length >= groups.length;
  const place = isWhole ? '' : `${formatCount(selectedIndex + 1)}/${formatCount(groups.length)}`;
  const sorted = SORTED_COLUMN[order.column];
  const mark = sortMark(order, glyphs);
  let row = ' '.repeat(MARKS_WIDTH);
  for (const column of TABLE_COLUMNS) {
    const width = layout[column];
    if (width === undefined) continue;
    const words = withGlyphs(
      column === 'group' ? labelTitle(titles.group, view, props) : titles[column],
      glyphs,
    );
    const sign = column === sorted ? mark : '';
    // A narrow column has the first word of its title.
    const hasRoom = words.length < width || (column === 'drain' && words.length <= width);
    const title = sign + (hasRoom ? words : (words.split(' ')[0] ?? ''));
    if (column === 'group') {
      const elsewhere = layout[sorted] === undefined ? mark + order.column.toUpperCase() : '';
      row += groupTitle(sign, words, width, { elsewhere, place, sharedSource, glyphs });
    } else if (column === 'place') row += title.padEnd(width);
    else if (column === 'owner') row += ` ${title.padEnd(width - 1)}`;
    else if (column === 'bar') row += ` ${withCliff(title, width, glyphs)} `;
    else if (column === 'drain') row += ` ${title.padEnd(width)} `;
    // A title as wide as its column has its mark in the blank before it.
    else row = row.padEnd(row.length + width).slice(0, row.length + width - title.length) + title;
  }
  return row;
}

/** The title of labels: without a source where no row has room for it. */
function labelTitle(
  title: string,
  { layout, isCut, shown }: TableView,
  { glyphs, names }: GroupTableProps,
): string {
  const hasSource = (group: VisibleGroup) =>
    !groupText(group, layout.group, glyphs, names, 'end').startsWith(glyphs.arrow);
  const isWithout = isCut && layout.group < BOTH_ADDRESSES_WIDTH && !shown.some(hasSource);
  return title === TITLES.group && isWithout ? DESTINATION : title;
}

const DESTINATION = 'DESTINATION';

interface GroupTitleProps {
  /** The order, if its column has no room on the screen; '' if it has. */
  readonly elsewhere: string;
  /** Which row of how many is selected, if some are out of sight; '' if none is. */
  readonly place: string;
  readonly sharedSource: string | undefined;
  readonly glyphs: Glyphs;
}

/**
 * The title of the labels: what they are, or the source that they share, as far as there is room beside the selected row
 * and the order. The last column stays blank, for the mark of the next title.
 */
function groupTitle(
  sign: string,
  words: string,
  width: number,
  { elsewhere, place, sharedSource, glyphs }: GroupTitleProps,
): string {
  const room = width - 1;
  const plain = place.replaceAll(',', '');
  const ends = [`${place} ${elsewhere}`, `${plain} ${elsewhere}`, plain];
  const isFit = (end: string) => sign.length + end.length <= room;
  const end = place === '' ? elsewhere : (ends.find(isFit) ?? elsewhere);
  const gap = end === '' ? 0 : 1;
  const left = room - sign.length - end.length - gap;
  const title = sign + titleWords(words, left, sharedSource, glyphs);
  return `${title}${' '.repeat(Math.max(0, room - stringWidth(title) - end.length))}${end} `;
}

/** Shortened to less, a title tells nothing. */
const SMALLEST_TITLE = 4;

/** The title in at most `room` columns; '' if there is no room. */
function titleWords(
  words: string,
  room: number,
  sharedSource: string | undefined,
  { arrow, ellipsis }: Glyphs,
): string {
  const sourceRoom = room - arrow.length - 1;
  if (sharedSource !== undefined && sourceRoom >= SMALLEST_TITLE)
    return `${shortenMiddle(sharedSource, sourceRoom, ellipsis)} ${arrow}`;
  if (words.length <= room) return words;
  const narrow = `SRC ${arrow} DST`;
  if (words.startsWith('SOURCE') && narrow.length <= room) return narrow;
  const short = words.replace(/^(SOURCE \S+|folded) /, '');
  return room < SMALLEST_TITLE ? '' : shortenEnd(short, room, ellipsis);
}

/** Marks the half in the bar's title, if there is room. */
function withCliff(title: string, width: number, glyphs: Glyphs): string {
  const half = Math.floor(width / 2);
  const mark = `${glyphs.cliff}50%`;
  return title.length <= half - 1 && half + mark.length <= width
    ? title.padEnd(half) + mark.padEnd(width - half)
    : title.padEnd(width);
}
