import type { ForeignText } from '../kernel/foreign-text.ts';
import { parseFilter } from '../model/query/filter-words.ts';
import { SORT_COLUMNS } from '../model/query/order.ts';
import { modelOfPlace, withPlaceHistory, withPlaceModel } from '../model/places.ts';
import { withHostName } from '../model/host-name.ts';
import type { Action } from './actions.ts';
import { steadyAdvice } from './advice-order.ts';
import { followAdvice, WITHDRAWN } from './follow-advice.ts';
import { foldedNext, withFilter, withFoldsAgain, withOpenedFold } from './folding.ts';
import { pasted, withFilterText } from './filter-text.ts';
import { firstVisibleRow } from './list-window.ts';
import { meantAdvice } from './meant-advice.ts';
import { withRowOrder } from './row-order.ts';
import type { Panel } from './panel.ts';
import { recordingStarted, recordingToggled } from './recording.ts';
import { replayFaster, replayStepped, tenthMs } from './replay.ts';
import { nextTheme, themeNotice } from './settings.ts';
import { turned, withTurns } from './turns.ts';
import { goLive, stepInTime, toggleFreeze } from './time.ts';
import { isHeld, shownModel, type ViewState } from './view-state.ts';
import { isSetAnew, whatIfReset, whatIfStepped } from './what-if-steps.ts';
import { selectedIndex, visibleGroups } from './visible-groups.ts';

/** Intervals that `+` and `-` step through lie in here, in ms. */
const STEPPED_INTERVAL_MS = { shortest: 100, longest: 60_000 };

/** The view's next state. Pure; what the world is to do about it says `update`. */
export function reduce(state: ViewState, action: Action): ViewState {
  const reduced = followAdvice(state, withRowOrder(state, reduceAction(state, action)));
  const next = action.type === 'model' ? reduced : withScroll(state, reduced);
  // What was copied, or else is to be said, is said until the user does something else.
  const isSilent = next.copiedLines === undefined && next.notice === undefined;
  return isSilent || KEEPS_NOTICE.has(action.type)
    ? next
    : { ...next, copiedLines: undefined, notice: undefined };
}

/** The text of another row is read from its start, and another panel from its top. */
function withScroll(before: ViewState, reached: ViewState): ViewState {
  const next = before.panel === reached.panel ? reached : { ...reached, panelFirstRow: 0 };
  const isSame = before.panel === next.panel && before.panelCursor === next.panelCursor;
  return isSame || next.panelScroll === 0 ? next : { ...next, panelScroll: 0 };
}

const KEEPS_NOTICE: ReadonlySet<Action['type']> = new Set([
  'advice',
  'copy',
  'copied',
  'save',
  'suspend',
  'repaint',
  'quit',
  'notice',
  'theme',
  'model',
  'host-name',
  'focus',
  'silence',
  'carry-on',
  'turn',
  'turns',
  'record',
  'recording',
  'recording-failed',
  'paste',
  'what-if-step',
  'what-if-reset',
]);

function reduceAction(state: ViewState, action: Action): ViewState {
  switch (action.type) {
    case 'model':
      return withModel(state, action);
    case 'move':
      return moved(state, action);
    case 'advice':
      return withSuggestion(state, action.index);
    case 'sort':
      return {
        ...state,
        order: { column: neighbour(SORT_COLUMNS, state.order.column, action.by), inverted: false },
      };
    case 'invert':
      return { ...state, order: { ...state.order, inverted: !state.order.inverted } };
    case 'sort-by': {
      const inverted = state.order.column === action.column && !state.order.inverted;
      return { ...state, order: { column: action.column, inverted } };
    }
    case 'pick':
      return state.panel === 'groups' && state.selected === action.key
        ? withPanel(state, 'detail')
        : {
            ...state,
            selected: action.key,
            firstRow: action.window?.first ?? state.firstRow,
          };
    case 'fold':
      return foldedNext(state);
    case 'names':
      return { ...state, showNames: !state.showNames };
    case 'host-name':
      return named(state, action.address, action.name);
    case 'panel':
      return withPanel(state, action.panel);
    case 'freeze':
      return toggleFreeze(state);
    case 'time':
      return stepInTime(state, action.byMs);
    case 'time-tenths':
      return stepInTime(state, action.by * tenthMs(state));
    case 'turn':
      return turned(state, action.by);
    case 'turns':
      return withTurns(state, action.turns);
    case 'record':
      return recordingToggled(state);
    case 'recording':
      return recordingStarted(state, action.file);
    case 'recording-failed':
      return { ...state, recording: undefined, notice: action.text };
    case 'silence':
      return { ...state, silentSeconds: action.seconds, silentReason: action.reason };
    case 'carry-on':
      return isHeld(state) ? state : { ...state, carriedToMs: action.nowMs };
    case 'live':
      return goLive(state);
    case 'filter-edit':
      return { ...state, panel: 'groups', editingFilter: true, openedFold: undefined };
    case 'filter-text':
      return withFilterText(state, action.text);
    case 'paste':
      return pasted(state, action.text);
    case 'filter-backspace':
      return withFilter(state, [...state.filter].slice(0, -1).join(''));
    case 'filter-erase':
      return withFilter(state, action.what === 'all' ? '' : withoutWord(state.filter));
    case 'filter-done':
      // A filter with mistakes must be corrected first.
      return parseFilter(state.filter).problem === undefined
        ? withFilter({ ...state, editingFilter: false }, state.filter)
        : state;
    case 'what-if-step':
      return whatIfStepped(state, action.by);
    case 'what-if-reset':
      return whatIfReset(state, action.rows);
    case 'theme': {
      const theme = nextTheme(state);
      return { ...state, theme, notice: themeNotice(theme, state.themes) };
    }
    case 'notice':
      return { ...state, notice: action.text };
    case 'copied':
      return { ...state, copiedLines: action.lines };
    case 'escape':
      return escaped(state);
    case 'copy':
    case 'save':
    case 'suspend':
    case 'repaint':
      // For the world to do: see update.
      return state;
    case 'quit':
      return { ...state, hasLeft: true };
    case 'interval':
      return state.replay === undefined
        ? { ...state, intervalMs: stepped(state.intervalMs, action.factor) }
        : { ...state, replay: replayFaster(state.replay, 1 / action.factor) };
    case 'focus':
      return state.focused === action.focused ? state : { ...state, focused: action.focused };
  }
}

