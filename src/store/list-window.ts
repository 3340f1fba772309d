/** The rows of a list that are on the screen. */
export interface ListWindow {
  /** The first that is shown, from 0. */
  readonly first: number;
  readonly shown: number;
}

/** Windows with fewer rows have none to spare around the selected one. */
const ROWS_WITH_MARGIN = 5;

/**
 * The first row that is shown of `total`: `window` moves only as far as it takes to have the selected row in it, and
 * `margin` rows above and below that, where there is room for them.
 */
export function firstVisibleRow(
  selected: number,
  { first, shown }: ListWindow,
  total: number,
  margin: 0 | 1 = 0,
): number {
  const around = shown < ROWS_WITH_MARGIN ? 0 : margin;
  const least = selected + around - shown + 1;
  return Math.max(0, Math.min(Math.max(first, least), selected - around, total - shown));
}
