import { detailLines } from '../../format/group-detail.ts';
import type { StyledLine } from '../../format/styled-line.ts';
import { usedInHistory } from '../../model/model-history.ts';
import { selectedGroup } from '../../store/visible-groups.ts';
import { DetailPanel } from '../components/detail-panel.tsx';
import { scrollPositions } from '../components/scrolled-lines.tsx';
import { spokenDetail } from '../speech/spoken-detail.ts';
import { spokenList } from '../speech/spoken-list.ts';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** All that is known of the selected group. */
export const DETAIL_PANEL: PanelParts = {
  View: (props) => (
    <DetailPanel
      lines={linesOf(props)}
      severity={selectedGroup(props.state)?.severity ?? 'info'}
      cursor={props.state.panelCursor}
      rows={props.rows}
      glyphs={props.glyphs}
    />
  ),
  length: (props) => scrollPositions(linesOf(props)?.length ?? 0, props.rows),
  spoken: spokenList({
    rows(state, model) {
      const group = selectedGroup(state);
      return group === undefined ? [] : spokenDetail(model, group).map((line) => [line]);
    },
    whenEmpty: ['The selected group has no connections at this time.'],
  }),
};

/** The lines of the selected group's detail; undefined where there is no such group. */
function linesOf({ state, model, columns, rows }: PanelProps): StyledLine[] | undefined {
  const group = selectedGroup(state);
  if (group === undefined) return undefined;
  const usedBefore = usedInHistory(state.history, group.key, model.sample.takenAtMs);
  return detailLines({ model, group, usedBefore, width: columns - 2, rows });
}
