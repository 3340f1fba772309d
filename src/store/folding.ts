import {
  type FilterWord,
  isFieldStart,
  parseFilter,
  printFilter,
} from '../model/query/filter-words.ts';
import { FOLDINGS } from '../model/query/fold.ts';
import { type OpenedFold, realModels, type ViewState } from './view-state.ts';
import { selectedIndex, visibleGroups } from './visible-groups.ts';

/**
 * A filter that cannot be understood leaves the last valid one in force, and what may become the name of
 * a field is no word as long as it is typed.
 */
export function withFilter(state: ViewState, filter: string): ViewState {
  const { words, problem } = parseFilter(filter);
  if (problem !== undefined)
    return { ...state, filter, filterWords: lastValid(state.filterWords, problem.word) };
  const isPending = state.editingFilter && !/\s$/.test(filter) && isFieldStart(words.at(-1));
  return { ...state, filter, filterWords: isPending ? words.slice(0, -1) : words };
}

/** Without the plain word that the wrong one was before its last character: `headrom` of `headrom<`. */
function lastValid(words: readonly FilterWord[], wrong: number): readonly FilterWord[] {
  const wasPlain = words.length === wrong && words.at(-1)?.kind === 'text';
  return wasPlain ? words.slice(0, -1) : words;
}

/** Not folded, by destination, by owner, by source, by place where there are several, and round. */
export function foldedNext(state: ViewState): ViewState {
  const foldings = FOLDINGS.filter((by) => by !== 'place' || realModels(state).length > 1);
  const next = state.folding === undefined ? 0 : foldings.indexOf(state.folding) + 1;
  return {
    ...state,
    panel: 'groups',
    panelCursor: 0,
    folding: foldings[next],
    selected: undefined,
    openedFold: undefined,
  };
}

/** Shows the members of the selected fold: unfolded, by a filter that can be changed like any other. */
export function withOpenedFold(state: ViewState): ViewState {
  const { folding, filter, selected } = state;
  const rows = visibleGroups(state);
  const fold = rows[selectedIndex(rows, selected)]?.fold;
  if (folding === undefined || fold === undefined) return state;
  const members = printFilter([...state.filterWords, ...fold.words]);
  return {
    ...withFilter(state, members),
    panel: 'groups',
    folding: undefined,
    selected: undefined,
    openedFold: { folding, filter, selected },
  };
}

/** Back to the folds that were left through one of them. */
export function withFoldsAgain(state: ViewState, opened: OpenedFold): ViewState {
  const { folding, filter, selected } = opened;
  return { ...withFilter(state, filter), folding, selected, openedFold: undefined };
}
