import { SORT_COLUMNS } from '../model/group-order.ts';
import type { Model } from '../model/model.ts';
import type { WhatIf } from '../model/what-if.ts';
import { resetWhatIf, stepWhatIf, WHAT_IF_PARAMETERS } from '../model/what-if-choices.ts';
import { type Panel, realModel, type ViewState } from './view-state.ts';
import { selectedIndex, visibleGroups } from './visible-groups.ts';

/** What can happen to the live view. */
export type Action =
  | { readonly type: 'model'; readonly model: Model }
  /** Rows down (positive) or up, among the `rows` of the panel that is shown; Infinity: to the end. */
  | { readonly type: 'move'; readonly by: number; readonly rows: number }
  /** Looks at one suggestion, 0 for the first. */
  | { readonly type: 'advice'; readonly index: number }
  | { readonly type: 'sort'; readonly by: -1 | 1 }
  | { readonly type: 'invert' }
  /** Shows a panel, or the groups again if it is shown already. */
  | { readonly type: 'panel'; readonly panel: Panel }
  | { readonly type: 'freeze' }
  | { readonly type: 'filter-edit' }
  | { readonly type: 'filter-text'; readonly text: string }
  | { readonly type: 'filter-backspace' }
  | { readonly type: 'filter-done' }
  /** Another value for the what-if's row at the cursor: the next greater or smaller one. */
  | { readonly type: 'what-if-step'; readonly by: -1 | 1 }
  /** Gives back the real value to the row at the cursor, or to all. */
  | { readonly type: 'what-if-reset'; readonly rows: 'this' | 'all' }
  /** So many lines were copied. */
  | { readonly type: 'copied'; readonly lines: number }
  /** Leaves what was entered last: the filter line, a panel, the filter. */
  | { readonly type: 'escape' }
  | { readonly type: 'interval'; readonly factor: number }
  /** The terminal's window came to the front, or left it. */
  | { readonly type: 'focus'; readonly focused: boolean };

/** Intervals that `+` and `-` step through lie in here, in ms. */
const STEPPED_INTERVAL_MS = { shortest: 100, longest: 60_000 };

export function reduce(state: ViewState, action: Action): ViewState {
  const next = reduceAction(state, action);
  // What was copied is said until the user does something else.
  const stays = next.copiedLines === undefined || KEEPS_NOTICE.has(action.type);
  return stays ? next : { ...next, copiedLines: undefined };
}

const KEEPS_NOTICE: ReadonlySet<Action['type']> = new Set(['copied', 'model', 'focus']);

function reduceAction(state: ViewState, action: Action): ViewState {
  switch (action.type) {
    case 'model':
      return { ...state, latest: action.model };
    case 'move':
      return moved(state, action.by, action.rows);
    case 'advice':
      return { ...state, panel: 'advice', panelCursor: action.index };
    case 'sort':
      return {
        ...state,
        order: { column: neighbour(SORT_COLUMNS, state.order.column, action.by), inverted: false },
      };
    case 'invert':
      return { ...state, order: { ...state.order, inverted: !state.order.inverted } };
    case 'panel':
      return {
        ...state,
        panel: state.panel === action.panel ? 'groups' : action.panel,
        panelCursor: 0,
      };
    case 'freeze':
      return { ...state, frozen: state.frozen === undefined ? state.latest : undefined };
    case 'filter-edit':
      return { ...state, panel: 'groups', editingFilter: true };
    case 'filter-text':
      return { ...state, filter: state.filter + action.text };
    case 'filter-backspace':
      return { ...state, filter: [...state.filter].slice(0, -1).join('') };
    case 'filter-done':
      return { ...state, editingFilter: false };
    case 'what-if-step':
      return whatIfStepped(state, action.by);
    case 'what-if-reset':
      return { ...state, whatIf: whatIfReset(state, action.rows) };
    case 'copied':
      return { ...state, copiedLines: action.lines };
    case 'escape':
      return escaped(state);
    case 'interval':
      return { ...state, intervalMs: stepped(state.intervalMs, action.factor) };
    case 'focus':
      return state.focused === action.focused ? state : { ...state, focused: action.focused };
  }
}

function moved(state: ViewState, by: number, rows: number): ViewState {
  const clamp = (row: number) => Math.max(0, Math.min(rows - 1, row));
  if (state.panel !== 'groups') return { ...state, panelCursor: clamp(state.panelCursor + by) };
  const groups = visibleGroups(state);
  return { ...state, selected: groups[clamp(selectedIndex(groups, state.selected) + by)]?.label };
}

function whatIfStepped(state: ViewState, by: -1 | 1): ViewState {
  const sample = realModel(state)?.sample;
  const parameter = WHAT_IF_PARAMETERS[state.panelCursor];
  if (sample === undefined || parameter === undefined) return state;
  return { ...state, whatIf: stepWhatIf(state.whatIf, parameter, by, sample) };
}

function whatIfReset({ whatIf, panelCursor }: ViewState, rows: 'this' | 'all'): WhatIf {
  const parameter = WHAT_IF_PARAMETERS[panelCursor];
  return rows === 'all' || parameter === undefined ? {} : resetWhatIf(whatIf, parameter);
}

function escaped(state: ViewState): ViewState {
  if (state.editingFilter) return { ...state, editingFilter: false, filter: '' };
  if (state.panel !== 'groups') return { ...state, panel: 'groups', panelCursor: 0 };
  return { ...state, filter: '' };
}

function neighbour<Item>(items: readonly Item[], item: Item, by: number): Item {
  return items[(items.indexOf(item) + by + items.length) % items.length] ?? item;
}

function stepped(intervalMs: number, factor: number): number {
  const { shortest, longest } = STEPPED_INTERVAL_MS;
  return Math.round(Math.max(shortest, Math.min(longest, intervalMs * factor)));
}
