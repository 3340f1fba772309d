import { LONGEST_FILTER } from '../model/query/filter-words.ts';
import { withFilter } from './folding.ts';
import type { ViewState } from './view-state.ts';

/** The filter with more text. One character too many says that the rest was not taken. */
export function withFilterText(state: ViewState, text: string): ViewState {
  return withFilter(state, (state.filter + text).slice(0, LONGEST_FILTER + 1));
}

/** What a paste does: it is text for the filter, and presses no keys. */
export function pasted(state: ViewState, text: string): ViewState {
  return state.editingFilter
    ? withFilterText(state, oneLine(text))
    : { ...state, notice: 'Pasted text presses no keys: / takes it as a filter' };
}

/** Text without control characters, which cannot be typed into a filter. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are meant
  return text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');
}

/** As Ctrl-W does in a shell: blanks at the end go with the word before them. */
export function withoutWord(filter: string): string {
  return filter.replace(/\S*\s*$/, '');
}
