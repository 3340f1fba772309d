import { Text, type TextProps } from 'ink';
import { secondaryStyle, usePalette } from '../hooks/use-palette.ts';

/** Text that steps back behind the figures. */
export function Secondary(props: TextProps) {
  return <Text {...secondaryStyle(usePalette())} {...props} />;
}
