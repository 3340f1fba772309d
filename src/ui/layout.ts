/** How the screen is divided; all in terminal cells. */
export interface ScreenLayout {
  readonly columns: number;
  /** Rows of the whole screen. */
  readonly rows: number;
  /** A screen too low for them leaves out the title, the drain line and the blank line. */
  readonly showTitle: boolean;
  readonly showDrain: boolean;
  readonly showBlank: boolean;
}

/** Rows from which on there is room for what is nice to have. */
const ROOMY_ROWS = 16;

/** The smallest screen that is laid out; a smaller one shows the upper left corner of it. */
const SMALLEST = { columns: 30, rows: 6 };

export function screenLayout(columns: number, rows: number): ScreenLayout {
  const roomy = rows >= ROOMY_ROWS;
  return {
    columns: Math.max(SMALLEST.columns, columns),
    rows: Math.max(SMALLEST.rows, rows),
    showTitle: roomy,
    showDrain: roomy,
    showBlank: roomy,
  };
}

/** Columns of the group table, in the order in which they stand on the screen. */
export const TABLE_COLUMNS = [
  'group',
  'owner',
  'bar',
  'headroom',
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

const FIXED_WIDTHS = {
  owner: 12,
  headroom: 9,
  live: 6,
  tw: 6,
  closes: 8,
  eta: 10,
  drain: 20,
} as const;
const GAP = 2;
const SMALLEST_BAR = 12;
const SMALLEST_GROUP = 20;
/** The longest IPv4 label fits into so many columns; IPv6 ones may take this share of a wide screen. */
const ROOMY_GROUP = { columns: 40, share: 0.36 } as const;

/** From the most important: what a narrower screen loses last. */
const BY_IMPORTANCE = ['eta', 'bar', 'tw', 'live', 'closes', 'owner', 'drain'] as const;

/**
 * Chooses columns by importance and gives the bar what is left. `longestLabel` is the width of the
 * widest group label.
 */
export function tableLayout(columns: number, longestLabel: number): TableLayout {
  let left = columns - MARKS_WIDTH - FIXED_WIDTHS.headroom;
  const most = Math.max(ROOMY_GROUP.columns, Math.floor(columns * ROOMY_GROUP.share));
  const group = Math.min(left, Math.max(SMALLEST_GROUP, Math.min(longestLabel, most)));
  left -= group;
  const layout: Partial<Record<TableColumn, number>> = {};
  for (const column of BY_IMPORTANCE) {
    const width =
      column === 'bar' ? SMALLEST_BAR + GAP : FIXED_WIDTHS[column] + (column === 'drain' ? GAP : 0);
    if (width > left) continue;
    layout[column] = column === 'bar' ? SMALLEST_BAR : FIXED_WIDTHS[column];
    left -= width;
  }
  if (layout.bar !== undefined) layout.bar += left;
  return { ...layout, group, headroom: FIXED_WIDTHS.headroom };
}

/** The first of `rows` visible rows of `total`, so that the selected one is on the screen, in its middle where it can be. */
export function firstVisibleRow(selected: number, rows: number, total: number): number {
  return Math.max(0, Math.min(selected - Math.floor(rows / 2), total - rows));
}
