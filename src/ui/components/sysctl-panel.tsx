import { Box, Text } from 'ink';
import Table, { type RowProps } from 'ink-table';
import type { PropsWithChildren } from 'react';
import { samplingNotes } from '../../format/sampling-notes.ts';
import { sysctlExplanation, sysctlRows } from '../../format/sysctl-rows.ts';
import type { Model } from '../../model/model.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import { firstVisibleRow, type ListView } from '../layout.ts';
import { type Glyphs, glyphsFor, withGlyphs } from '../theme.ts';
import { Paragraph } from './paragraph.tsx';
import { Secondary } from './secondary.tsx';

export interface SysctlPanelProps {
  readonly model: Pick<Model, 'sample' | 'advice'>;
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
/** The explanation of the row at the cursor, or a note, on a screen of 80 columns. */
const EXPLANATION_ROWS = 3;

/** ink-table without the line between two rows, which would take half of an 80x24 screen. */
class DenseTable extends Table<Row> {
  override separator: (props: RowProps<Row>) => null = () => null;
}

/** Not in colour, which is for signals. */
function Title({ children }: PropsWithChildren) {
  return <Text bold>{children}</Text>;
}

function Rule({ children }: PropsWithChildren) {
  return <Secondary>{children}</Secondary>;
}

/** ink-table draws its lines with box characters. */
function AsciiRule({ children }: PropsWithChildren) {
  return (
    <Rule>{typeof children === 'string' ? withGlyphs(children, glyphsFor(true)) : children}</Rule>
  );
}

/** Every sysctl that matters: its value, what it should be, and what it means on this machine. */
export function SysctlPanel({ model, cursor, columns, rows, glyphs }: SysctlPanelProps) {
  const notes = explainSysctls(model).map((note) => ({
    ...note,
    meaning: withGlyphs(note.meaning, glyphs),
  }));
  const looked = notes[cursor] ?? notes.at(-1);
  const screen = { columns, glyphs };
  const { first, shown } = sysctlList({ model, cursor, rows });
  const cursorRow = Math.min(cursor, notes.length - 1);
  const data = sysctlRows(notes, columns, glyphs.ellipsis)
    .map((row, index) => ({ ' ': index === cursorRow ? glyphs.selected : ' ', ...row }))
    .slice(first, first + shown);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <DenseTable
        data={data}
        padding={1}
        header={Title}
        skeleton={glyphs.arrow === '→' ? Rule : AsciiRule}
      />
      {looked !== undefined && (
        <Paragraph {...screen} lead={`${looked.name}:`}>
          {sysctlExplanation(looked, columns)}
        </Paragraph>
      )}
      {samplingNotes(model.sample).map((note) => (
        <Paragraph key={note} {...screen}>
          {note}
        </Paragraph>
      ))}
    </Box>
  );
}

/** Which sysctls are on the screen, and where. */
export function sysctlList({
  model,
  cursor,
  rows,
}: Pick<SysctlPanelProps, 'model' | 'cursor' | 'rows'>): ListView {
  const total = explainSysctls(model).length;
  const textRows = (1 + samplingNotes(model.sample).length) * EXPLANATION_ROWS;
  const shown = Math.max(1, Math.min(total, rows - TABLE_FRAME_ROWS - textRows));
  const first = firstVisibleRow(Math.min(cursor, total - 1), shown, total);
  return { top: ROWS_ABOVE, first, shown };
}
