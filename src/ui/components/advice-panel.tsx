import { Box, Text } from 'ink';
import { copiedNotice, selectableLines } from '../../format/copied.ts';
import { fitPieces } from '../../format/shorten.ts';
import { formatPercent } from '../../format/units.ts';
import type { Advice } from '../../model/advice/advice.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { firstVisibleRow, type ListView } from '../layout.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { Paragraph } from './paragraph.tsx';

export interface AdvicePanelProps {
  /** Best first. */
  readonly advice: readonly Advice[];
  /** The group that they are for. */
  readonly worst: GroupModel | undefined;
  /** The one that is opened. */
  readonly cursor: number;
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

/** From here on there is room for wider gaps. */
const ROOMY_COLUMNS = 90;

/** Suggestions with their computed effect; the one at the cursor with reason, commands and risk. */
export function AdvicePanel(props: AdvicePanelProps) {
  const { advice, worst, cursor, copiedLines, columns, rows, glyphs } = props;
  const opened = advice[Math.min(cursor, advice.length - 1)];
  if (opened === undefined) return <Text>{` ${noAdviceText(worst)}`}</Text>;
  const screen = { columns, glyphs };
  const isCopied = copiedLines !== undefined;
  const { first, shown } = adviceList(props);
  // The longest titles just fit into 80 columns.
  const gap = columns < ROOMY_COLUMNS ? ' ' : '  ';
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line {...screen} bold>
        {fitPieces(
          [` SUGGESTIONS, best first, for ${opened.effect.group}`, ': headroom now → then'],
          '',
          columns,
        )}
      </Line>
      {advice.slice(first, first + shown).map((suggestion, index) => (
        <Line key={suggestion.id} {...screen} bold={suggestion === opened}>
          {` ${suggestion === opened ? glyphs.selected : ' '} ${first + index + 1}${gap}${effectCells(suggestion, advice)}  ${suggestion.title}`}
        </Line>
      ))}
      {isCopied && (
        <Copied {...screen} opened={opened} lines={copiedLines} rows={rows - ROWS_ABOVE_COPIED} />
      )}
      <Box height={1} />
      <Paragraph {...screen}>{opened.why + laterText(opened)}</Paragraph>
      {!isCopied && <Commands {...screen} commands={opened.commands} />}
      {opened.caution !== undefined && (
        <Paragraph {...screen} lead="Note:">
          {opened.caution}
        </Paragraph>
      )}
      {opened.persist !== undefined && (
        <>
          <Line {...screen} bold>
            {' To keep it across reboots:'}
          </Line>
          <Commands {...screen} commands={[opened.persist]} />
        </>
      )}
      {opened.config !== undefined && (
        <Line {...screen} bold>{` For ${opened.config.program}:`}</Line>
      )}
      {opened.config?.lines.map((line) => (
        <Line key={line} {...screen}>{`   ${line}`}</Line>
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

/** Headroom a minute later, if it differs. */
function laterText({ effect }: Advice): string {
  const { headroomAfter, headroomAfterMinute, isAtMost = false } = effect;
  return Math.abs(headroomAfterMinute - headroomAfter) < 1
    ? ''
    : ` Headroom is ${formatPercent(headroomAfter)} at once, and ${isAtMost ? 'at most ' : ''}${formatPercent(headroomAfterMinute)} after a minute at the present demand.`;
}

/** Which suggestions are on the screen, and where. */
export function adviceList({
  advice,
  cursor,
  copiedLines,
  rows,
}: Pick<AdvicePanelProps, 'advice' | 'cursor' | 'copiedLines' | 'rows'>): ListView {
  const total = advice.length;
  const most = copiedLines === undefined ? Math.max(1, rows - OPENED_ROWS) : 1;
  const shown = Math.min(total, most);
  return {
    top: HEADING_ROWS,
    first: firstVisibleRow(Math.min(cursor, total - 1), shown, total),
    shown,
  };
}

interface CopiedProps extends Pick<AdvicePanelProps, 'columns' | 'glyphs'> {
  readonly opened: Advice;
  readonly lines: number;
  /** Rows for the commands. */
  readonly rows: number;
}

/** The commands that were copied, above all that may be cut off, to be selected: whole or not at all. */
function Copied({ opened, lines, rows, ...screen }: CopiedProps) {
  const { columns } = screen;
  const isShown = commandLines(opened.commands, columns).length <= rows;
  return (
    <>
      <Line {...screen} bold>{` ${copiedNotice(lines, isShown, columns - 1)}`}</Line>
      {isShown && <Commands {...screen} commands={opened.commands} />}
    </>
  );
}

interface CommandsProps extends Pick<AdvicePanelProps, 'columns' | 'glyphs'> {
  readonly commands: readonly string[];
}

/** Commands in lines that do the same when they are selected and pasted. */
function Commands({ commands, ...screen }: CommandsProps) {
  return commandLines(commands, screen.columns).map((line, index) => (
    <Line key={index} {...screen} bold>
      {line}
    </Line>
  ));
}

function commandLines(commands: readonly string[], columns: number): string[] {
  return commands.flatMap((command) => selectableLines(command, columns, '  '));
}

/** The heading, the opened suggestion's title and the notice. */
const ROWS_ABOVE_COPIED = 3;

/** Headroom now and then, aligned with the other suggestions'. */
function effectCells({ effect }: Advice, all: readonly Advice[]): string {
  const cell = (key: 'headroomBefore' | 'headroomAfter') =>
    formatPercent(effect[key]).padStart(
      Math.max(...all.map((other) => formatPercent(other.effect[key]).length)),
    );
  return `${cell('headroomBefore')} → ${cell('headroomAfter')}`;
}
