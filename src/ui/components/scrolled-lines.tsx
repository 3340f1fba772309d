import { Box } from 'ink';
import type { StyledLine } from '../../format/styled-line.ts';
import type { Severity } from '../../model/severity.ts';
import { hiddenLines, moreText, scrollMark } from '../text-scroll.ts';
import type { Glyphs } from '../theme.ts';
import { StyledRow } from './styled-row.tsx';
import { Secondary } from './secondary.tsx';

export interface ScrolledLinesProps {
  readonly lines: readonly StyledLine[];
  /** First line shown. */
  readonly cursor: number;
  /** Terminal columns; default: no narrow screen. */
  readonly columns?: number;
  /** Rows that there are. */
  readonly rows: number;
  /** Blanks on both sides: none where commands go on from line to line, which are to be selected. */
  readonly paddingX?: 0 | 1;
  /** What signals in the lines are about. */
  readonly severity?: Severity | undefined;
  readonly glyphs: Glyphs;
}

/** With fewer rows, none is spent on the count of hidden lines. */
const ROWS_TO_SPARE = 3;
/** Narrower screens have no room for the keys. */
const KEYS_COLUMNS = 60;

/** As many lines as fit from the cursor on, and below them how many there are above and below. */
export function ScrolledLines(props: ScrolledLinesProps) {
  const { lines, cursor, columns = Infinity, rows, paddingX = 1, severity, glyphs } = props;
  const shownRows = rowsOfLines(lines.length, rows);
  const first = Math.max(0, Math.min(cursor, lines.length - shownRows));
  const mark = scrollMark(hiddenLines(lines.length, first, shownRows), glyphs);
  return (
    <Box flexDirection="column" flexShrink={0} paddingX={paddingX}>
      {lines.slice(first, first + shownRows).map((line, index) => (
        <StyledRow key={index} line={line} severity={severity} glyphs={glyphs} />
      ))}
      {shownRows < rows && mark !== '' && (
        <Secondary wrap="truncate">{moreText(mark, columns >= KEYS_COLUMNS)}</Secondary>
      )}
    </Box>
  );
}

/** Rows for lines: one is kept for the mark if they do not fit. */
function rowsOfLines(lines: number, rows: number): number {
  return lines <= rows || rows < ROWS_TO_SPARE ? rows : rows - 1;
}

/** Rows that the cursor can be at: at the last one, the last line is the lowest on the screen. */
export function scrollPositions(lines: number, rows: number): number {
  return Math.max(1, lines - rowsOfLines(lines, rows) + 1);
}
