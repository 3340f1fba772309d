import { groupLine, noGroupText } from './spoken-groups.ts';
import {
  groupCount,
  machineSentences,
  placeLead,
  spokenMark,
  spokenVerdict,
} from './spoken-overview.ts';
import type { SpokenLine } from './spoken-text.ts';
import { printable } from '../../kernel/foreign-text.ts';
import { groupsOf, remainderOf } from '../../model/places.ts';
import {
  hasSeveralPlaces,
  heldScreen,
  realModel,
  realModels,
  shownModel,
  type ViewState,
} from '../../store/view-state.ts';
import { visibleGroups } from '../../store/visible-groups.ts';
import { PANELS } from '../panels/panels.ts';

/** Number of groups that the overview reads out; the keys that move reach the others. */
const OVERVIEW_GROUPS = 3;

/** The view without its panels: verdict, machine, and the first groups. */
export function spokenOverview(state: ViewState): readonly SpokenLine[] {
  const model = realModel(state);
  if (model === undefined) return [];
  const groups = visibleGroups(state);
  const real = realModels(state);
  const more = Math.max(0, groups.length - OVERVIEW_GROUPS) + remainderOf(real).groups;
  return [
    ...present(spokenMark(heldScreen(state))),
    placeLead(hasSeveralPlaces(state), model) + spokenVerdict(model, true),
    ...machineSentences(model),
    ...(state.filter === ''
      ? []
      : [`Only groups that match the filter ${printable(state.filter)}:`]),
    ...(groups.length === 0 && groupsOf(real).length > 0 ? [noGroupText(state)] : []),
    ...groups.slice(0, OVERVIEW_GROUPS).map((_, index) => groupLine(state, index)),
    ...(more > 0 ? [`And ${groupCount(more).replace(' ', ' more ')}.`] : []),
  ];
}

/** All that the panel in the middle of the screen says; of the groups only which one is selected. */
export function spokenPanel(state: ViewState): readonly SpokenLine[] {
  const model = shownModel(state);
  return model === undefined ? [] : PANELS[state.panel].spoken.whole(state, model);
}

/** What the cursor is at: the selected group, or a row of the panel with all that is said of it. */
export function spokenRow(state: ViewState): readonly SpokenLine[] {
  const model = shownModel(state);
  return model === undefined ? [] : PANELS[state.panel].spoken.row(state, model);
}

/** How many rows the keys that move go through. */
export function spokenRowCount(state: ViewState): number {
  const model = shownModel(state);
  return model === undefined ? 0 : PANELS[state.panel].spoken.length(state, model);
}

/** The value in a list, or an empty one. */
export function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
