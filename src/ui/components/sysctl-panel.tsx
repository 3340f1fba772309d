import { Box, Text } from 'ink';
import Table, { type RowProps } from 'ink-table';
import type { PropsWithChildren } from 'react';
import type { Sample } from '../../model/sample.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import { firstVisibleRow } from '../layout.ts';
import { type Glyphs, glyphsFor, withGlyphs } from '../theme.ts';

export interface SysctlPanelProps {
  readonly sample: Sample;
  /** Row that is explained in full. */
  readonly cursor: number;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows of the panel. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

type Row = Record<string, string>;

/** ink-table's two rules and its titles. */
const TABLE_FRAME_ROWS = 3;
/** The explanation of the row at the cursor, on a screen of 80 columns. */
const EXPLANATION_ROWS = 3;

/** Within its parent's width ink-table would wrap its cells; the edge of the screen shall cut them instead. */
const WIDER_THAN_ANY_TABLE = 500;

/** ink-table without the line between two rows, which would take half of an 80x24 screen. */
class DenseTable extends Table<Row> {
  override separator: (props: RowProps<Row>) => null = () => null;
}

/** ink-table draws its lines with box characters. */
function AsciiSkeleton({ children }: PropsWithChildren) {
  return (
    <Text>{typeof children === 'string' ? withGlyphs(children, glyphsFor(true)) : children}</Text>
  );
}

/** Every sysctl that matters: its value, what it should be, and what it means on this machine. */
export function SysctlPanel({ sample, cursor, columns, rows, glyphs }: SysctlPanelProps) {
  const notes = explainSysctls(sample);
  const looked = notes[cursor] ?? notes.at(-1);
  const cursorRow = Math.min(cursor, notes.length - 1);
  const { fallback } = sample.sampling;
  const textRows = fallback === undefined ? EXPLANATION_ROWS : 2 * EXPLANATION_ROWS;
  const shown = Math.max(1, Math.min(notes.length, rows - TABLE_FRAME_ROWS - textRows));
  const first = firstVisibleRow(cursorRow, shown, notes.length);
  const data = notes.slice(first, first + shown).map((note) => ({
    ' ': note === looked ? glyphs.selected : ' ',
    sysctl: note.name,
    now: note.value ?? 'absent',
    'should be': note.shouldBe,
    'what it means here': withGlyphs(note.meaning, glyphs),
  }));
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box width={columns} overflowX="hidden">
        <Box flexShrink={0} width={WIDER_THAN_ANY_TABLE} flexDirection="column">
          <DenseTable
            data={data}
            padding={1}
            {...(glyphs.arrow === '→' ? {} : { skeleton: AsciiSkeleton })}
          />
        </Box>
      </Box>
      {looked !== undefined && (
        <Text wrap="wrap">
          <Text bold>{` ${looked.name} `}</Text>
          {withGlyphs(looked.meaning, glyphs)}
        </Text>
      )}
      {fallback !== undefined && (
        <Text wrap="wrap">{` The sockets are read from procfs: ${fallback}`}</Text>
      )}
    </Box>
  );
}
