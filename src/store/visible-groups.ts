import { filterGroups, groupPredicate } from '../model/query/filter.ts';
import { foldGroups, type VisibleGroup } from '../model/query/fold.ts';
import type { GroupModel } from '../model/group-model.ts';
import { sortGroups } from '../model/query/order.ts';
import { stableOrder } from '../model/query/stable-order.ts';
import { groupsOf, worstPlace } from '../model/places.ts';
import { withFading } from './fading.ts';
import { realModel, shownModels, type ViewState } from './view-state.ts';

const remembered = new WeakMap<ViewState, readonly VisibleGroup[]>();

/**
 * The groups of all places on the screen, or their folds, filtered and in order, and among them those that fade.
 * Computed once for a state: a frame and each key ask for them several times.
 */
export function visibleGroups(state: ViewState): readonly VisibleGroup[] {
  const known = remembered.get(state);
  if (known !== undefined) return known;
  const groups = findVisibleGroups(state);
  remembered.set(state, groups);
  return groups;
}

/** The same in the very order of their figures, but for those that fade: they stay below the row that they were below. */
export function sortedVisibleGroups(state: ViewState): readonly VisibleGroup[] {
  return findVisibleGroups(state, (rows) => sortGroups(rows, state.order));
}

function findVisibleGroups(
  state: ViewState,
  sort = (rows: readonly VisibleGroup[]) => stableOrder(state.rowOrder, rows, state.order),
): readonly VisibleGroup[] {
  const { filterWords, folding, order, rowOrder } = state;
  const groups = filterGroups(groupsOf(shownModels(state)), filterWords);
  const ordered = sort(folding === undefined ? groups : foldGroups(groups, folding));
  return withFading(ordered, filterGroups(fadingGroups(state), filterWords), rowOrder, order);
}

/**
 * Key of the row that has the most severe group of all places: the group's own, or that of its fold. Undefined: no group
 * is even a warning. Where what would be is shown and all would be well, that of the group which is the most severe now.
 * The row is there unless the filter hides it.
 */
export function worstRowKey(state: ViewState): string | undefined {
  const worst = worstPlace(shownModels(state))?.worst;
  const now = state.panel === 'what-if' ? realModel(state)?.worst : undefined;
  const told = [worst, now].find((group) => group !== undefined && group.severity !== 'info');
  return told && rowKeyOf(told, state);
}

/** Whether the filter hides the group that the verdict is about. */
export function isFilteredOut(state: ViewState, group: GroupModel | undefined): boolean {
  return group !== undefined && !groupPredicate(state.filterWords)(group);
}

function rowKeyOf(group: GroupModel, { folding }: ViewState): string | undefined {
  return folding === undefined ? group.key : foldGroups([group], folding)[0]?.key;
}

/** The groups on the screen that have gone. What would be has none, and a fold is not worth it. */
export function fadingGroups({ panel, folding, fading }: ViewState): readonly GroupModel[] {
  return panel === 'what-if' || folding !== undefined ? [] : fading.map(({ group }) => group);
}

/** True of a group on the screen that has gone. */
export function hasGone(state: ViewState, group: GroupModel): boolean {
  return fadingGroups(state).includes(group);
}

/** Index of the selected group among the visible ones; 0 if none is selected or it has gone. */
export function selectedIndex(groups: readonly GroupModel[], selected: string | undefined): number {
  return Math.max(
    0,
    groups.findIndex(({ key }) => key === selected),
  );
}

/** The selected group; undefined if there is none, or it did not exist at the time on the screen. */
export function selectedGroup(state: ViewState): GroupModel | undefined {
  const groups = visibleGroups(state);
  return state.past === undefined || state.selected === undefined
    ? groups[selectedIndex(groups, state.selected)]
    : groups.find(({ key }) => key === state.selected);
}
