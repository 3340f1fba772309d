import { Box } from 'ink';
import { lastingHeadroom } from '../../format/best-fix.ts';
import { fitPieces } from '../../format/shorten.ts';
import { shortLabel } from '../../format/short-label.ts';
import { stringWidth } from '../../format/string-width.ts';
import type { StyledLine } from '../../format/styled-line.ts';
import { formatPercent } from '../../format/units.ts';
import { wrapAll } from '../../format/wrap.ts';
import type { Advice } from '../../model/advice/advice.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { firstVisibleRow } from '../../store/list-window.ts';
import type { ListView } from '../layout.ts';
import { openedAdviceLines } from '../opened-advice.ts';
import { hiddenLines, moreText, scrollMark, type TextScroll } from '../text-scroll.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { StyledRow } from './styled-row.tsx';

export interface AdvicePanelProps {
  /** Best first. */
  readonly advice: readonly Advice[];
  /** The group that they are for. */
  readonly worst: GroupModel | undefined;
  /** The one that is opened. */
  readonly cursor: number;
  /** The first row on the screen, unless that at the cursor would be out of sight. */
  readonly firstRow?: number;
  /** Lines of its text above the panel. */
  readonly scroll?: number;
  /** How many of its lines were copied just now. */
  readonly copiedLines: number | undefined;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows of the panel. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

const HEADING_ROWS = 1;
/** Rows that the heading and the opened suggestion want at 80 columns; the list has what is left. */
const OPENED_ROWS = 9;
/** The same where most of its paragraphs are a line each. */
const WIDE_OPENED_ROWS = 7;
const WIDE_COLUMNS = 160;

/** From here on there is room for what is, beside what would be. */
const EFFECT_COLUMNS = 60;
/** From here on there is room for the keys that scroll. */
const KEYS_COLUMNS = 90;
/** From here on there is room for wider gaps. */
const ROOMY_COLUMNS = 90;

/** Suggestions with their computed effect; the one at the cursor with commands, reason and risk, which scroll. */
export function AdvicePanel(props: AdvicePanelProps) {
  const { advice, worst, columns, glyphs } = props;
  const view = openedView(props);
  const screen = { columns, glyphs };
  if (view === undefined)
    return (
      <Box flexDirection="column" flexShrink={0}>
        {wrapAll(noAdviceText(worst), columns - 1).map((line, index) => (
          <Line key={index} {...screen}>{` ${line}`}</Line>
        ))}
      </Box>
    );
  const { opened, list, lines, first, textRows } = view;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line {...screen} bold>
        {headingText(props, view)}
      </Line>
      {advice.slice(list.first, list.first + list.shown).map((suggestion, index) => (
        <Line key={suggestion.id} {...screen} bold={suggestion === opened}>
          {rowText(props, list.first + index, suggestion === opened ? glyphs.selected : ' ')}
        </Line>
      ))}
      {list.shown > 0 && <Box height={1} />}
      {lines.slice(first, first + textRows).map((line, index) => (
        <StyledRow key={index} line={line} glyphs={glyphs} />
      ))}
    </Box>
  );
}

/** The text if there is no suggestion. */
export function noAdviceText(worst: GroupModel | undefined): string {
  return worst === undefined || worst.severity === 'info'
    ? 'Nothing to change: no group would have more headroom.'
    : `No known suggestion would give ${worst.label} more headroom.`;
}

/** Which suggestions are on the screen, and where: where there is little room, none but the opened one. */
export function adviceList(props: AdvicePanelProps): ListView {
  const { advice, cursor, firstRow = 0, copiedLines, columns, rows } = props;
  // The same whatever is opened, so that a click leaves the rows where they are.
  const openedRows = columns < WIDE_COLUMNS ? OPENED_ROWS : WIDE_OPENED_ROWS;
  const total = advice.length;
  const most = copiedLines === undefined ? Math.max(1, rows - openedRows) : 1;
  const shown = rows < OPENED_ROWS ? 0 : Math.min(total, most);
  return {
    top: HEADING_ROWS,
    first: firstVisibleRow(Math.min(cursor, total - 1), { first: firstRow, shown }, total),
    shown,
  };
}

