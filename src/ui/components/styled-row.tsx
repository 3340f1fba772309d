import { Text } from 'ink';
import type { StyledLine, Tone } from '../../format/styled-line.ts';
import type { Severity } from '../../model/severity.ts';
import { secondaryStyle, usePalette } from '../hooks/use-palette.ts';
import type { Palette } from '../palettes.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';

export interface StyledRowProps {
  readonly line: StyledLine;
  /** What a signal in it is about. */
  readonly severity?: Severity | undefined;
  readonly glyphs: Glyphs;
}

/** One row of the screen, in our characters and the theme's colours. */
export function StyledRow({ line, severity = 'info', glyphs }: StyledRowProps) {
  const palette = usePalette();
  return (
    <Text wrap="truncate">
      {line.every(({ text }) => text === '') && ' '}
      {line.map(({ text, tone }, at) => (
        <Text key={at} {...styleOf(tone, palette, severity)}>
          {withGlyphs(text, glyphs)}
        </Text>
      ))}
    </Text>
  );
}

function styleOf(tone: Tone, palette: Palette, severity: Severity) {
  switch (tone) {
    case 'plain':
      return {};
    case 'strong':
      return { bold: true };
    case 'dim':
      return secondaryStyle(palette);
    case 'signal': {
      const color = palette[severity];
      return color === undefined ? {} : { color };
    }
  }
}
