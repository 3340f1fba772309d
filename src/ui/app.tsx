import { Box, useApp, useInput } from 'ink';
import { detailLines } from '../format/group-detail.ts';
import { heldMark } from '../format/held-mark.ts';
import { recordingMark, replayMark } from '../format/recording.ts';
import type { StyledLine } from '../format/styled-line.ts';
import { whatIfMark } from '../format/what-if.ts';
import { explainSysctls } from '../model/sysctl-notes.ts';
import { NO_NAMES } from '../model/host-name.ts';
import type { Model } from '../model/model.ts';
import { WHAT_IF_PARAMETERS } from '../model/what-if-choices.ts';
import { copyableCommands } from '../store/copyable.ts';
import type { Action } from '../store/reducer.ts';
import { type RememberedSettings, rememberedSettings } from '../store/settings.ts';
import type { Store } from '../store/store.ts';
import { realModel, shownModel, type ViewState } from '../store/view-state.ts';
import {
  fadingGroups,
  selectedGroup,
  selectedIndex,
  visibleGroups,
} from '../store/visible-groups.ts';
import { adviceList, AdvicePanel } from './components/advice-panel.tsx';
import { DetailPanel } from './components/detail-panel.tsx';
import { DrainLine } from './components/drain-line.tsx';
import { FixLine } from './components/fix-line.tsx';
import { Footer, footerHeight, footerKeyAt } from './components/footer.tsx';
import { GroupTable } from './components/group-table.tsx';
import { Header, headerHeight } from './components/header.tsx';
import { HelpPanel, helpLines } from './components/help-panel.tsx';
import { Line } from './components/line.tsx';
import { scrollPositions } from './components/scrolled-lines.tsx';
import { sysctlList, SysctlPanel } from './components/sysctl-panel.tsx';
import { rowsBelowWhatIf, whatIfList, WhatIfPanel } from './components/what-if-panel.tsx';
import { PaletteContext } from './hooks/use-palette.ts';
import { type JobControl, useJobControl } from './hooks/use-job-control.ts';
import { type OnMouse, useMouse } from './hooks/use-mouse.ts';
import { type LookUpNames, useHostNames } from './hooks/use-host-names.ts';
import { useStore } from './hooks/use-store.ts';
import { useTerminalSize } from './hooks/use-terminal-size.ts';
import { keyNames } from './key-name.ts';
import { commandFor, filterCommandFor, type KeyContext } from './keymap.ts';
import { type ListView, screenLayout } from './layout.ts';
import { mouseAction, type MouseTargets, type TableOnScreen } from './mouse.ts';
import { tableView, type TableViewProps } from './table-view.ts';
import { type Glyphs, PALETTES } from './theme.ts';

export type ViewStore = Store<ViewState, Action>;

export interface AppProps {
  readonly store: ViewStore;
  readonly glyphs: Glyphs;
  /** Hands a text to the clipboard of whoever looks at the terminal. */
  readonly copyText: (text: string) => void;
  /** Looks up host names; undefined: nobody does. */
  readonly lookUpNames?: LookUpNames | undefined;
  /** Undefined: there is nobody to go back to. */
  readonly jobControl?: JobControl | undefined;
  /** Undefined: the mouse is the terminal's. */
  readonly onMouse?: OnMouse | undefined;
  /** Has the settings remembered, and says what became of it. Undefined: there is no place for them. */
  readonly saveSettings?: ((settings: RememberedSettings) => string) | undefined;
}

/*
 * The screen, from the top:
 *   title        host, kernel, time, source          (not on a low screen)
 *   what if      that the figures are hypothetical   (with the what-if panel)
 *   verdict      which group dies, and when          (two lines on a narrow one)
 *   port space   range, reserved, held, sysctls
 *   notices      past, frozen, warnings              (where there are any)
 *   drain        the whole machine's                 (not on a low screen)
 *   fix          the best suggestion, or blank       (not on a low screen)
 *   panel        the group table, or sysctls, suggestions, help; what-if above the table
 *   footer       keys, or the filter in two lines: as it is typed, what is wrong with it
 */
