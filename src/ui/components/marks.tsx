import { Text } from 'ink';
import type { Severity } from '../../model/severity.ts';
import { type Glyphs, SEVERITY_COLOR } from '../theme.ts';

/** Text in its severity's colour; healthy text has the terminal's own. */
export function Signal({
  severity,
  children,
}: {
  readonly severity: Severity;
  readonly children: string;
}) {
  const color = SEVERITY_COLOR[severity];
  return <Text {...(color === undefined ? {} : { color })}>{children}</Text>;
}

/** The two marks before a row: selected, and how bad it is. */
export function rowMarks(selected: boolean, severity: Severity, glyphs: Glyphs): string {
  return `${selected ? glyphs.selected : ' '}${glyphs.severity[severity]} `;
}
