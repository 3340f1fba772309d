import type { SortColumn } from '../model/query/order.ts';
import type { Action } from '../store/actions.ts';
import type { ListWindow } from '../store/list-window.ts';
import { type KeyContext, moved } from './key-binding.ts';
import { columnAt, type ListView, type TableLayout } from './layout.ts';
import { sortColumnOf } from './sorted-column.ts';

/** What the user did with the mouse; column and row of the terminal, from 0. */
export interface MouseEvent {
  readonly kind: 'click' | 'wheel-up' | 'wheel-down';
  readonly column: number;
  readonly row: number;
}

/** Where the group table is drawn on the screen. */
export interface TableOnScreen {
  /** Row of the titles, from the top of the screen. */
  readonly top: number;
  readonly layout: TableLayout;
  readonly window: ListWindow;
  /** Keys of the groups in the rows below the titles, from the top. */
  readonly keys: readonly string[];
}

/** What the mouse may hit; looked at only if need be. */
export interface MouseTargets {
  readonly table: () => TableOnScreen | undefined;
  /** The list of a panel, `top` from the top of the screen, and where its cursor is. */
  readonly list: () => (ListView & { readonly cursor: number }) | undefined;
  /** How many rows the shown panel has, and how far the text of the one at the cursor scrolls. */
  readonly scrolling: () => Pick<KeyContext, 'rows' | 'text' | 'window'>;
}

/** What a click has hit. */
export type Hit =
  | { readonly type: 'row'; readonly key: string }
  | { readonly type: 'title'; readonly column: SortColumn };

/** What a click on a cell of the screen hits; undefined: nothing clickable. */
export function hitTest(
  column: number,
  row: number,
  { top, layout, keys }: TableOnScreen,
): Hit | undefined {
  if (row === top) {
    const shown = columnAt(layout, column);
    const sorted = shown && sortColumnOf(shown);
    return sorted && { type: 'title', column: sorted };
  }
  const key = keys[row - top - 1];
  return row < top || key === undefined ? undefined : { type: 'row', key };
}

/** What the mouse does, as an action. */
export function mouseAction(
  { kind, column, row }: MouseEvent,
  { table, list, scrolling }: MouseTargets,
): Action | undefined {
  if (kind !== 'click') return moved(kind === 'wheel-up' ? -1 : 1, scrolling());
  const listed = list();
  const inList = listed === undefined ? -1 : row - listed.top;
  if (listed !== undefined && inList >= 0 && inList < listed.shown) {
    const by = listed.first + inList - listed.cursor;
    return { type: 'move', by, rows: scrolling().rows, window: listed };
  }
  const shown = table();
  const hit = shown && hitTest(column, row, shown);
  if (shown === undefined || hit === undefined) return undefined;
  return hit.type === 'title'
    ? { type: 'sort-by', column: hit.column }
    : { type: 'pick', key: hit.key, window: shown.window };
}