export function App(props: AppProps) {
  const { store, glyphs, jobControl, onMouse } = props;
  const state = useStore(store);
  const window = useTerminalSize();
  const layout = screenLayout(window.columns, window.rows);
  const model = shownModel(state);
  const nowMs = state.latest?.sample.takenAtMs ?? 0;
  const header = model && {
    model,
    columns: layout.columns,
    intervalMs: state.intervalMs,
    held: state.replay
      ? replayMark(state.replay, model.sample, layout.columns)
      : heldMark(state, layout.columns),
    recording: state.recording && recordingMark(state.recording, nowMs),
    whatIf: state.panel === 'what-if' ? whatIfMark(state.whatIf, layout.columns) : undefined,
    showTitle: layout.showTitle,
    glyphs,
  };
  const panelTop =
    (header === undefined ? 0 : headerHeight(header)) +
    Number(layout.showDrain) +
    Number(layout.showFix);
  const panelRows = Math.max(1, layout.rows - panelTop - footerHeight(state.editingFilter));
  const panel = model && { state, model, columns: layout.columns, rows: panelRows, glyphs };
  const named = panel !== undefined && state.showNames ? tableView(tableOf(panel)).shown : [];
  useHostNames(props.lookUpNames, named, store);
  // Of the state as the key finds it: several keys may come in one read, before the next render.
  const contextNow = () => {
    const now = store.getState();
    const shown = shownModel(now);
    return {
      pageRows: Math.max(1, panelRows - 2),
      rows: shown && panel ? panelLength({ ...panel, state: now, model: shown }) : 0,
    };
  };
  const footer = {
    filter: state.filter,
    editingFilter: state.editingFilter,
    panel: state.panel,
    isReplay: state.replay !== undefined,
    columns: layout.columns,
    glyphs,
  };
  const showFooter = state.notice === undefined || state.editingFilter;
  const press = useKeys(props, contextNow);
  useJobControl(jobControl);
  useMouse(onMouse, (event) => {
    const { kind, column, row } = event;
    const isOnFooter = kind === 'click' && showFooter && row === layout.rows - 1;
    const key = isOnFooter ? footerKeyAt(footer, column) : undefined;
    const action = mouseAction(event, {
      table: () => panel && tableOnScreen(panel, panelTop),
      list: () => panel && listOnScreen(panel, panelTop),
      rows: () => contextNow().rows,
    });
    if (key !== undefined) press(key);
    else if (action !== undefined) store.dispatch(action);
  });

  return (
    <PaletteContext value={PALETTES[state.theme]}>
      <Box
        flexDirection="column"
        width={layout.columns}
        height={layout.rows}
        flexShrink={0}
        overflow="hidden"
      >
        {header !== undefined && <Header {...header} />}
        {model !== undefined && layout.showDrain && (
          <DrainLine model={model} columns={layout.columns} glyphs={glyphs} />
        )}
        {layout.showFix &&
          (model !== undefined && state.panel !== 'advice' ? (
            <FixLine model={model} columns={layout.columns} glyphs={glyphs} />
          ) : (
            <Box height={1} />
          ))}
        <Box height={panelRows} flexDirection="column" overflow="hidden">
          {panel !== undefined && <PanelContent {...panel} />}
        </Box>
        {showFooter ? (
          <Footer {...footer} />
        ) : (
          <Line columns={layout.columns} glyphs={glyphs} bold>
            {` ${state.notice}`}
          </Line>
        )}
      </Box>
    </PaletteContext>
  );
}

