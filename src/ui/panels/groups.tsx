import { NO_NAMES } from '../../model/host-name.ts';
import type { Model } from '../../model/model.ts';
import { groupsOf, remainderOf } from '../../model/places.ts';
import { hasSeveralPlaces, shownModels } from '../../store/view-state.ts';
import {
  fadingGroups,
  selectedIndex,
  visibleGroups,
  worstRowKey,
} from '../../store/visible-groups.ts';
import { GroupTable } from '../components/group-table.tsx';
import { groupCount } from '../speech/spoken-overview.ts';
import { spokenSelectedGroup } from '../speech/spoken-groups.ts';
import type { TableViewProps } from '../table-view.ts';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** The group table of a state, in all of the rows. */
export function tableOf({ state, columns, rows, glyphs }: PanelProps): TableViewProps {
  const groups = visibleGroups(state);
  return {
    groups,
    selectedIndex: selectedIndex(groups, state.selected),
    firstRow: state.firstRow,
    worstKey: worstRowKey(state),
    isWorstFirst: state.panel === 'what-if',
    order: state.order,
    hasPlaces: hasSeveralPlaces(state),
    columns,
    rows: rows - 1,
    glyphs,
    names: state.showNames ? state.hostNames : NO_NAMES,
    others: remainderOf(shownModels(state)),
  };
}

/** The group table, with what stands in place of its rows where there are none. */
export function GroupsView(props: PanelProps) {
  const { state, model } = props;
  return (
    <GroupTable
      {...tableOf(props)}
      fading={fadingGroups(state)}
      lostPlaces={new Set(state.lost.flatMap(({ placeId }) => placeId ?? []))}
      nowMs={model.sample.takenAtMs}
      whenEmpty={whenEmpty(shownModels(state))}
    />
  );
}

function whenEmpty(models: readonly Model[]): string {
  if (groupsOf(models).length > 0)
    return models.some(({ sample }) => sample.remainder.groups > 0)
      ? 'None of the fullest groups matches the filter; Esc clears it.'
      : 'No group matches the filter; Esc clears it.';
  return models.some(({ sample }) => sample.sampling.isPartial === true)
    ? 'No outgoing TCP connections among those that could be read.'
    : 'No outgoing TCP connections.';
}

/** The groups, a row each. */
export const GROUPS_PANEL: PanelParts = {
  View: GroupsView,
  length: ({ state }) => visibleGroups(state).length,
  tableRows: ({ rows }) => rows,
  spoken: {
    // The overview already lists the groups, so only the selected one is said.
    whole: (state) => [
      `${groupCount(visibleGroups(state).length)}.`,
      ...spokenSelectedGroup(state),
    ],
    row: spokenSelectedGroup,
    length: (state) => visibleGroups(state).length,
  },
};
