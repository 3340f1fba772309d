import { Box } from 'ink';
import type { StyledLine } from '../../format/styled-line.ts';
import type { Severity } from '../../model/severity.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { StyledRow } from './styled-row.tsx';
import { Secondary } from './secondary.tsx';

export interface ScrolledLinesProps {
  readonly lines: readonly StyledLine[];
  /** First line shown. */
  readonly cursor: number;
  /** Rows that there are. */
  readonly rows: number;
  /** What signals in the lines are about. */
  readonly severity?: Severity | undefined;
  readonly glyphs: Glyphs;
}

const ROWS_TO_SPARE = 5;

/** As many lines as fit from the cursor on, and how many there are below. */
export function ScrolledLines({ lines, cursor, rows, severity, glyphs }: ScrolledLinesProps) {
  const first = Math.max(0, Math.min(cursor, lines.length - rows));
  // With little room, no line is spent on the count of hidden lines.
  const below = rows < ROWS_TO_SPARE ? 0 : lines.length - first - rows;
  const shown = lines.slice(first, first + (below > 0 ? rows - 1 : rows));
  return (
    <Box flexDirection="column" flexShrink={0} paddingX={1}>
      {shown.map((line, index) => (
        <StyledRow key={index} line={line} severity={severity} glyphs={glyphs} />
      ))}
      {below > 0 && (
        <Secondary wrap="truncate">
          {withGlyphs(`↓ ${below + 1} more lines: j k PgDn PgUp`, glyphs)}
        </Secondary>
      )}
    </Box>
  );
}

/** Rows that the cursor can be at: at the last one, the last line is the lowest on the screen. */
export function scrollPositions(lines: number, rows: number): number {
  return Math.max(1, lines - rows + 1);
}