interface PanelContentProps {
  readonly state: ViewState;
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

function PanelContent(props: PanelContentProps) {
  const { state, model, columns, rows, glyphs } = props;
  switch (state.panel) {
    case 'sysctl':
      return (
        <SysctlPanel
          sample={model.sample}
          cursor={state.panelCursor}
          columns={columns}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'advice':
      return (
        <AdvicePanel
          advice={model.advice}
          cursor={state.panelCursor}
          copiedLines={state.copiedLines}
          columns={columns}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'help':
      return <HelpPanel cursor={state.panelCursor} columns={columns} rows={rows} glyphs={glyphs} />;
    case 'detail':
      return (
        <DetailPanel
          lines={detailOf(props)}
          severity={selectedGroup(state)?.severity ?? 'info'}
          cursor={state.panelCursor}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'what-if':
      return <WhatIfContent {...props} />;
    case 'groups':
      return <Groups {...props} />;
  }
}

function whatIfPanelOf({ state, model, columns, rows, glyphs }: PanelContentProps) {
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

/** The panel, and the groups as they would be. */
function WhatIfContent(props: PanelContentProps) {
  const panel = whatIfPanelOf(props);
  const tableRows = rowsBelowWhatIf(panel);
  return (
    <>
      <WhatIfPanel {...panel} />
      {tableRows > 0 && <Groups {...props} rows={tableRows} />}
    </>
  );
}

function tableOf({ state, model, columns, rows, glyphs }: PanelContentProps): TableViewProps {
  const groups = visibleGroups(state);
  return {
    groups,
    selectedIndex: selectedIndex(groups, state.selected),
    columns,
    rows: rows - 1,
    glyphs,
    names: state.showNames ? state.hostNames : NO_NAMES,
    others: model.sample.others,
  };
}

/** The group table as it is drawn below a panel that starts at row `top`, or in its place. */
function tableOnScreen(props: PanelContentProps, top: number): TableOnScreen | undefined {
  const { panel } = props.state;
  if (panel !== 'groups' && panel !== 'what-if') return undefined;
  const rows = panel === 'groups' ? props.rows : rowsBelowWhatIf(whatIfPanelOf(props));
  if (rows === 0) return undefined;
  const { layout, shown } = tableView(tableOf({ ...props, rows }));
  return { top: top + props.rows - rows, layout, labels: shown.map(({ label }) => label) };
}

/** The list of the shown panel as it is drawn from row `top` on; undefined: it has none whose rows could be selected. */
function listOnScreen(props: PanelContentProps, top: number): ReturnType<MouseTargets['list']> {
  const list = listOf(props);
  return list && { ...list, top: top + list.top, cursor: props.state.panelCursor };
}

function listOf(props: PanelContentProps): ListView | undefined {
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

function Groups(props: PanelContentProps) {
  const { state, model } = props;
  return (
    <GroupTable
      {...tableOf(props)}
      order={state.order}
      fading={fadingGroups(state)}
      whenEmpty={
        model.groups.length > 0
          ? 'No group matches the filter; Esc clears it.'
          : 'No outgoing TCP connections.'
      }
    />
  );
}

/** The lines of the selected group's detail; undefined where there is no such group. */
function detailOf(props: PanelContentProps): StyledLine[] | undefined {
  const { state, model, columns, rows } = props;
  const group = selectedGroup(state);
  if (group === undefined) return undefined;
  const usedBefore = state.models.used(group.label, model.sample.takenAtMs);
  return detailLines({ model, group, usedBefore, width: columns - 2, rows });
}

/** How many rows the shown panel has, for the keys that move. */
function panelLength(props: PanelContentProps): number {
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

/** Has the keyboard do what the keymap says; returns the function that presses a key, by its name. */
export function useKeys(
  props: Pick<AppProps, 'store' | 'copyText' | 'jobControl' | 'saveSettings'>,
  contextNow: () => KeyContext,
): (name: string) => void {
  const { store, copyText, jobControl, saveSettings } = props;
  const { exit } = useApp();
  const press = (name: string) => {
    const state = store.getState();
    const command = state.editingFilter ? filterCommandFor(name) : commandFor(name, state.panel);
    if (command === 'quit') exit();
    else if (command === 'suspend') jobControl?.suspend();
    else if (command === 'save') {
      const text =
        saveSettings?.(rememberedSettings(state)) ?? 'There is no place to keep settings.';
      store.dispatch({ type: 'notice', text });
    } else if (command === 'copy') {
      const lines = copyableCommands(state) ?? [];
      if (lines.length > 0) copyText(lines.join('\n'));
      store.dispatch({ type: 'copied', lines: lines.length });
    } else if (command !== undefined) store.dispatch(command(contextNow()));
  };
  useInput((input, key) => keyNames(input, key).forEach(press));
  return press;
}
