import { Text } from 'ink';
import type { StyledLine } from '../../format/styled-line.ts';
import { ScrolledLines, type ScrolledLinesProps } from './scrolled-lines.tsx';

export interface DetailPanelProps extends Omit<ScrolledLinesProps, 'lines'> {
  /** Undefined when no group is selected, or it did not exist at that time. */
  readonly lines: readonly StyledLine[] | undefined;
}

/** All that is known of the selected group. */
export function DetailPanel({ lines, ...scrolling }: DetailPanelProps) {
  if (lines === undefined) return <Text> The selected group has no connections at this time.</Text>;
  return <ScrolledLines lines={lines} {...scrolling} />;
}