/** How far the text of the opened suggestion scrolls; undefined: there is none. */
export function adviceScroll(props: AdvicePanelProps): TextScroll | undefined {
  const view = openedView(props);
  return view && { most: view.most, page: view.textRows };
}

interface OpenedView {
  readonly opened: Advice;
  readonly index: number;
  readonly list: ListView;
  /** Its text, of which `textRows` lines are shown from `first` on; `first` is `most` at most. */
  readonly lines: readonly StyledLine[];
  readonly textRows: number;
  readonly first: number;
  readonly most: number;
}

function openedView(props: AdvicePanelProps): OpenedView | undefined {
  const { advice, cursor, scroll = 0, copiedLines, columns, rows, glyphs } = props;
  const index = Math.min(cursor, advice.length - 1);
  const opened = advice[index];
  if (opened === undefined) return undefined;
  const list = adviceList(props);
  const textRows = Math.max(0, rows - HEADING_ROWS - list.shown - Number(list.shown > 0));
  const row = `▸ ${index + 1}${gapOf(columns)}${effectCells(opened, advice)}  ${opened.title}`;
  const isCut = stringWidth(withGlyphs(rowText(props, index, '▸'), glyphs)) > columns;
  const title = list.shown === 0 ? row : isCut ? opened.title : undefined;
  const lines = openedAdviceLines({ opened, title, copiedLines, columns, rows: textRows, glyphs });
  const most = Math.max(0, lines.length - textRows);
  // What was copied is shown at the top.
  const first = copiedLines === undefined ? Math.min(scroll, most) : 0;
  return { opened, index, list, lines, textRows, first, most };
}

/** What the list is, or which suggestion is opened where there is no list; and how much of its text is out of sight. */
function headingText(
  props: AdvicePanelProps,
  { index, list, lines, first, textRows }: OpenedView,
): string {
  const { advice, columns, glyphs } = props;
  const start = [` SUGGESTIONS ${index + 1} of ${advice.length}`, ', best first'];
  const end = list.shown > 0 ? withGlyphs(': headroom now → then', glyphs) : '';
  const headingIn = (room: number) =>
    fitPieces([...start, aboutText(props, room - start.join('').length), end], '', room);
  const mark = scrollMark(hiddenLines(lines.length, first, textRows), glyphs);
  if (mark === '') return headingIn(columns);
  const hasKeys = columns >= KEYS_COLUMNS;
  const shownMark = moreText(mark, hasKeys);
  const shown = headingIn(columns - stringWidth(shownMark) - 1);
  return shown + ' '.repeat(columns - stringWidth(shown + shownMark)) + shownMark;
}

/** In less room, a label tells nothing. */
const SMALLEST_ABOUT = 24;

/** Which group the suggestions are for, in at most `room` columns; '' if there is no room. */
function aboutText({ worst, glyphs }: AdvicePanelProps, room: number): string {
  return worst === undefined || room < SMALLEST_ABOUT
    ? ''
    : ` for ${shortLabel(worst, room - ' for '.length, { ...glyphs, source: 'end' })}`;
}

/** A suggestion in the list: its mark, number, effect and title. A narrow screen has its result only. */
function rowText({ advice, columns }: AdvicePanelProps, index: number, mark: string): string {
  const { [index]: suggestion } = advice;
  if (suggestion === undefined) return '';
  const effect = effectCells(suggestion, advice);
  const shown = columns < EFFECT_COLUMNS ? effect.slice(effect.indexOf('→')) : effect;
  return ` ${mark} ${index + 1}${gapOf(columns)}${shown}  ${suggestion.title}`;
}

/** The longest titles just fit into 80 columns. */
function gapOf(columns: number): string {
  return columns < ROOMY_COLUMNS ? ' ' : '  ';
}

/** Headroom now and then, as the line below the verdict has it, aligned with the other suggestions'. */
function effectCells({ effect }: Advice, all: readonly Advice[]): string {
  const cell = (percentOf: (effect: Advice['effect']) => number) =>
    formatPercent(percentOf(effect)).padStart(
      Math.max(...all.map((other) => formatPercent(percentOf(other.effect)).length)),
    );
  return `${cell(({ headroomBefore }) => headroomBefore)} → ${cell(lastingHeadroom)}`;
}
