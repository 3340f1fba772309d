import { Text } from 'ink';
import Table, { type CellProps, type RowBuilder, type RowProps } from 'ink-table';
import { createContext, type PropsWithChildren, use } from 'react';
import { usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, glyphsFor, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

/** One row by the titles of its columns: its name with its marks first. */
export type TableRow = Record<string, string>;

export interface SysctlTableProps {
  readonly rows: readonly TableRow[];
  /** Those of the rows that stand out. */
  readonly outstanding: ReadonlySet<TableRow>;
  readonly glyphs: Glyphs;
}

/** Whether the row that is drawn stands out. */
const Outstanding = createContext(false);

/** The rows that do; ink-table hands a row's values to its builder, and to a cell its text only. */
const OutstandingRows = createContext<ReadonlySet<string>>(new Set());

/** ink-table without the line between two rows, which would take half of an 80x24 screen. */
class DenseTable extends Table<TableRow> {
  override separator: (props: RowProps<TableRow>) => null = () => null;

  constructor(...props: ConstructorParameters<typeof Table<TableRow>>) {
    super(...props);
    const build = this.data;
    this.data = (row) => <MarkedRow key={row.key} row={row} build={build} />;
  }
}

interface MarkedRowProps {
  readonly row: RowProps<TableRow>;
  readonly build: RowBuilder<TableRow>;
}

function MarkedRow({ row, build }: MarkedRowProps) {
  const isOutstanding = use(OutstandingRows).has(keyOf(row.data));
  return <Outstanding value={isOutstanding}>{build(row)}</Outstanding>;
}

function keyOf(row: Partial<TableRow>): string {
  return Object.values(row)[0] ?? '';
}

/** In bold and in the colour of a warning where the row stands out. */
function Cell({ children }: CellProps) {
  const { warning } = usePalette();
  const color = warning === undefined ? {} : { color: warning };
  return use(Outstanding) ? (
    <Text bold {...color}>
      {children}
    </Text>
  ) : (
    <Text>{children}</Text>
  );
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

/** A table drawn by ink-table, with its rows that stand out. */
export function SysctlTable({ rows, outstanding, glyphs }: SysctlTableProps) {
  return (
    <OutstandingRows value={new Set([...outstanding].map(keyOf))}>
      <DenseTable
        data={[...rows]}
        padding={1}
        header={Title}
        cell={Cell}
        skeleton={glyphs === glyphsFor(true) ? AsciiRule : Rule}
      />
    </OutstandingRows>
  );
}
