import type { ListWindow } from '../store/list-window.ts';
import { shownModel, type ViewState } from '../store/view-state.ts';
import type { MouseTargets, TableOnScreen } from './mouse.ts';
import { tableOf } from './panels/groups.tsx';
import type { PanelProps } from './panels/panel-parts.ts';
import { PANELS } from './panels/panels.ts';
import { shownRows, tableView } from './table-view.ts';

/** The group table as drawn below, or instead of, a panel that starts at row `top`; undefined if there is none. */
export function tableOnScreen(props: PanelProps, top: number): TableOnScreen | undefined {
  const rows = PANELS[props.state.panel].tableRows?.(props) ?? 0;
  if (rows === 0) return undefined;
  const { layout, shown, window } = tableView(tableOf({ ...props, rows }));
  return { top: top + props.rows - rows, layout, window, keys: shown.map(({ key }) => key) };
}

/** The rows on the screen of those that keys go through. Undefined: the shown panel has no list. */
export function windowOnScreen(props: PanelProps): ListWindow | undefined {
  return props.state.panel === 'groups'
    ? shownRows(tableOf(props)).window
    : PANELS[props.state.panel].list?.(props);
}

/** The list of the shown panel as drawn from row `top` on; undefined if it has no rows to select. */
export function listOnScreen(props: PanelProps, top: number): ReturnType<MouseTargets['list']> {
  const list = PANELS[props.state.panel].list?.(props);
  return list && { ...list, top: top + list.top, cursor: props.state.panelCursor };
}

/** The shell commands that the shown panel offers to copy, a line each. */
export function copyableOf(state: ViewState): readonly string[] {
  const model = shownModel(state);
  return (model && PANELS[state.panel].copyable?.(state, model)) ?? [];
}
