import { NO_NAMES } from '../../model/host-name.ts';
import { groupsOf } from '../../model/places.ts';
import {
  hasSeveralPlaces,
  realModels,
  shownModel,
  type ViewState,
} from '../../store/view-state.ts';
import { hasGone, selectedIndex, visibleGroups } from '../../store/visible-groups.ts';
import { groupSentence } from './spoken-group.ts';
import type { SpokenLine } from './spoken-text.ts';

/** The group at the cursor, or that there is none. */
export function spokenSelectedGroup(state: ViewState): readonly SpokenLine[] {
  const groups = visibleGroups(state);
  return groups.length === 0
    ? [noGroupText(state)]
    : [groupLine(state, selectedIndex(groups, state.selected))];
}

/** A row of the group table, from 0. */
export function groupLine(state: ViewState, index: number): string {
  const groups = visibleGroups(state);
  const group = groups[index];
  if (group === undefined) return '';
  const place = {
    position: index + 1,
    total: groups.length,
    selected: index === selectedIndex(groups, state.selected),
    gone: hasGone(state, group),
  };
  const names = state.showNames ? state.hostNames : NO_NAMES;
  return groupSentence(group, place, {
    names,
    nowMs: shownModel(state)?.sample.takenAtMs ?? 0,
    withPlace: hasSeveralPlaces(state),
  });
}

/** Why no group is shown. */
export function noGroupText(state: ViewState): string {
  return groupsOf(realModels(state)).length > 0
    ? 'No group matches the filter; Escape clears it.'
    : 'No outgoing TCP connections.';
}
