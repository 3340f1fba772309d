import { detailLines } from '../../format/group-detail.ts';
import type { StyledLine } from '../../format/styled-line.ts';
import type { GroupModel } from '../../model/group-model.ts';
import type { Model } from '../../model/model.ts';
import { NO_HISTORY } from '../../model/model-history.ts';
import { usedInHistory } from '../../model/used-in-history.ts';
import { modelOfPlace } from '../../model/places.ts';
import { placeIdOf } from '../../model/sample/tuple-label.ts';
import { hasSeveralPlaces, shownModels, type ViewState } from '../../store/view-state.ts';
import { hasGone, selectedGroup } from '../../store/visible-groups.ts';
import { DetailPanel } from '../components/detail-panel.tsx';
import { scrollPositions } from '../components/scrolled-lines.tsx';
import { spokenDetail, spokenGone } from '../speech/spoken-detail.ts';
import { spokenList } from '../speech/spoken-list.ts';
import type { SpokenLine } from '../speech/spoken-text.ts';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** All that is known of the selected group. */
export const DETAIL_PANEL: PanelParts = {
  View: (props) => (
    <DetailPanel
      lines={linesOf(props)}
      severity={selectedGroup(props.state)?.severity ?? 'info'}
      cursor={props.state.panelCursor}
      columns={props.columns}
      rows={props.rows}
      glyphs={props.glyphs}
    />
  ),
  length: (props) => scrollPositions(linesOf(props)?.length ?? 0, props.rows),
  spoken: spokenList({
    rows(state, model) {
      const group = selectedGroup(state);
      return group === undefined ? [] : detailOf(group, state, model).map((line) => [line]);
    },
    whenEmpty: () => ['The selected group has no connections at this time.'],
  }),
};

function detailOf(group: GroupModel, state: ViewState, model: Model): readonly SpokenLine[] {
  const withPlace = hasSeveralPlaces(state);
  return hasGone(state, group)
    ? spokenGone(group, withPlace)
    : spokenDetail(modelOf(group, state) ?? model, group, withPlace);
}

/** The lines of the selected group's detail; undefined where there is no such group. */
function linesOf({ state, model, columns, rows }: PanelProps): StyledLine[] | undefined {
  const group = selectedGroup(state);
  if (group === undefined) return undefined;
  const own = modelOf(group, state) ?? model;
  const history = state.history.get(own.sample.place.id) ?? NO_HISTORY;
  const usedBefore = usedInHistory(history, group.key, own.sample.takenAtMs);
  const isGone = hasGone(state, group);
  return detailLines({ model: own, group, isGone, usedBefore, width: columns - 2, rows });
}

/** The model of a group's place. If no group is selected, the first row may belong to a place that is not in focus. */
function modelOf({ key }: GroupModel, state: ViewState): Model | undefined {
  return modelOfPlace(shownModels(state), placeIdOf(key));
}
