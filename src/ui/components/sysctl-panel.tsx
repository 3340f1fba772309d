import { Box, Text } from 'ink';
import Table, { type RowProps } from 'ink-table';
import type { PropsWithChildren } from 'react';
import type { Sample } from '../../model/sample.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import { firstVisibleRow, type ListView } from '../layout.ts';
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

/** ink-table's upper rule and its titles. */
const ROWS_ABOVE = 2;
/** The same and the lower rule. */
const TABLE_FRAME_ROWS = ROWS_ABOVE + 1;
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
  const { fallback } = sample.sampling;
  const { first, shown } = sysctlList({ sample, cursor, rows });
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

/** Which sysctls are on the screen, and where. */
export function sysctlList({
  sample,
  cursor,
  rows,
}: Pick<SysctlPanelProps, 'sample' | 'cursor' | 'rows'>): ListView {
  const total = explainSysctls(sample).length;
  const textRows = sample.sampling.fallback === undefined ? EXPLANATION_ROWS : 2 * EXPLANATION_ROWS;
  const shown = Math.max(1, Math.min(total, rows - TABLE_FRAME_ROWS - textRows));
  const first = firstVisibleRow(Math.min(cursor, total - 1), shown, total);
  return { top: ROWS_ABOVE, first, shown };
}
