import { BOTH_ADDRESSES_WIDTH } from '../format/short-label.ts';
import type { ListWindow } from '../store/list-window.ts';

/** How the screen is divided; all in terminal cells. */
export interface ScreenLayout {
  readonly columns: number;
  /** Rows of the whole screen. */
  readonly rows: number;
  /** A screen too low for them leaves out the title, the drain line and the fix. */
  readonly showTitle: boolean;
  readonly showDrain: boolean;
  readonly showFix: boolean;
  /** A taller screen reserves a line for the fix, and a blank line before the panel. */
  readonly keepFixLine: boolean;
}

/** Rows from which on there is room for what is nice to have. */
const ROOMY_ROWS = 16;
const HIGH_ROWS = 24;

/** The smallest layout; a smaller screen shows its upper left corner. */
const SMALLEST = { columns: 30, rows: 6 };

export function screenLayout(columns: number, rows: number): ScreenLayout {
  const roomy = rows >= ROOMY_ROWS;
  return {
    columns: Math.max(SMALLEST.columns, columns),
    rows: Math.max(SMALLEST.rows, rows),
    showTitle: roomy,
    showDrain: roomy,
    showFix: roomy,
    keepFixLine: rows >= HIGH_ROWS,
  };
}

/** Columns of the group table, in screen order. */
export const TABLE_COLUMNS = [
  'group',
  'owner',
  'bar',
  'headroom',
  'refused',
  'live',
  'tw',
  'closes',
  'drain',
  'eta',
] as const;

export type TableColumn = (typeof TABLE_COLUMNS)[number];

/** Width of each column that is shown; a column that is left out is missing. */
export type TableLayout = Partial<Record<TableColumn, number>> & {
  readonly group: number;
  readonly headroom: number;
};

/** Selection and severity marks before each row. */
export const MARKS_WIDTH = 3;

/** Width of the sparklines of the drain. */
export const DRAIN_WIDTH = 16;

const FIXED_WIDTHS = {
  owner: 12,
  headroom: 9,
  refused: 11,
  live: 6,
  tw: 6,
  closes: 8,
  eta: 10,
  drain: DRAIN_WIDTH,
} as const;
/** On a screen too narrow for an IPv4 destination beside those: a value, and one blank before it. */
const COMPACT_WIDTHS = { headroom: 8, eta: 9 } as const;
const GAP = 2;
const SMALLEST_BAR = 12;
const SMALLEST_GROUP = 20;
/** On the narrowest screen: the ends of a destination, and its port. */
const LEAST_GROUP = 10;
/** Width of the longest IPv4 label; IPv6 labels may take this share of a wide screen. */
const ROOMY_GROUP = { columns: 40, share: 0.36 } as const;

/** From the most important: what a narrower screen loses last. */
const BY_IMPORTANCE = ['eta', 'bar', 'refused', 'tw', 'live', 'closes', 'owner', 'drain'] as const;

/**
 * Chooses columns by importance and gives the bar what is left. `longestLabel` is the width of the
 * widest group label; `hasRefusals`: there is something to be shown of refused connections; `sorted`:
 * the column that the rows are sorted by, which comes before all but the time. Refusals come and go, so their column
 * takes the place of figures only: label and bar stay as they are.
 */
export function tableLayout(
  columns: number,
  longestLabel: number,
  hasRefusals = false,
  sorted?: TableColumn,
): TableLayout {
  const roomy = Math.max(ROOMY_GROUP.columns, Math.floor(columns * ROOMY_GROUP.share));
  const wanted = Math.max(SMALLEST_GROUP, Math.min(longestLabel, roomy));
  const besideTime = ({ headroom, eta }: { headroom: number; eta: number }) =>
    columns - MARKS_WIDTH - headroom - eta;
  const isNarrow =
    besideTime(FIXED_WIDTHS) < Math.min(wanted, BOTH_ADDRESSES_WIDTH) &&
    besideTime(COMPACT_WIDTHS) >= LEAST_GROUP;
  const widths = isNarrow ? { ...FIXED_WIDTHS, ...COMPACT_WIDTHS } : FIXED_WIDTHS;
  let left = columns - MARKS_WIDTH - widths.headroom;
  // Cut addresses are better than no time.
  let group = Math.min(wanted, besideTime(widths));
  left -= group;
  const layout: Partial<Record<TableColumn, number>> = {};
  const byImportance = BY_IMPORTANCE.toSorted((a, b) => rank(a, sorted) - rank(b, sorted));
  for (const column of byImportance) {
    if (column === 'refused' && (!hasRefusals || layout.bar === undefined)) continue;
    const width =
      column === 'bar' ? SMALLEST_BAR + GAP : widths[column] + (column === 'drain' ? GAP : 0);
    if (width > left) continue;
    layout[column] = column === 'bar' ? SMALLEST_BAR : widths[column];
    left -= width;
  }
  if (layout.bar !== undefined) layout.bar += left;
  // Whole addresses tell more than a finer bar.
  const spare = layout.bar === undefined ? left : layout.bar - SMALLEST_BAR;
  const more = Math.max(0, Math.min(longestLabel - group, spare));
  group += more;
  if (layout.bar !== undefined) layout.bar -= more;
  return { ...layout, group, headroom: widths.headroom };
}

