import { detailLines } from '../format/group-detail.ts';
import type { StyledLine } from '../format/styled-line.ts';
import { NO_NAMES } from '../model/host-name.ts';
import type { Model } from '../model/model.ts';
import { explainSysctls } from '../model/sysctl-notes.ts';
import { WHAT_IF_PARAMETERS } from '../model/what-if/choices.ts';
import { realModel, type ViewState } from '../store/view-state.ts';
import { selectedGroup, selectedIndex, visibleGroups } from '../store/visible-groups.ts';
import { adviceList } from './components/advice-panel.tsx';
import { helpLines } from './components/help-panel.tsx';
import { scrollPositions } from './components/scrolled-lines.tsx';
import { sysctlList } from './components/sysctl-panel.tsx';
import { rowsBelowWhatIf, whatIfList, type WhatIfPanelProps } from './components/what-if-panel.tsx';
import type { ListView } from './layout.ts';
import type { MouseTargets, TableOnScreen } from './mouse.ts';
import { tableView, type TableViewProps } from './table-view.ts';
import type { Glyphs } from './theme.ts';

/** What the middle of the screen is drawn from, and where. */
export interface PanelProps {
  readonly state: ViewState;
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** The what-if panel of a state. */
export function whatIfPanelOf({
  state,
  model,
  columns,
  rows,
  glyphs,
}: PanelProps): WhatIfPanelProps {
  return {
    real: realModel(state) ?? model,
    outcome: model,
    changes: state.whatIf,
    cursor: state.panelCursor,
    copiedLines: state.copiedLines,
    columns,
    rows,
    glyphs,
  };
}

/** The group table of a state, in all of the rows. */
export function tableOf({ state, model, columns, rows, glyphs }: PanelProps): TableViewProps {
  const groups = visibleGroups(state);
  return {
    groups,
    selectedIndex: selectedIndex(groups, state.selected),
    columns,
    rows: rows - 1,
    glyphs,
    names: state.showNames ? state.hostNames : NO_NAMES,
    others: model.sample.remainder,
  };
}

/** The group table as it is drawn below a panel that starts at row `top`, or in its place. */
export function tableOnScreen(props: PanelProps, top: number): TableOnScreen | undefined {
  const { panel } = props.state;
  if (panel !== 'groups' && panel !== 'what-if') return undefined;
  const rows = panel === 'groups' ? props.rows : rowsBelowWhatIf(whatIfPanelOf(props));
  if (rows === 0) return undefined;
  const { layout, shown } = tableView(tableOf({ ...props, rows }));
  return { top: top + props.rows - rows, layout, labels: shown.map(({ label }) => label) };
}

/** The list of the shown panel as it is drawn from row `top` on; undefined: it has none whose rows could be selected. */
export function listOnScreen(props: PanelProps, top: number): ReturnType<MouseTargets['list']> {
  const list = listOf(props);
  return list && { ...list, top: top + list.top, cursor: props.state.panelCursor };
}

function listOf(props: PanelProps): ListView | undefined {
  const { state, model, rows } = props;
  const { panelCursor: cursor, copiedLines } = state;
  switch (state.panel) {
    case 'sysctl':
      return sysctlList({ sample: model.sample, cursor, rows });
    case 'advice':
      return adviceList({ advice: model.advice, cursor, copiedLines, rows });
    case 'what-if':
      return whatIfList(whatIfPanelOf(props));
    default:
      return undefined;
  }
}

/** The lines of the selected group's detail; undefined where there is no such group. */
export function detailOf(props: PanelProps): StyledLine[] | undefined {
  const { state, model, columns, rows } = props;
  const group = selectedGroup(state);
  if (group === undefined) return undefined;
  const usedBefore = state.models.used(group.label, model.sample.takenAtMs);
  return detailLines({ model, group, usedBefore, width: columns - 2, rows });
}

/** How many rows the shown panel has, for the keys that move. */
export function panelLength(props: PanelProps): number {
  const { state, model, columns, rows, glyphs } = props;
  switch (state.panel) {
    case 'sysctl':
      return explainSysctls(model.sample).length;
    case 'advice':
      return model.advice.length;
    case 'help':
      return scrollPositions(helpLines(columns, glyphs).length, rows);
    case 'detail':
      return scrollPositions(detailOf(props)?.length ?? 0, rows);
    case 'what-if':
      return WHAT_IF_PARAMETERS.length;
    case 'groups':
      return visibleGroups(state).length;
  }
}