function withModel(
  { latest, recording, replay, history, adviceOrders, ...state }: ViewState,
  {
    model: newest,
    carriedToMs,
    recordedBytes,
    step,
    earlier = [],
  }: Extract<Action, { type: 'model' }>,
): ViewState {
  const { id } = newest.sample.place;
  const last = modelOfPlace(latest, id);
  const { model, order } = steadyAdvice(last, adviceOrders.get(id), newest);
  const isSaidOfOthers = state.panel === 'what-if' && isSetAnew(last, model);
  return {
    ...state,
    ...(isSaidOfOthers && { notice: undefined }),
    adviceOrders: new Map([...adviceOrders, [id, order]]),
    silentSeconds: undefined,
    carriedToMs,
    latest: withPlaceModel(latest, model),
    history: [...earlier, model].reduce(withPlaceHistory, history),
    recording: recording && { ...recording, bytes: recordedBytes ?? recording.bytes },
    replay: replay && step ? replayStepped(replay, step) : replay,
  };
}

/** Opens the suggestion that is meant by a number. */
function withSuggestion(state: ViewState, index: number): ViewState {
  const meant = meantAdvice(state, index);
  const { advice = [] } = shownModel(state) ?? {};
  const opened: ViewState = {
    ...state,
    panel: 'advice',
    copiedLines: undefined,
    notice: undefined,
  };
  if (meant !== undefined) return { ...opened, panelCursor: advice.indexOf(meant) };
  return index < advice.length
    ? { ...opened, panelCursor: 0, notice: WITHDRAWN }
    : { ...opened, panelCursor: index };
}

function named(state: ViewState, address: string, name: ForeignText): ViewState {
  const hostNames = withHostName(state.hostNames, address, name);
  return hostNames === state.hostNames ? state : { ...state, hostNames };
}

function moved(state: ViewState, action: Extract<Action, { type: 'move' }>): ViewState {
  const { by, rows, text, window, margin } = action;
  const clamp = (row: number) => Math.max(0, Math.min(rows - 1, row));
  const firstOf = (row: number, before: number) =>
    window === undefined ? before : firstVisibleRow(row, window, rows, margin);
  if (state.panel === 'groups') {
    const groups = visibleGroups(state);
    const row = clamp(selectedIndex(groups, state.selected) + by);
    return { ...state, selected: groups[row]?.key, firstRow: firstOf(row, state.firstRow) };
  }
  const movedTo = (row: number) => ({
    ...state,
    panelCursor: row,
    panelFirstRow: firstOf(row, state.panelFirstRow),
  });
  if (text === undefined || !Number.isFinite(by)) return movedTo(clamp(state.panelCursor + by));
  const at = Math.min(state.panelScroll, text);
  const scrolled = Math.max(0, Math.min(text, at + by));
  return scrolled === at
    ? movedTo(clamp(state.panelCursor + Math.sign(by)))
    : { ...state, panelScroll: scrolled };
}

function escaped(state: ViewState): ViewState {
  if (state.editingFilter) return { ...withFilter(state, ''), editingFilter: false };
  if (state.panel !== 'groups') return { ...state, panel: 'groups', panelCursor: 0 };
  if (state.past !== undefined) return { ...state, past: undefined };
  if (state.openedFold !== undefined) return withFoldsAgain(state, state.openedFold);
  return state.filter === '' ? { ...state, folding: undefined } : withFilter(state, '');
}

function withPanel(state: ViewState, panel: Panel): ViewState {
  // The detail of a fold is its members.
  if (panel === 'detail' && state.folding !== undefined) return withOpenedFold(state);
  return { ...state, panel: state.panel === panel ? 'groups' : panel, panelCursor: 0 };
}

/** As Ctrl-W does in a shell: blanks at the end go with the word before them. */
function withoutWord(filter: string): string {
  return filter.replace(/\S*\s*$/, '');
}

function neighbour<Item>(items: readonly Item[], item: Item, by: number): Item {
  return items[(items.indexOf(item) + by + items.length) % items.length] ?? item;
}

function stepped(intervalMs: number, factor: number): number {
  const { shortest, longest } = STEPPED_INTERVAL_MS;
  return Math.round(Math.max(shortest, Math.min(longest, intervalMs * factor)));
}