function rank(column: TableColumn, sorted: TableColumn | undefined): number {
  return column === 'eta' ? 0 : column === sorted ? 1 : 2;
}

/** Terminal columns that a column's cell takes, the gaps around it among them. */
function cellWidth(column: TableColumn, layout: TableLayout): number {
  const width = layout[column];
  if (width === undefined) return 0;
  return width + (column === 'bar' || column === 'drain' ? GAP : 0);
}

/** The column of the table that stands at `x`, from 0 at the left of the screen. */
export function columnAt(layout: TableLayout, x: number): TableColumn | undefined {
  let end = MARKS_WIDTH;
  if (x < end) return undefined;
  return TABLE_COLUMNS.find((column) => x < (end += cellWidth(column, layout)));
}

/** The rows of a list that a panel has on the screen. */
export interface ListView extends ListWindow {
  /** Rows of the panel above them. */
  readonly top: number;
}

/** Rows of the what-if panel, and of the table below it. */
export interface WhatIfLayout {
  readonly heading: boolean;
  readonly parameters: number;
  /** Lines of the figures, the last ones on a low screen. */
  readonly figures: number;
  /** That something was copied. */
  readonly notice: boolean;
  readonly commands: number;
  readonly notes: number;
  /** A blank line before the table. */
  readonly gap: boolean;
  /** The table with its title row. */
  readonly table: number;
}

/** How many rows each part of the what-if panel would fill, and whether the commands were copied just now. */
export interface WhatIfNeeds {
  readonly parameters: number;
  readonly figures: number;
  readonly commands: number;
  readonly notes: number;
  readonly copied: boolean;
}

/** The title, and the worst group. */
const SMALLEST_TABLE = 2;
/** More rows of it are worth more than a blank line. */
const TABLE_BEFORE_GAP = 5;

/**
 * Shares `rows` out by importance: a parameter and the figures; the commands, once they were copied, to be selected; a
 * line of notes; the other parameters, the commands, the top of the table, a heading and the other notes. The table has
 * what is left. Commands are shown whole or not at all.
 */
export function whatIfLayout(rows: number, needs: WhatIfNeeds): WhatIfLayout {
  let left = rows;
  const take = (wanted: number, least = 0) => {
    const taken = Math.max(least, Math.min(wanted, left));
    left -= taken;
    return taken;
  };
  const takeAll = (wanted: number) => (wanted <= left ? take(wanted) : 0);
  const beside = needs.copied ? 1 + needs.commands : 0;
  const figures = rows > needs.figures + beside ? needs.figures : 1;
  take(1 + figures, 1 + figures);
  const notice = needs.copied && take(1) === 1;
  const copied = needs.copied ? takeAll(needs.commands) : 0;
  // At least a line that says that there are notes.
  const note = take(Math.min(1, needs.notes));
  const parameters = 1 + take(needs.parameters - 1);
  const commands = needs.copied ? copied : takeAll(needs.commands);
  const table = takeAll(SMALLEST_TABLE);
  const heading = take(1) === 1;
  const notes = note + take(needs.notes - note);
  const gap = table + left > TABLE_BEFORE_GAP && take(1) === 1;
  return {
    heading,
    parameters,
    figures,
    notice,
    commands,
    notes,
    gap,
    table: table === 0 ? 0 : table + left,
  };
}
