import { Text } from 'ink';
import type { TimeLine } from '../../format/time-line.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface ReplayLineProps {
  readonly line: TimeLine;
  readonly glyphs: Glyphs;
}

/** Where a recording is, and where it turned; the help has the letters. */
export function ReplayLine({ line: { before, here, after }, glyphs }: ReplayLineProps) {
  return (
    <Text wrap="truncate">
      <Secondary>{withGlyphs(before, glyphs)}</Secondary>
      <Text inverse>{withGlyphs(here, glyphs)}</Text>
      <Secondary>{withGlyphs(after, glyphs)}</Secondary>
    </Text>
  );
}
