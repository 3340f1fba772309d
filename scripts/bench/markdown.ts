import type { Interval } from './protocol.ts';

/** The cells of a row of a table. */
export type Row = readonly string[];

/** Stands where there is no figure, or no target for one. */
export const NONE = '–';

/** A heading, a paragraph and a table, the head of which is its first row; empty without further rows. */
export function section(title: string, text: string, [titles, ...rows]: readonly Row[]): string {
  if (titles === undefined || rows.length === 0) return '';
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  // Figures stand to the right, words to the left: by the first row.
  const rule = rows[0]?.map((cell) => (/^[\d.,]+( |$)/.test(cell) ? '---:' : '---')) ?? [];
  return [`## ${title}`, '', text, '', ...[titles, rule, ...rows].map(line)].join('\n');
}

/** The head of a table, its cells written with `|` between them. */
export function head(cells: string): Row {
  return cells.split('|').map((cell) => cell.trim());
}

/** `124 → 130`, or the figure alone where it stayed the same. */
export function span({ start, end }: Interval, text: (value: number) => string): string {
  return text(start) === text(end) ? text(start) : `${text(start)} → ${text(end)}`;
}

/** Milliseconds with as many decimals as mean something. */
export function ms(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

/** A whole number with its thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
