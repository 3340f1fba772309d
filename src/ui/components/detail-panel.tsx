import { Box, Text } from 'ink';
import type { StyledLine, Tone } from '../../format/styled-line.ts';
import type { Severity } from '../../model/severity.ts';
import { usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, type Palette, withGlyphs } from '../theme.ts';

export interface DetailPanelProps {
  /** Undefined: there is no selected group, or was none at that time. */
  readonly lines: readonly StyledLine[] | undefined;
  readonly severity: Severity;
  /** First line shown. */
  readonly cursor: number;
  /** Rows that there are. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** All that is known of the selected group. */
export function DetailPanel({ lines, severity, cursor, rows, glyphs }: DetailPanelProps) {
  const palette = usePalette();
  if (lines === undefined) return <Text> The selected group has no connections at this time.</Text>;
  const below = lines.length - cursor - rows;
  const shown = lines.slice(cursor, cursor + (below > 0 ? rows - 1 : rows));
  return (
    <Box flexDirection="column" flexShrink={0} paddingX={1}>
      {shown.map((line, index) => (
        <Text key={index} wrap="truncate">
          {line.length === 0 && ' '}
          {line.map(({ text, tone }, at) => (
            <Text key={at} {...styleOf(tone, palette, severity)}>
              {withGlyphs(text, glyphs) || ' '}
            </Text>
          ))}
        </Text>
      ))}
      {below > 0 && (
        <Text dimColor>{withGlyphs(`↓ ${below + 1} more lines: j k PgDn PgUp`, glyphs)}</Text>
      )}
    </Box>
  );
}

function styleOf(tone: Tone, palette: Palette, severity: Severity) {
  switch (tone) {
    case 'plain':
      return {};
    case 'strong':
      return { bold: true };
    case 'dim':
      return { dimColor: true };
    case 'signal': {
      const color = palette[severity];
      return color === undefined ? {} : { color };
    }
  }
}
