import { filterGroups } from '../model/group-filter.ts';
import { sortGroups } from '../model/group-order.ts';
import type { GroupModel } from '../model/model.ts';
import { shownModel, type ViewState } from './view-state.ts';

/** The groups on the screen, filtered and in order. */
export function visibleGroups(state: ViewState): readonly GroupModel[] {
  return sortGroups(filterGroups(shownModel(state)?.groups ?? [], state.filter), state.order);
}

/** Where the selected group stands among the visible ones; 0 where none is selected or it has gone. */
export function selectedIndex(groups: readonly GroupModel[], selected: string | undefined): number {
  return Math.max(
    0,
    groups.findIndex(({ label }) => label === selected),
  );
}
