import { Box, useApp, useInput, useWindowSize } from 'ink';
import { whatIfMark } from '../format/what-if.ts';
import { explainSysctls } from '../model/sysctl-notes.ts';
import type { Model } from '../model/model.ts';
import { WHAT_IF_PARAMETERS } from '../model/what-if-choices.ts';
import { copyableCommands } from '../store/copyable.ts';
import type { Action } from '../store/reducer.ts';
import type { Store } from '../store/store.ts';
import { realModel, shownModel, type ViewState } from '../store/view-state.ts';
import { selectedIndex, visibleGroups } from '../store/visible-groups.ts';
import { AdvicePanel } from './components/advice-panel.tsx';
import { DetailPanel } from './components/detail-panel.tsx';
import { DrainLine } from './components/drain-line.tsx';
import { Footer } from './components/footer.tsx';
import { GroupTable } from './components/group-table.tsx';
import { Header, headerHeight } from './components/header.tsx';
import { HelpPanel, helpLines } from './components/help-panel.tsx';
import { SysctlPanel } from './components/sysctl-panel.tsx';
import { rowsBelowWhatIf, WhatIfPanel } from './components/what-if-panel.tsx';
import { useStore } from './hooks/use-store.ts';
import { keyNames } from './key-name.ts';
import { commandFor, filterCommandFor, type KeyContext } from './keymap.ts';
import { screenLayout } from './layout.ts';
import type { Glyphs } from './theme.ts';

export type ViewStore = Store<ViewState, Action>;

export interface AppProps {
  readonly store: ViewStore;
  readonly glyphs: Glyphs;
  /** Hands a text to the clipboard of whoever looks at the terminal. */
  readonly copyText: (text: string) => void;
}

/*
 * The screen, from the top:
 *   title        host, kernel, time, source          (not on a low screen)
 *   what if      that the figures are hypothetical   (with the what-if panel)
 *   verdict      which group dies, and when          (two lines on a narrow one)
 *   port space   range, reserved, held, sysctls
 *   notices      frozen, warnings                    (where there are any)
 *   drain        the whole machine's                 (not on a low screen)
 *   panel        the group table, or sysctls, suggestions, help; what-if above the table
 *   footer       keys, or the filter
 */
export function App({ store, glyphs, copyText }: AppProps) {
  const state = useStore(store);
  const window = useWindowSize();
  const layout = screenLayout(window.columns, window.rows);
  const model = shownModel(state);
  const header = model && {
    model,
    columns: layout.columns,
    intervalMs: state.intervalMs,
    frozen: state.frozen !== undefined,
    whatIf: state.panel === 'what-if' ? whatIfMark(state.whatIf, layout.columns) : undefined,
    showTitle: layout.showTitle,
    glyphs,
  };
  const chrome =
    (header === undefined ? 0 : headerHeight(header)) +
    Number(layout.showDrain) +
    Number(layout.showBlank) +
    1;
  const panelRows = Math.max(1, layout.rows - chrome);
  // Of the state as the key finds it: several keys may come in one read, before the next render.
  const contextNow = () => ({
    pageRows: Math.max(1, panelRows - 2),
    rows: panelLength(store.getState(), glyphs),
  });
  useKeys(store, contextNow, copyText);

  return (
    <Box flexDirection="column" width={layout.columns} height={layout.rows} overflow="hidden">
      {header !== undefined && <Header {...header} />}
      {model !== undefined && layout.showDrain && (
        <DrainLine model={model} columns={layout.columns} glyphs={glyphs} />
      )}
      {layout.showBlank && <Box height={1} />}
      <Box height={panelRows} flexDirection="column" overflow="hidden">
        {model !== undefined && (
          <PanelContent
            state={state}
            model={model}
            columns={layout.columns}
            rows={panelRows}
            glyphs={glyphs}
          />
        )}
      </Box>
      <Footer
        filter={state.filter}
        editingFilter={state.editingFilter}
        panel={state.panel}
        columns={layout.columns}
        glyphs={glyphs}
      />
    </Box>
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
    case 'detail': {
      const groups = visibleGroups(state);
      const group = groups[selectedIndex(groups, state.selected)];
      return (
        <DetailPanel
          model={model}
          group={group}
          history={state.history}
          cursor={state.panelCursor}
          glyphs={glyphs}
        />
      );
    }
    case 'what-if':
      return <WhatIfContent {...props} />;
    case 'groups':
      return <Groups {...props} />;
  }
}

/** The panel, and the groups as they would be. */
function WhatIfContent(props: PanelContentProps) {
  const { state, model, columns, rows, glyphs } = props;
  const panel = {
    real: realModel(state) ?? model,
    outcome: model,
    changes: state.whatIf,
    cursor: state.panelCursor,
    copiedLines: state.copiedLines,
    columns,
    rows,
    glyphs,
  };
  const tableRows = rowsBelowWhatIf(panel);
  return (
    <>
      <WhatIfPanel {...panel} />
      {tableRows > 0 && <Groups {...props} rows={tableRows} />}
    </>
  );
}

function Groups({ state, model, columns, rows, glyphs }: PanelContentProps) {
  const groups = visibleGroups(state);
  return (
    <GroupTable
      groups={groups}
      selectedIndex={selectedIndex(groups, state.selected)}
      order={state.order}
      columns={columns}
      rows={rows - 1}
      glyphs={glyphs}
      others={model.sample.others}
      whenEmpty={
        model.groups.length > 0
          ? 'No group matches the filter; Esc clears it.'
          : 'No outgoing TCP connections.'
      }
    />
  );
}

/** About as many lines as a detail has; the keys that move scroll through them. */
const DETAIL_LINES = 22;

/** How many rows the shown panel has, for the keys that move. */
function panelLength(state: ViewState, glyphs: Glyphs): number {
  const model = shownModel(state);
  if (model === undefined) return 0;
  switch (state.panel) {
    case 'sysctl':
      return explainSysctls(model.sample).length;
    case 'advice':
      return model.advice.length;
    case 'help':
      return helpLines(glyphs).length;
    case 'detail':
      return DETAIL_LINES;
    case 'what-if':
      return WHAT_IF_PARAMETERS.length;
    case 'groups':
      return visibleGroups(state).length;
  }
}

function useKeys(
  store: ViewStore,
  contextNow: () => KeyContext,
  copyText: (text: string) => void,
): void {
  const { exit } = useApp();
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const state = store.getState();
      const command = state.editingFilter ? filterCommandFor(name) : commandFor(name, state.panel);
      if (command === 'quit') exit();
      else if (command === 'copy') {
        const lines = copyableCommands(state) ?? [];
        if (lines.length > 0) copyText(lines.join('\n'));
        store.dispatch({ type: 'copied', lines: lines.length });
      } else if (command !== undefined) store.dispatch(command(contextNow()));
    }
  });
}
