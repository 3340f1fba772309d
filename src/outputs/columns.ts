import { stringWidth } from '../format/string-width.ts';

/** A column of plain text: its title, and its cell in each row. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align: 'left' | 'right';
}

/**
 * The titles and a line for each row; lines may end in blanks. `written` makes of a cell what is shown of it, before
 * columns are measured.
 */
export function inColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  written: (text: string) => string,
): string[] {
  const texts = rows.map((row) => columns.map(({ text }) => written(text(row))));
  const cells = [columns.map(({ title }) => title), ...texts];
  const widths = columns.map((_, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  return cells.map((row) =>
    row.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align)).join('  '),
  );
}

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
}
