import { Box } from 'ink';
import { KEYMAP } from '../keymap.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';

export interface HelpPanelProps {
  /** First line shown. */
  readonly cursor: number;
  /** Terminal columns. */
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** Keys and legend, as many lines as fit from the cursor on. */
export function HelpPanel({ cursor, columns, rows, glyphs }: HelpPanelProps) {
  const lines = helpLines(glyphs);
  const first = Math.max(0, Math.min(cursor, lines.length - rows));
  return (
    <Box flexDirection="column">
      {lines.slice(first, first + rows).map((line, index) => (
        <Line key={index} columns={columns} glyphs={glyphs}>
          {line}
        </Line>
      ))}
    </Box>
  );
}

/** The whole help, a string a line. */
export function helpLines(glyphs: Glyphs): string[] {
  return [
    // The keys of the whole view first.
    ...KEYMAP.toSorted(
      (a, b) => Number(a.panels !== undefined) - Number(b.panels !== undefined),
    ).map(({ label, help }) => ` ${withGlyphs(label, glyphs).padEnd(10)} ${help}`),
    ` ${'Mouse'.padEnd(10)} a click selects, a second one opens; on a title it sorts; the wheel scrolls`,
    '',
    ` ${glyphs.live} live  ${glyphs.timeWait} TIME_WAIT that blocks its port  ${glyphs.reusable} TIME_WAIT that connect() would take over  ${glyphs.free} free`,
    ' HEADROOM is what is left of the usable ports for one source, destination and destination port.',
    ` ${glyphs.severity.critical} 90% in use, or empty within 30 s   ${glyphs.severity.warning} 75% in use, or empty within 120 s`,
  ];
}
