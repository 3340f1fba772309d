import { Box, Text } from 'ink';
import { formatPercent } from '../../format/units.ts';
import type { Advice } from '../../model/advice/advice.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Signal } from './marks.tsx';

export interface AdvicePanelProps {
  /** Best first. */
  readonly advice: readonly Advice[];
  /** The one that is opened. */
  readonly cursor: number;
  readonly glyphs: Glyphs;
}

/** Suggestions with their computed effect; the one at the cursor with reason, commands and risk. */
export function AdvicePanel({ advice, cursor, glyphs }: AdvicePanelProps) {
  const opened = advice[Math.min(cursor, advice.length - 1)];
  if (opened === undefined)
    return <Text> Nothing to change: no group would have more headroom.</Text>;
  const [first] = advice;
  return (
    <Box flexDirection="column">
      <Text
        bold
        wrap="truncate"
      >{` SUGGESTIONS, best first, for ${withGlyphs(first?.effect.group ?? '', glyphs)}`}</Text>
      {advice.map((suggestion, index) => (
        <Text key={suggestion.id} wrap="truncate" bold={suggestion === opened}>
          {` ${suggestion === opened ? glyphs.selected : ' '} ${index + 1} ${effectText(suggestion, glyphs)}  `}
          <Signal severity={suggestion.severity}>{withGlyphs(suggestion.title, glyphs)}</Signal>
        </Text>
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

function effectText({ effect }: Advice, glyphs: Glyphs): string {
  return `${formatPercent(effect.headroomBefore).padStart(6)} ${glyphs.arrow} ${formatPercent(effect.headroomAfter).padStart(6)}`;
}
