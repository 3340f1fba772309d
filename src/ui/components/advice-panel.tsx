import { Box, Text } from 'ink';
import { formatPercent } from '../../format/units.ts';
import type { Advice } from '../../model/advice/advice.ts';
import { firstVisibleRow } from '../layout.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';

export interface AdvicePanelProps {
  /** Best first. */
  readonly advice: readonly Advice[];
  /** The one that is opened. */
  readonly cursor: number;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows of the panel. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** Rows that the heading and the opened suggestion want at 80 columns; the list has what is left. */
const OPENED_ROWS = 9;

/** Suggestions with their computed effect; the one at the cursor with reason, commands and risk. */
export function AdvicePanel({ advice, cursor, columns, rows, glyphs }: AdvicePanelProps) {
  const opened = advice[Math.min(cursor, advice.length - 1)];
  if (opened === undefined)
    return <Text> Nothing to change: no group would have more headroom.</Text>;
  const shown = Math.max(1, Math.min(advice.length, rows - OPENED_ROWS));
  const first = firstVisibleRow(advice.indexOf(opened), shown, advice.length);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line columns={columns} glyphs={glyphs} bold>
        {` SUGGESTIONS, best first, for ${opened.effect.group}`}
      </Line>
      {advice.slice(first, first + shown).map((suggestion, index) => (
        <Line key={suggestion.id} columns={columns} glyphs={glyphs} bold={suggestion === opened}>
          {` ${suggestion === opened ? glyphs.selected : ' '} ${first + index + 1} ${effectText(suggestion)}  ${suggestion.title}`}
        </Line>
      ))}
      <Box flexDirection="column" paddingLeft={1} paddingTop={1}>
        <Text>{withGlyphs(opened.why, glyphs)}</Text>
        {opened.commands.map((command) => (
          <Text key={command} bold>{`  ${command}`}</Text>
        ))}
        {opened.caution !== undefined && (
          <Text>{`Mind: ${withGlyphs(opened.caution, glyphs)}`}</Text>
        )}
        {opened.persist !== undefined && <Text>{`To keep it: ${opened.persist}`}</Text>}
      </Box>
    </Box>
  );
}

function effectText({ effect }: Advice): string {
  return `${formatPercent(effect.headroomBefore).padStart(6)} → ${formatPercent(effect.headroomAfter).padStart(6)}`;
}
