import { Text } from 'ink';
import { shortenEnd } from '../../format/shorten.ts';
import type { Severity } from '../../model/severity.ts';
import { secondaryStyle, usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';

export interface LineProps {
  readonly children: string;
  /** Terminal columns; what is longer is cut. */
  readonly columns: number;
  readonly glyphs: Glyphs;
  /** Gives the line its colour; healthy lines have the terminal's own. */
  readonly severity?: Severity;
  readonly bold?: boolean;
  readonly inverse?: boolean;
  readonly dimColor?: boolean;
}

/** One line of text of ours, in the characters of the screen and never wrapped. */
export function Line({
  children,
  columns,
  glyphs,
  severity = 'info',
  dimColor = false,
  ...style
}: LineProps) {
  const palette = usePalette();
  const color = palette[severity];
  const signal = color === undefined ? {} : { color };
  return (
    <Text wrap="truncate" {...style} {...(dimColor ? secondaryStyle(palette) : signal)}>
      {shortenEnd(withGlyphs(children, glyphs), columns, glyphs.ellipsis)}
    </Text>
  );
}
