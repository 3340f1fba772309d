import type { Model } from '../../model/model.ts';
import type { ViewState } from '../../store/view-state.ts';
import type { PanelPlace } from './spoken-panels.ts';
import type { SpokenLine } from './spoken-text.ts';

/** What a listener hears of a panel; the model is the one on the screen. */
export interface SpokenPanel {
  /** Everything that the panel says when it is opened. */
  readonly whole: (state: ViewState, model: Model) => readonly SpokenLine[];
  /** The row at the cursor, in full. */
  readonly row: (state: ViewState, model: Model) => readonly SpokenLine[];
  /** Number of rows that the cursor moves through. */
  readonly length: (state: ViewState, model: Model) => number;
}

/** A panel of rows that the cursor goes through. */
export interface SpokenRows {
  /** Stands before the rows. */
  readonly intro?: (state: ViewState, model: Model) => readonly SpokenLine[];
  /** Each in one or more lines; the one at the cursor is in full. */
  readonly rows: (state: ViewState, model: Model) => readonly (readonly SpokenLine[])[];
  /** Replaces intro and rows if there is no row. */
  readonly whenEmpty?: (model: Model) => readonly SpokenLine[];
  /** Stands after the rows. */
  readonly end?: (state: ViewState, model: Model) => readonly SpokenLine[];
}

/** What is said of a panel of rows. */
export function spokenList({
  intro = () => [],
  rows: allRows,
  whenEmpty = () => [],
  end = () => [],
}: SpokenRows): SpokenPanel {
  return {
    whole(state, model) {
      const rows = allRows(state, model);
      const start = rows.length === 0 ? whenEmpty(model) : intro(state, model);
      return [...start, ...rows.flat(), ...end(state, model)];
    },
    row(state, model) {
      const rows = allRows(state, model);
      return rows[Math.min(state.panelCursor, rows.length - 1)] ?? whenEmpty(model);
    },
    length: (state, model) => allRows(state, model).length,
  };
}

/** Rows of one line each, with their position. */
export function rowsOf<Item>(
  { panelCursor }: ViewState,
  items: readonly Item[],
  say: (item: Item, place: PanelPlace) => string,
): readonly (readonly SpokenLine[])[] {
  const [total, cursor] = [items.length, Math.min(panelCursor, items.length - 1)];
  return items.map((item, index) => [say(item, { index, total, selected: index === cursor })]);
}
